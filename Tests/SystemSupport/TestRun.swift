package import Foundation
import TestSupport

/// What this test process starts and writes, in one folder.
///
/// All of it ends with the test process, also when that is killed: a small shell process watches over it.
package enum TestRun {
    /// The folder, under the system's temporary one, with the watcher beside it.
    package static func folder() throws -> URL { try made.get() }

    /// Where the package is.
    package static let package = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        .standardizedFileURL

    /// Where the package's executables are: beside the test bundle.
    package static func executables() throws -> URL {
        let arguments = ProcessInfo.processInfo.arguments
        let folder = URL(filePath: arguments.first ?? "").standardizedFileURL.deletingLastPathComponent()
        guard FileManager.default.isExecutableFile(atPath: folder.appending(path: "orchestrator").path) else {
            throw WaitingError(description: "There are no executables in \(folder.path): run `swift build`.")
        }
        return folder
    }

    private static let made = Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "purser-e2e-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try watch(folder)
        return folder
    }

    /// Kills the process groups whose numbers are in `<folder>/<system>/processes/`, once this process is gone.
    private static func watch(_ folder: URL) throws {
        let watcher = Process()
        watcher.executableURL = URL(filePath: "/usr/bin/setsid")
        watcher.arguments = [
            "sh", "-c",
            """
            while kill -0 \(getpid()); do sleep 0.5; done
            for group in '\(folder.path)'/*/processes/*; do
                [ -s "$group" ] && kill -9 -$(cat "$group")
            done
            cd / && rm -rf '\(folder.path)'
            """,
        ]
        watcher.currentDirectoryURL = folder
        watcher.standardInput = FileHandle.nullDevice
        watcher.standardOutput = FileHandle.nullDevice
        watcher.standardError = FileHandle.nullDevice
        try watcher.runTakingSignals()
    }
}

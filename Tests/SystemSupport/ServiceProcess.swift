package import Foundation
import Synchronization
import TestSupport

/// A program that runs as a process of its own, leading a process group of its own, with its output in a file.
package final class ServiceProcess: Sendable {
    /// How a process ended.
    package enum End: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)
    }

    package let name: String
    package let id: pid_t
    /// What it writes to standard output and standard error; starts under the same name follow each other.
    package let output: URL

    /// Holds its process group's number, for the watcher of `TestRun`.
    private let groupFile: URL
    private let state: EndState

    /// - Parameters:
    ///   - folder: the system's, in that of `TestRun`.
    ///   - environment: all of it.
    package init(
        _ name: String, _ executable: URL, _ arguments: [String] = [], environment: [String: String],
        in folder: URL
    ) throws {
        self.name = name
        output = folder.appending(path: "\(name).output")
        let processes = folder.appending(path: "processes")
        try FileManager.default.createDirectory(at: processes, withIntermediateDirectories: true)
        groupFile = processes.appending(path: UUID().uuidString)
        let state = EndState()
        self.state = state
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        // The number is written by the process itself, so that there is no moment at which nobody knows it.
        process.arguments =
            [
                "-c", "echo $$ > \"$0\" && exec \"$@\"", groupFile.path, executable.path,
            ] + arguments
        process.environment = environment
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try Self.handle(output)
        process.standardError = process.standardOutput
        process.terminationHandler = { process in
            let status = process.terminationStatus
            state.end.withLock {
                $0 = process.terminationReason == .exit ? .exited(status) : .signalled(status)
            }
        }
        try process.runTakingSignals()
        id = process.processIdentifier
    }

    /// How it ended; nil while it runs.
    package var end: End? { state.end.withLock { $0 } }

    /// Signals the process alone.
    package func signal(_ signal: Int32) {
        if end == nil { _ = Foundation.kill(id, signal) }
    }

    /// Signals the process and all that it started in its group.
    package func signalGroup(_ signal: Int32) {
        _ = Foundation.kill(-id, signal)
    }

    /// Waits for its end.
    ///
    /// - Throws: `WaitingError` with the end of its output, if it does not come within the limit.
    package func ended(within limit: Duration) async throws -> End {
        try await eventually(within: limit, "the end of \(name)\n\(tail())") { self.end != nil }
        try? FileManager.default.removeItem(at: groupFile)  // Gone with the folder, where it is.
        return end ?? .exited(0)
    }

    /// Ends it at once, as a crash would.
    package func kill() async throws {
        signal(SIGKILL)
        _ = try await ended(within: .seconds(30))
    }

    /// What it has written.
    package func text() -> String {
        guard let data = try? Data(contentsOf: output) else { return "" }  // It has written nothing.
        return String(decoding: data, as: UTF8.self)
    }

    /// The end of that.
    package func tail() -> String { String(text().suffix(2_000)) }

    private static func handle(_ file: URL) throws -> FileHandle {
        if !FileManager.default.fileExists(atPath: file.path) {
            _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        }
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        return handle
    }
}

private final class EndState: Sendable {
    let end = Mutex<ServiceProcess.End?>(nil)
}

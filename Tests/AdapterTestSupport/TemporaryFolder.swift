package import Foundation

/// A folder of one test; gone when the test lets go of it.
package final class TemporaryFolder: Sendable {
    package let url: URL
    package var path: String { url.path }

    package init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "purser-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        // What is left behind in the system's temporary folder harms nobody.
        try? FileManager.default.removeItem(at: url)
    }
}

import Foundation
import Models

/// Reads what lies beside the tests.
enum Resource {
    /// The files of a folder by name without extension.
    static func names(in folder: String, extension suffix: String = "json") throws -> Set<String> {
        let files = try FileManager.default.contentsOfDirectory(atPath: url(folder).path)
        return Set(files.filter { $0.hasSuffix("." + suffix) }.map { String($0.dropLast(suffix.count + 1)) })
    }

    static func data(_ path: String) throws -> Data { try Data(contentsOf: url(path)) }

    static func json(_ path: String) throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: data(path))
    }

    private static func url(_ path: String) -> URL { Bundle.module.bundleURL.appending(path: path) }

    /// A program built beside the tests.
    static func program(_ name: String) -> URL {
        Bundle.module.bundleURL.deletingLastPathComponent().appending(path: name)
    }
}

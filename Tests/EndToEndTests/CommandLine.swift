import Foundation
import Models
import SystemSupport
import TestSupport

/// What a command of the operators' command line came to.
struct CommandOutcome: Sendable, CustomStringConvertible {
    let status: Int32
    /// What it wrote to standard output and standard error.
    let text: String

    /// The text as JSON; null where it is none.
    var json: JSONValue {
        do {
            return try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        } catch {
            return .null
        }
    }

    var description: String { "\(status) \(text.suffix(2_000))" }
}

extension PurserSystem {
    /// Runs `purser` with these arguments, as an operator on the system's machine does.
    func purser(_ arguments: String..., within limit: Duration = .seconds(90)) async throws -> CommandOutcome
    {
        try await purser(arguments, within: limit)
    }

    func purser(_ arguments: [String], within limit: Duration = .seconds(90)) async throws -> CommandOutcome {
        let folder = try TestRun.folder().appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // Only this command's output.
        let environment = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": folder.path,
            "PURSER_DATA": dataFolder.path, "PURSER_URL": http.base, "PURSER_TOKEN": Self.adminToken,
            "no_proxy": "127.0.0.1,localhost",
        ]
        let process = try ServiceProcess(
            "command", TestRun.executables().appending(path: "purser"), arguments, environment: environment,
            in: folder)
        switch try await process.ended(within: limit) {
        case .exited(let status): return CommandOutcome(status: status, text: process.text())
        case .signalled(let signal): return CommandOutcome(status: -signal, text: process.text())
        }
    }
}

extension JSONValue {
    /// The first item of a listing; null where there is none.
    var firstItem: JSONValue { self["items"]?.arrayValue?.first ?? .null }
}

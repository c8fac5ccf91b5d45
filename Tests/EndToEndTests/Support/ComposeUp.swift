import Foundation
import SystemSupport
import TestSupport

/// Purser as `compose/up` starts it, with executables that were built before.
final class ComposeUp: Sendable {
    let form: PurserSystem.Form
    let http: HTTPCaller
    let dataFolder: URL
    private let folder: URL
    private let port: Int

    init(_ form: PurserSystem.Form) throws {
        self.form = form
        folder = try TestRun.folder().appending(path: UUID().uuidString)
        dataFolder = folder.appending(path: "data")
        try FileManager.default.createDirectory(at: dataFolder, withIntermediateDirectories: true)
        if form == .rabbitMQ {
            try TestBroker.capture(ofBrokerIn: dataFolder.appending(path: "rabbitmq"))
        }
        port = try FreePorts.take()
        http = HTTPCaller(port: port, token: PurserSystem.adminToken)
    }

    /// Starts it and waits until it is ready.
    func start() async throws -> ServiceProcess {
        let environment = [
            "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8", "HOME": folder.path,
            "PURSER_BIN": try TestRun.executables().path, "PURSER_DATA": dataFolder.path,
            "PURSER_HTTP_PORT": "\(port)",
            "PURSER_ADMIN_TOKEN": PurserSystem.adminToken,
        ]
        let process = try ServiceProcess(
            "compose-up", TestRun.package.appending(path: "compose/up"),
            form == .rabbitMQ ? ["--rabbitmq"] : [],
            environment: environment, in: folder)
        try await eventually(within: .seconds(120), every: .milliseconds(100), "readiness\n\(process.tail())")
        {
            if let end = process.end {
                throw WaitingError(description: "It ended (\(end)):\n\(process.tail())")
            }
            do {
                return try await self.http.call(.get, "/readyz", within: .seconds(5)).status == 200
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                return false
            }
        }
        return process
    }

    /// The process of a service, as its file says.
    func process(_ part: Part) throws -> pid_t? {
        let file = dataFolder.appending(path: "run/\(part.rawValue).pid")
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        return pid_t(
            try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// What runs with this data folder, by the processes' environments.
    func running() throws -> [String] {
        let mark = Data(dataFolder.path.utf8)
        return try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }
            .compactMap { id in
                // A process may end while it is looked at.
                guard let environment = try? Data(contentsOf: URL(filePath: "/proc/\(id)/environ")),
                    environment.range(of: mark) != nil,
                    let command = try? Data(contentsOf: URL(filePath: "/proc/\(id)/cmdline"))
                else { return nil }
                return "\(id) "
                    + String(decoding: command, as: UTF8.self).replacing("\0", with: " ").prefix(200)
            }
    }

    /// Whether what went through its broker is among its files: a traced message has that header.
    func isBusCaptured() throws -> Bool {
        let files = dataFolder.appending(path: "rabbitmq/mnesia")
        return try !CanaryScan(["routed_queues"]).findings(in: files).isEmpty
    }

    /// Where the secrets that it was given, and those that it made, are outside of their own files.
    func leaks() throws -> [CanaryScan.Finding] {
        try CanaryScan.leaks(in: folder, of: [PurserSystem.adminToken])
    }

    func remove() throws {
        try FileManager.default.removeItem(at: folder)
    }
}

import Foundation
import Models
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

/// A program that Purser can be made of, by the name of its executable.
enum Part: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case orchestrator
    case logCollector = "log-collector"
    case hostingAdapter = "hosting-adapter"
    case gateway
    /// All services in one process.
    case everything = "purser"

    /// Those that are processes of their own over RabbitMQ.
    static let services: [Part] = [.orchestrator, .logCollector, .hostingAdapter, .gateway]

    var testDescription: String { rawValue }
}

/// Purser as it runs at an operator's: real processes, an empty data folder, HTTP on a free port.
final class PurserSystem: Sendable {
    enum Form: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case embedded
        case rabbitMQ = "RabbitMQ"

        var testDescription: String { rawValue }

        var parts: [Part] { self == .embedded ? [.everything] : Part.services }
    }

    static let adminToken = "psr_admin_end-to-end-0123456789abcdef"

    let form: Form
    /// The broker's address; `embedded` without one.
    let bus: String
    /// What `PURSER_DATA` is.
    let dataFolder: URL
    /// Calls the gateway as an administrator.
    let http: HTTPCaller
    let ledger: Ledger

    private let folder: URL
    private let executables: URL
    private let master = MasterKey()
    private let httpPort: Int
    private let healthPorts: [Part: Int]
    /// Set for all parts.
    private let settings: [String: String]
    private let processes = Mutex<[Part: ServiceProcess]>([:])

    /// Makes the folder; nothing runs yet.
    init(_ form: Form, bus: String, settings: [String: String] = [:]) throws {
        self.form = form
        self.bus = bus
        self.settings = settings
        folder = try TestRun.folder().appending(path: UUID().uuidString)
        executables = try TestRun.executables()
        dataFolder = folder.appending(path: "data")
        try FileManager.default.createDirectory(at: dataFolder, withIntermediateDirectories: true)
        ledger = Ledger(dataFolder: dataFolder)
        httpPort = try FreePorts.take()
        healthPorts = Dictionary(
            uniqueKeysWithValues: zip(Part.services, try FreePorts.take(Part.services.count)))
        http = HTTPCaller(port: httpPort, token: Self.adminToken)
    }

    // MARK: Processes

    /// The process of a part.
    ///
    /// - Throws: where it is not running.
    func process(_ part: Part) throws -> ServiceProcess {
        guard let process = processes.withLock({ $0[part] }) else {
            throw WaitingError(description: "\(part.rawValue) does not run.")
        }
        return process
    }

    /// Starts parts; all of this form where none is named.
    func start(_ parts: Part...) throws {
        for part in parts.isEmpty ? form.parts : parts {
            let process = try ServiceProcess(
                part.rawValue, executables.appending(path: part.rawValue), part == .everything ? ["up"] : [],
                environment: environment(of: part), in: folder)
            processes.withLock { $0[part] = process }
        }
    }

    /// Ends a part at once, as a crash would.
    func kill(_ part: Part) async throws {
        let process = try process(part)
        // It is meant to end: `stop` need not tell of it.
        processes.withLock { $0[part] = nil }
        try await process.kill()
    }

    /// Ends a part in order.
    ///
    /// - Returns: how it ended, and how long that took.
    func terminate(_ part: Part, within limit: Duration) async throws -> (
        end: ServiceProcess.End, after: Duration
    ) {
        let process = try process(part)
        processes.withLock { $0[part] = nil }
        let begun = ContinuousClock.now
        process.signal(SIGTERM)
        let end = try await process.ended(within: limit)
        return (end, begun.duration(to: .now))
    }

    /// Ends everything at once and removes the data.
    ///
    /// - Returns: what ended before, without having been told to.
    func stop() async throws -> [String] {
        let processes = processes.withLock { processes in
            defer { processes = [:] }
            return Array(processes.values)
        }
        var fallen: [String] = []
        for process in processes {
            if let end = process.end {
                fallen.append("\(process.name) ended by itself (\(end)):\n\(process.tail())")
            }
            process.signalGroup(SIGKILL)
        }
        for process in processes { _ = try await process.ended(within: .seconds(30)) }
        try FileManager.default.removeItem(at: folder)
        return fallen
    }

    /// Copies what the processes wrote to `Tests/artefacts`, for whoever looks into a failure.
    func keepOutput(of test: String) throws {
        let name = test.map { $0.isLetter || $0.isNumber ? $0 : "-" }
        let target = TestRun.package.appending(
            path: "Tests/artefacts/end-to-end/\(String(name))-\(form.rawValue)")
        try? FileManager.default.removeItem(at: target)  // Absent where the test never failed before.
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        where file.pathExtension == "output" {
            try FileManager.default.copyItem(at: file, to: target.appending(path: file.lastPathComponent))
        }
    }

    // MARK: Readiness

    /// Waits until requests can be carried out.
    func ready(within limit: Duration = .seconds(60)) async throws {
        var last = "no answer"
        try await eventually(within: limit, every: .milliseconds(50), "readiness; \(last)") {
            last = try await self.readiness().map { "\($0)" } ?? "no answer"
            return last.hasPrefix("200 ")
        }
    }

    /// What `/readyz` of the gateway answers; nil where it does not.
    func readiness() async throws -> Answer? {
        try await answer(http, "/readyz")
    }

    /// What `/readyz` or `/healthz` of a service without an HTTP API answers; nil where it does not.
    func health(_ path: String, of part: Part) async throws -> Answer? {
        guard part != .gateway, let port = healthPorts[part] else { return try await answer(http, path) }
        return try await answer(HTTPCaller(port: port, token: nil), path)
    }

    private func answer(_ caller: HTTPCaller, _ path: String) async throws -> Answer? {
        do {
            return try await caller.call(.get, path, within: .seconds(5))
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return nil
        }
    }

    // MARK: Environment

    /// What each part needs and no more, as `compose/up` gives it.
    private func environment(of part: Part) -> [String: String] {
        var environment = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": folder.path,
            "PURSER_BUS": bus, "PURSER_DATA": dataFolder.path, "PURSER_DEMO": "0",
            "PURSER_HTTP_HOST": "127.0.0.1",
        ]
        if part != .everything { environment["PURSER_INSTANCE"] = part.rawValue }
        environment.merge(settings) { _, new in new }
        switch part {
        case .everything:
            environment["PURSER_HTTP_PORT"] = "\(httpPort)"
            environment["PURSER_ADMIN_TOKEN"] = Self.adminToken
        case .gateway:
            environment["PURSER_HTTP_PORT"] = "\(httpPort)"
            environment["PURSER_SEALING_KEY"] = master.derived(for: .gateway).text
            environment["PURSER_EXPECTED_CATEGORIES"] = "hosting"
        case .orchestrator:
            environment["PURSER_MASTER_KEY"] = master.text
            environment["PURSER_ADMIN_TOKEN"] = Self.adminToken
        case .hostingAdapter:
            environment["PURSER_SEALING_KEY"] = master.derived(for: .category("hosting")).text
        case .logCollector:
            break
        }
        if part != .gateway, let port = healthPorts[part] { environment["PURSER_HEALTH_PORT"] = "\(port)" }
        return environment
    }
}

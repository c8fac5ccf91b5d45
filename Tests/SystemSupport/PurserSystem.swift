package import Foundation
import Models
package import ServiceRuntime
import Synchronization
package import TestSupport

/// Purser as it runs at an operator's: real processes, an empty data folder, HTTP on a free port.
package final class PurserSystem: Sendable {
    package enum Form: String, CaseIterable, Sendable, CustomStringConvertible {
        case embedded
        case rabbitMQ = "RabbitMQ"

        package var description: String { rawValue }

        package var parts: [Part] { self == .embedded ? [.everything] : Part.services }
    }

    /// A secret of every configuration that names none of its own.
    package let canary = Canary("configuration")

    package static let adminToken = "psr_admin_end-to-end-0123456789abcdef"

    package let form: Form
    /// What it is made of: one process each.
    package let parts: [Part]
    /// The broker's address, as one who may do everything; `embedded` without one.
    package let bus: String
    /// What that leads to.
    let broker: TestBroker?
    /// When the system was made, or a moment before: clocks of file systems tick slowly.
    let madeAt = Date(timeIntervalSinceNow: -1)
    /// What `PURSER_DATA` is.
    package let dataFolder: URL
    /// Calls the gateway as an administrator.
    package let http: HTTPCaller
    package let ledger: Ledger

    /// With the data folder and what the processes wrote.
    package let folder: URL
    private let keyFolder: URL
    let processes = Mutex<[Part: ServiceProcess]>([:])
    private let executables: URL
    /// Which the test may have changed since.
    package let master = MasterKey()
    private let httpPort: Int
    private let healthPorts: [Part: Int]
    /// Set for all parts.
    private let settings: [String: String]

    /// Makes the folder; nothing runs yet.
    ///
    /// - Parameters:
    ///   - broker: what `bus` leads to; nil for the embedded one.
    ///   - services: over RabbitMQ; `Part.services` where nil.
    package init(
        _ form: Form, bus: String, broker: TestBroker? = nil, services: [Part]? = nil,
        settings: [String: String] = [:]
    ) throws {
        self.form = form
        self.bus = bus
        self.broker = broker
        self.settings = settings
        parts = form == .embedded ? form.parts : services ?? form.parts
        folder = try TestRun.folder().appending(path: UUID().uuidString)
        executables = try TestRun.executables()
        dataFolder = folder.appending(path: "data")
        keyFolder = dataFolder.appending(path: "run")
        try FileManager.default.createDirectory(at: keyFolder, withIntermediateDirectories: true)
        ledger = Ledger(dataFolder: dataFolder)
        httpPort = try FreePorts.take()
        healthPorts = Dictionary(uniqueKeysWithValues: zip(parts, try FreePorts.take(parts.count)))
        http = HTTPCaller(port: httpPort, token: Self.adminToken)
        try writeKeys()
    }

    /// Gives each part the keys that it needs, in the files in which `compose/up` gives them.
    private func writeKeys() throws {
        var keys = [masterKeyFile: master.text]
        if form == .rabbitMQ {
            keys[keyFile("gateway")] = master.derived(for: .gateway).text
            keys[keyFile("log-collector")] = master.derived(for: .logCollector).text
            for category in parts.compactMap(\.category) {
                keys[keyFile(category)] = master.derived(for: .category(category)).text
            }
        }
        for (file, text) in keys {
            let isMade = FileManager.default.createFile(
                atPath: file.path, contents: Data("\(text)\n".utf8), attributes: [.posixPermissions: 0o600])
            guard isMade else { throw WaitingError(description: "\(file.path) cannot be written.") }
        }
    }

    package var masterKeyFile: URL { dataFolder.appending(path: "master.key") }

    private func keyFile(_ recipient: String) -> URL { keyFolder.appending(path: "\(recipient).key") }

    // MARK: Processes

    /// The process of a part.
    ///
    /// - Throws: where it is not running.
    package func process(_ part: Part) throws -> ServiceProcess {
        guard let process = processes.withLock({ $0[part] }) else {
            throw WaitingError(description: "\(part.rawValue) does not run.")
        }
        return process
    }

    /// Starts parts; all of this system where none is named.
    package func start(_ parts: Part...) throws {
        try start(parts.isEmpty ? self.parts : parts)
    }

    /// Starts parts.
    ///
    /// - Parameter more: environment variables for these.
    package func start(_ parts: [Part], with more: [String: String] = [:]) throws {
        for part in parts {
            let process = try ServiceProcess(
                part.rawValue, executables.appending(path: part.rawValue), part == .everything ? ["up"] : [],
                environment: environment(of: part).merging(more) { _, new in new }, in: folder)
            processes.withLock { $0[part] = process }
        }
    }

    /// Ends a part at once, as a crash would.
    package func kill(_ part: Part) async throws {
        try await take(part).kill()
    }

    /// A part that is meant to end: `stop` need not tell of it.
    ///
    /// - Throws: where it has ended already.
    private func take(_ part: Part) throws -> ServiceProcess {
        let process = try process(part)
        if let end = process.end {
            throw WaitingError(description: "\(part) ended by itself (\(end)):\n\(process.tail())")
        }
        processes.withLock { $0[part] = nil }
        return process
    }

    /// Ends a part in order.
    ///
    /// - Returns: how it ended, and how long that took.
    package func terminate(_ part: Part, within limit: Duration) async throws -> (
        end: ServiceProcess.End, after: Duration
    ) {
        let process = try take(part)
        let begun = ContinuousClock.now
        process.signal(SIGTERM)
        let end = try await process.ended(within: limit)
        return (end, begun.duration(to: .now))
    }

    /// Ends everything at once, looks whether a secret is where it should not be, and removes the data.
    ///
    /// - Returns: what ended before, without having been told to, and where secrets were found.
    func stop() async throws -> (fallen: [String], leaks: [String]) {
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
        let leaks = try leaks()
        try FileManager.default.removeItem(at: folder)
        return (fallen, leaks.map { "A secret leaked: \($0)" })
    }

    /// Copies what the processes wrote to `Tests/artefacts`, for whoever looks into a failure.
    package func keepOutput(of test: String) throws {
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

    // MARK: Environment

    /// What each part needs and no more, as `compose/up` gives it.
    private func environment(of part: Part) -> [String: String] {
        var environment = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": folder.path,
            "PURSER_BUS": bus(of: part), "PURSER_DATA": dataFolder.path, "PURSER_DEMO": "0",
            "PURSER_HTTP_HOST": "127.0.0.1", "PURSER_OUTBOUND_ALLOW": "127.0.0.0/8,::1",
        ]
        if part != .everything { environment["PURSER_INSTANCE"] = part.rawValue }
        environment.merge(settings) { _, new in new }
        if part == .gateway || part == .everything { environment["PURSER_HTTP_PORT"] = "\(httpPort)" }
        if part == .orchestrator || part == .everything {
            environment["PURSER_ADMIN_TOKEN"] = Self.adminToken
        }
        if part == .gateway {
            environment["PURSER_SEALING_KEY_FILE"] = keyFile("gateway").path
            environment["PURSER_EXPECTED_CATEGORIES"] = parts.compactMap(\.category).joined(separator: ",")
        }
        if part == .logCollector {
            environment["PURSER_SEALING_KEY_FILE"] = keyFile("log-collector").path
        }
        if part == .orchestrator { environment["PURSER_MASTER_KEY_FILE"] = masterKeyFile.path }
        if let category = part.category {
            environment["PURSER_SEALING_KEY_FILE"] = keyFile(category).path
        }
        if let port = healthPort(of: part) { environment["PURSER_HEALTH_PORT"] = "\(port)" }
        return environment
    }

    /// The bus as a part reaches it: as a user of its own.
    package func bus(of part: Part) -> String {
        form == .embedded || part == .everything ? bus : TestBroker.address(bus, as: part.rawValue)
    }

    /// Where a service without an HTTP API tells of its health.
    func healthPort(of part: Part) -> Int? {
        part == .gateway || part == .everything ? nil : healthPorts[part]
    }
}

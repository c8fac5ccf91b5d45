import Foundation
package import ServiceRuntime
import Synchronization
package import TestSupport

/// Runs a test with a system of its own that is ready, and ends it afterwards, whatever happens. A secret that is then found
/// where it should not be fails the test, as does a process that ended by itself.
///
/// - Parameters:
///   - broker: for RabbitMQ; the shared one, with a virtual host of its own, where nil.
///   - proxy: between the services and the broker.
///   - services: over RabbitMQ; `Part.services` where nil.
///   - settings: environment variables for all parts.
///   - isStarted: whether the processes are started and ready before the body.
///   - limit: for all of it. Waiting for other tests does not count.
package func withSystem(
    _ form: PurserSystem.Form, broker: TestBroker? = nil, proxy: FaultyProxy? = nil,
    services: [Part]? = nil, settings: [String: String] = [:], isStarted: Bool = true,
    within limit: Duration = .seconds(240), test: String = #function,
    _ body: @escaping @Sendable (PurserSystem) async throws -> Void
) async throws {
    await PurserSystem.slots.take()
    defer { PurserSystem.slots.give() }
    let system = try await PurserSystem.make(
        form, broker: broker, proxy: proxy, services: services, settings: settings)
    do {
        try await within(limit, "the test's end") {
            if isStarted {
                try system.start()
                try await system.ready()
            }
            try await body(system)
        }
    } catch {
        try system.keepOutput(of: test)
        let leaks = try await system.stop().leaks
        if leaks.isEmpty { throw error }
        throw WaitingError(description: "\(error)\n\(leaks.joined(separator: "\n"))")
    }
    let (fallen, leaks) = try await system.stop()
    if !(fallen + leaks).isEmpty {
        throw WaitingError(description: (fallen + leaks).joined(separator: "\n"))
    }
}

extension PurserSystem {
    /// How many systems run at once besides the shared ones: the machine may have two processors.
    package static let slots = AsyncSlots(3)

    static func make(
        _ form: Form, broker: TestBroker? = nil, proxy: FaultyProxy? = nil, services: [Part]? = nil,
        settings: [String: String] = [:]
    ) async throws -> PurserSystem {
        guard form == .rabbitMQ else {
            return try PurserSystem(form, bus: "embedded", services: services, settings: settings)
        }
        let used: TestBroker
        let url: String
        if let broker {
            (used, url) = (broker, broker.url)
        } else {
            used = try await TestBroker.shared()
            url = try await used.makeVirtualHost()
        }
        return try PurserSystem(
            form, bus: proxy?.address(of: url) ?? url, broker: used, services: services, settings: settings)
    }

    /// How long a provider call may take in the shared systems.
    package static let sharedCallLimit: Duration = .seconds(3)

    /// The shared systems that some test has asked for, and that are ready by now.
    package static let startedShared = Recorder<PurserSystem>()

    private static let starts = Mutex<[Form: Task<PurserSystem, any Error>]>([:])

    /// The system that all tests share which break nothing and look only at their own things. It ends with the test
    /// process.
    package static func shared(_ form: Form) async throws -> PurserSystem {
        let start = starts.withLock { starts in
            let start =
                starts[form]
                ?? Task {
                    let limit = "\(sharedCallLimit.components.seconds)"
                    let system = try await make(form, settings: ["PURSER_CALL_LIMIT_SECONDS": limit])
                    try system.start()
                    try await system.ready()
                    startedShared.record(system)
                    return system
                }
            starts[form] = start
            return start
        }
        return try await start.value
    }
}

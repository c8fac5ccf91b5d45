import Foundation
import Synchronization
import TestSupport
import Testing

/// Runs a test with a system of its own that is ready, and ends it afterwards, whatever happens.
///
/// - Parameters:
///   - broker: for RabbitMQ; the shared one, with a virtual host of its own, where nil.
///   - settings: environment variables for all parts.
///   - isStarted: whether the processes are started and ready before the body.
///   - limit: for all of it. Waiting for other tests does not count.
func withSystem(
    _ form: PurserSystem.Form, broker: TestBroker? = nil, settings: [String: String] = [:],
    isStarted: Bool = true,
    within limit: Duration = .seconds(240), _ body: @escaping @Sendable (PurserSystem) async throws -> Void
) async throws {
    await PurserSystem.slots.take()
    defer { PurserSystem.slots.give() }
    let system = try await PurserSystem.make(form, broker: broker, settings: settings)
    do {
        try await within(limit, "the test's end") {
            if isStarted {
                try system.start()
                try await system.ready()
            }
            try await body(system)
        }
    } catch {
        try system.keepOutput(of: Test.current?.name ?? "test")
        try await end(system)
        throw error
    }
    try await end(system)
}

private func end(_ system: PurserSystem) async throws {
    for fall in try await system.stop() { Issue.record("\(fall)") }
}

extension PurserSystem {
    /// How many systems run at once besides the shared ones: the machine may have two processors.
    static let slots = Slots(3)

    static func make(
        _ form: Form, broker: TestBroker? = nil, settings: [String: String] = [:]
    ) async throws -> PurserSystem {
        guard form == .rabbitMQ else { return try PurserSystem(form, bus: "embedded", settings: settings) }
        if let broker { return try PurserSystem(form, bus: broker.url, settings: settings) }
        return try PurserSystem(
            form, bus: try await TestBroker.shared().makeVirtualHost(), settings: settings)
    }

    /// How long a provider call may take in the shared systems.
    static let sharedCallLimit: Duration = .seconds(3)

    private static let starts = Mutex<[Form: Task<PurserSystem, any Error>]>([:])

    /// The system that all tests share which break nothing and look only at their own things. It ends with the test
    /// process.
    static func shared(_ form: Form) async throws -> PurserSystem {
        let start = starts.withLock { starts in
            let start =
                starts[form]
                ?? Task {
                    let limit = "\(sharedCallLimit.components.seconds)"
                    let system = try await make(form, settings: ["PURSER_CALL_LIMIT_SECONDS": limit])
                    try system.start()
                    try await system.ready()
                    return system
                }
            starts[form] = start
            return start
        }
        return try await start.value
    }
}

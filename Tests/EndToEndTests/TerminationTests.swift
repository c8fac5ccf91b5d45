import Foundation
import Models
import Synchronization
import SystemSupport
import Testing
import TestSupport

@Suite("SIGTERM under load")
struct TerminationTests {
    /// How long a process may take to end.
    private static let limit: Duration = .seconds(25)
    /// How many callers there are at once.
    private static let callers = 4

    @Test("A process ends in order, and nothing accepted is lost", arguments: PurserSystem.Form.allCases)
    func endsInOrder(_ form: PurserSystem.Form) async throws {
        try await withSystem(form) { system in
            let load = Load(
                system, client: try await system.makeClient(),
                configuration: try await system.makeConfiguration(["latency_ms": 100]))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<Self.callers { group.addTask { try await load.run() } }
                group.addTask {
                    defer { load.stop() }
                    for part in form.parts {
                        try await load.more(20)
                        let (end, after) = try await system.terminate(part, within: Self.limit + .seconds(10))
                        #expect(end == .exited(0), "\(part.rawValue)")
                        #expect(after < Self.limit, "\(part.rawValue)")
                        try system.start(part)
                        try await system.ready()
                    }
                    try await load.more(20)
                }
                try await group.waitForAll()
            }
            try await expectAllEnded(load.accepted.elements, on: system)
        }
    }

    private func expectAllEnded(_ accepted: [String], on system: PurserSystem) async throws {
        #expect(accepted.count >= 40)
        #expect(Set(accepted).count == accepted.count)
        for id in accepted {
            let action = try await system.ended(id)
            #expect(action.state == "succeeded", "\(action)")
        }
        let effects = Dictionary(grouping: try system.ledger.effects(), by: \.actionID)
        for id in accepted { #expect(effects[id]?.count == 1) }
        #expect(effects.count == accepted.count, "nothing but what was accepted")
    }
}

/// Opens accounts one after the other, as careful callers do, until it is stopped.
private final class Load: Sendable {
    /// The actions that were accepted.
    let accepted = Recorder<String>()

    private let system: PurserSystem
    private let client: String
    private let configuration: String
    private let isStopped = Atomic(false)

    init(_ system: PurserSystem, client: String, configuration: String) {
        self.system = system
        self.client = client
        self.configuration = configuration
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    /// Waits until so many more were accepted.
    func more(_ count: Int) async throws {
        try await accepted.wait(for: accepted.count + count, within: .seconds(60))
    }

    func run() async throws {
        while !isStopped.load(ordering: .relaxed) {
            guard let product = try await product() else { continue }
            // Without a domain, by which the third party would notice a second account.
            let wanted: JSONValue = ["email": "jane@example.com", "package_name": "gold"]
            accepted.record(try await system.submitUntilAccepted("create", wanted, on: product))
        }
    }

    /// A new product; nil where the gateway or the orchestrator is away.
    private func product() async throws -> TestProduct? {
        do {
            return try await system.makeProduct(client: client, configuration: configuration)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            try await Task.sleep(for: .milliseconds(50))
            return nil
        }
    }
}

import Foundation
import Models
import SystemSupport
import Testing
import TestSupport

@Suite("A broker that is away")
struct BrokerTests {
    @Test("at the start: every service waits for it, says so, and goes on by itself")
    func atStart() async throws {
        let broker = try TestBroker.prepare()
        try await withSystem(.rabbitMQ, broker: broker, isStarted: false) { system in
            try system.start()
            for part in Part.services {
                try await eventually(
                    within: .seconds(30), every: .milliseconds(50), "\(part.rawValue) is alive"
                ) {
                    try await system.health("/healthz", of: part)?.status == 200
                }
                let readiness = try #require(try await system.health("/readyz", of: part))
                #expect(readiness.status == 503, "\(part.rawValue)")
                let missing = readiness["missing"]?.arrayValue ?? []
                #expect(missing.contains { $0["name"] == "bus" }, "\(part.rawValue): \(readiness)")
            }
            let started = try Part.services.map { try system.process($0).id }
            let refused = try await system.http.call(.get, "/v1/clients")
            #expect(refused.status == 503 && refused.isProblem, "\(refused)")

            try await broker.start()
            try await system.ready()
            let product = try await system.makeProduct()
            let action = try await system.run("create", PurserSystem.account, on: product)
            #expect(action.state == "succeeded")
            #expect(try Part.services.map { try system.process($0).id } == started)
        }
        try await broker.remove()
    }

    /// How long everything may take to go on once the broker takes connections again.
    private static let resumption: Duration = .seconds(5)
    /// What a busy machine adds to that at most, with the start of the broker's own queues.
    private static let allowance: Duration = .seconds(10)

    enum Fault: CaseIterable, Sendable {
        case stop, kill
    }

    @Test("in flight: every service goes on by itself, and all actions end", arguments: Fault.allCases)
    func inFlight(_ fault: Fault) async throws {
        let broker = try await TestBroker.launch()
        try await withSystem(.rabbitMQ, broker: broker) { system in
            try await broker.settle()
            let configuration = try await system.makeConfiguration(["latency_ms": 1_500])
            let client = try await system.makeClient()
            var actions: [String] = []
            for _ in 0..<20 {
                let product = try await system.makeProduct(client: client, configuration: configuration)
                actions.append(try await system.submit("create", Self.account, on: product))
            }
            let waiting = try await system.makeProduct(client: client, configuration: configuration)
            let started = try Part.services.map { try system.process($0).id }
            switch fault {
            case .stop: try await broker.stop()
            case .kill: try await broker.kill()
            }
            try await eventually(within: .seconds(30), "the loss is told") {
                try await system.readiness()?.status == 503
            }
            #expect(try await system.http.call(.get, "/v1/clients").status == 503)
            try await broker.start()
            let back = ContinuousClock.now
            actions.append(try await system.submitUntilAccepted("create", Self.account, on: waiting))
            try await system.ready()
            let after = back.duration(to: .now)
            print("After the broker's \(fault) everything went on within \(after).")
            #expect(after < Self.resumption + Self.allowance)
            for id in actions {
                let action = try await system.ended(id)
                #expect(action.state == "succeeded", "\(action)")
                #expect(try system.ledger.effects(of: id).count == 1)
            }
            #expect(try Part.services.map { try system.process($0).id } == started)
        }
        try await broker.remove()
    }

    @Test("with its log stream lost: all but the log goes on")
    func lostStream() async throws {
        let broker = try await TestBroker.launch()
        try await withSystem(.rabbitMQ, broker: broker) { system in
            let product = try await system.makeProduct()
            #expect(try await system.run("create", Self.account, on: product).state == "succeeded")
            try await broker.forgetStreams()
            try await broker.kill()
            try await broker.start()
            let action = try await system.submitUntilAccepted("suspend", on: product)
            #expect(try await system.ended(action).state == "succeeded")
            let orchestrator = try system.process(.orchestrator)
            #expect(orchestrator.text().contains("The broker does not serve a stream."))
        }
        try await broker.remove()
    }

    /// Without a domain, by which the third party would notice a second account.
    private static let account: JSONValue = ["email": "jane@example.com", "package_name": "gold"]
}

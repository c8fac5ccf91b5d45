import Foundation
import Models
import SystemSupport
import TestSupport
import Testing

@Suite("A provider that is slower than the broker's patience")
struct SlowProviderTests {
    /// How long the broker waits for an acknowledgement before it gives the message to someone else.
    private static let consumerTimeoutMilliseconds = 10_000
    private static let latencyMilliseconds = 30_000

    @Test("What it does is done once, though the broker delivers it again")
    func doneOnce() async throws {
        let broker = try await TestBroker.launch()
        // The broker looks after its consumers only so often: every minute, where nothing else is said.
        try await broker.control(
            "eval",
            """
            application:set_env(rabbit, consumer_timeout, \(Self.consumerTimeoutMilliseconds)),
            application:set_env(rabbit, channel_tick_interval, 1000).
            """)
        try await withSystem(.rabbitMQ, broker: broker) { system in
            let old = try await system.makeProduct()
            let created = try await system.run("create", PurserSystem.account, on: old)
            let new = try await system.makeProduct(client: old.client, configuration: old.configuration)
            try await system.change(old.configuration, ["latency_ms": .integer(Self.latencyMilliseconds)])
            let wanted: JSONValue = ["domain": "example.net", "package_name": "gold"]
            let slow = [
                try await system.submit("terminate", on: old),
                try await system.submit("create", wanted, on: new),
            ]
            for id in slow {
                let action = try await system.ended(id, within: .seconds(120))
                #expect(action.state == "succeeded", "\(action)")
                #expect(action.outcomes == ["succeeded"])
                #expect(try system.ledger.effects(of: id).count == 1)
            }
            #expect(try broker.log().contains("timed out"), "the broker lost its patience")
            let first = try #require(created["id"]?.stringValue)
            #expect(try Agreement(of: system, accepted: [first] + slow).violations == [])
        }
        try await broker.remove()
    }
}

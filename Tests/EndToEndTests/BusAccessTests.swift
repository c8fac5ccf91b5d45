import AMQP
import Bus
import Foundation
import Models
import SystemSupport
import Testing
import TestSupport

/// What RabbitMQ lets each service's user do: its own part, and nothing else.
@Suite("The broker's users")
struct BusAccessTests {
    /// What a user may do.
    private struct Part {
        let user: String
        /// Queues that it takes from.
        let reads: Set<String>
        /// Exchanges that it publishes to.
        let writes: Set<String>
        /// Topics of events that it publishes, and those that it hears.
        let tells: Set<String>
        let hears: Set<String>
    }

    private static let categories = Blueprints.all.map(\.category)
    private static let topology = Topology.purser(categories: categories)
    private static let topics = [
        "action.changed", "product.changed", "adapter.changed", "adapter.announced", "adapters.asked",
        "token.revoked", "access.changed", "log.committed", "#", "*.*", "adapter.#",
    ]

    private static let parts: [Part] =
        [
            Part(
                user: "gateway", reads: [], writes: ["purser.requests", "purser.logs"], tells: [],
                hears: [
                    "action.changed", "product.changed", "adapter.changed", "token.revoked", "access.changed",
                    "log.committed",
                ]),
            Part(
                user: "log-collector", reads: ["purser.logs", "purser.requests.logs"],
                writes: ["purser.replies", "purser.events", "purser.logs", "purser.dead"],
                tells: ["log.committed"], hears: []),
            Part(
                user: "orchestrator", reads: Set(topology.queues.map(\.name)),
                writes: Set(topology.exchanges.map(\.name)),
                tells: [
                    "action.changed", "product.changed", "adapter.changed", "adapter.announced",
                    "adapters.asked", "token.revoked", "access.changed", "log.committed",
                ], hears: ["adapter.announced"]),
        ]
        + categories.map { category in
            Part(
                user: "\(category)-adapter",
                reads: ["purser.actions.\(category)", "purser.requests.\(category)"],
                writes: [
                    "purser.requests", "purser.replies", "purser.outcomes", "purser.events", "purser.logs",
                    "purser.dead",
                ], tells: ["adapter.announced"], hears: ["adapters.asked"])
        }

    @Test("Each may do its part and no other's, and guest is not what it runs as")
    func permissions() async throws {
        let url = try await TestBroker.shared().makeVirtualHost()
        for part in Self.parts {
            let connection = try await AMQPConnection.open(
                try AMQPEndpoint(url: TestBroker.address(url, as: part.user)), name: part.user)
            try await Self.checkReading(part, on: connection)
            try await Self.checkHearing(part, on: connection)
            if part.user != "orchestrator" { try await Self.checkDeclaring(part, on: connection) }
            await connection.close()
            try await Self.checkWriting(part, to: url)
        }
    }

    @Test("The definitions are what the services' own topology is")
    func definitions() throws {
        let file = TestRun.package.appending(path: "compose/rabbitmq/definitions.json")
        let all = try JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: file))
        func names(_ key: String, _ members: String...) -> Set<String> {
            Set(
                (all[key]?.arrayValue ?? []).map { item in
                    members.map { item[$0]?.stringValue ?? "?" }.joined(separator: " ")
                })
        }
        #expect(
            names("exchanges", "name", "type")
                == Set(Self.topology.exchanges.map { "\($0.name) \($0.kind.rawValue)" }))
        #expect(names("queues", "name") == Set(Self.topology.queues.map(\.name)))
        #expect(
            names("bindings", "source", "destination", "routing_key")
                == Set(Self.topology.queues.map { "\($0.exchange.name) \($0.name) \($0.routingKey)" }))
        #expect(names("users", "name") == Set(Self.parts.map(\.user)))
        #expect(names("users", "password_hash") == [""], "passwords are made at the start")
    }

    // MARK: Trying

    /// Whether the broker refuses it. Every try has a channel of its own, which a refusal closes.
    private static func isRefused(
        on connection: AMQPConnection, _ body: (AMQPChannel) async throws(AMQPError) -> Void
    ) async throws -> Bool {
        let channel = try await connection.openChannel()
        do throws(AMQPError) {
            try await body(channel)
        } catch {
            return error.kind == .accessRefused
        }
        try await connection.close(channel)
        return false
    }

    private static func checkReading(_ part: Part, on connection: AMQPConnection) async throws {
        for queue in topology.queues {
            let refused = try await isRefused(on: connection) { channel throws(AMQPError) in
                try await connection.consume(
                    AMQPConsumer(queue: queue.name, prefetch: 1, onDelivery: { _ in }, onEnd: { _ in }),
                    on: channel)
            }
            #expect(refused != part.reads.contains(queue.name), "\(part.user) reads \(queue.name)")
        }
    }

    private static func checkHearing(_ part: Part, on connection: AMQPConnection) async throws {
        for topic in topics {
            let refused = try await isRefused(on: connection) { channel throws(AMQPError) in
                let queue = try await connection.declareQueue(
                    AMQPQueueDeclaration(name: "", isDurable: false, isExclusive: true), on: channel)
                try await connection.bind(queue, to: "purser.events", routingKey: topic, on: channel)
            }
            #expect(refused != part.hears.contains(topic), "\(part.user) hears \(topic)")
        }
        guard part.user != "orchestrator" else { return }
        for exchange in [
            "purser.actions", "purser.outcomes", "purser.requests", "purser.logs", "purser.dead",
        ] {
            let refused = try await isRefused(on: connection) { channel throws(AMQPError) in
                let queue = try await connection.declareQueue(
                    AMQPQueueDeclaration(name: "", isDurable: false, isExclusive: true), on: channel)
                try await connection.bind(queue, to: exchange, routingKey: "hosting", on: channel)
            }
            // It may read its stream, which has the exchange's name.
            let mayRead = part.user == "log-collector" && exchange == "purser.logs"
            #expect(refused != mayRead, "\(part.user) listens to \(exchange)")
        }
    }

    private static func checkDeclaring(_ part: Part, on connection: AMQPConnection) async throws {
        for name in ["purser.new", "purser.actions.hosting", "other"] {
            let refused = try await isRefused(on: connection) { channel throws(AMQPError) in
                _ = try await connection.declareQueue(AMQPQueueDeclaration(name: name), on: channel)
            }
            #expect(refused, "\(part.user) makes the queue \(name)")
            let deletes = try await isRefused(on: connection) { channel throws(AMQPError) in
                try await connection.deleteQueue(name, on: channel)
            }
            #expect(deletes || name != "purser.actions.hosting", "\(part.user) deletes the queue \(name)")
        }
        for name in ["purser.new", "purser.actions"] {
            let refused = try await isRefused(on: connection) { channel throws(AMQPError) in
                try await connection.declareExchange(name, kind: "direct", on: channel)
            }
            #expect(refused, "\(part.user) makes the exchange \(name)")
        }
    }

    /// Publishing goes over the one channel for it, so every try has a connection.
    private static func checkWriting(_ part: Part, to url: String) async throws {
        var places: [(exchange: String, key: String, isAllowed: Bool)] = []
        for exchange in topology.exchanges where exchange.kind != .topic {
            places.append((exchange.name, "nobody", part.writes.contains(exchange.name)))
        }
        for topic in topics where !topic.contains("#") && !topic.contains("*") {
            places.append(("purser.events", topic, part.tells.contains(topic)))
        }
        // The exchange by which every queue can be reached by its name.
        places.append(("", "purser.actions.hosting", false))
        places.append(("", "purser.outcomes", false))
        places.append(("amq.direct", "nobody", false))
        for place in places {
            let refused = try await isRefused(place.exchange, place.key, as: part.user, at: url)
            #expect(refused != place.isAllowed, "\(part.user) publishes \(place.key) to '\(place.exchange)'")
        }
    }

    private static func isRefused(
        _ exchange: String, _ routingKey: String, as user: String, at url: String
    ) async throws -> Bool {
        let connection = try await AMQPConnection.open(
            try AMQPEndpoint(url: TestBroker.address(url, as: user)), name: user)
        _ = try await connection.openPublishChannel()
        var message = AMQPMessage()
        message.id = "1"
        message.type = "test.v1"
        message.body = Data("{}".utf8)
        var refused = false
        do throws(AMQPError) {
            try await connection.publish(
                AMQPPublication(
                    exchange: exchange, routingKey: routingKey, isMandatory: false, message: message),
                by: .now + .seconds(10))
        } catch {
            refused = error.kind == .accessRefused
        }
        await connection.close()
        return refused
    }
}

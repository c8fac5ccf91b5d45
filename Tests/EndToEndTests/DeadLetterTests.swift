import AMQP
import Bus
import Foundation
import Logging
import Models
import ServiceRuntime
import SystemSupport
import Testing
import TestSupport

@Suite("Messages that no one can process")
struct DeadLetterTests {
    /// What someone may put on the bus, and a part of the reason for which it is refused.
    private static let malformed: [(name: String, body: String, reason: String)] = [
        ("no JSON", "\u{1}\u{2}garbage", "JSON"),
        ("nothing", "", "JSON"),
        ("a list", "[]", "object"),
        ("no envelope", #"{"hello":"world"}"#, "specversion"),
        (
            "an unknown type",
            #"{"specversion":"1.0","id":"1","source":"/test","type":"action.explode.v9","time":"2026-01-01T00:00:00Z","data":{}}"#,
            "action.explode.v9"
        ),
        (
            "an unknown version",
            #"{"specversion":"1.0","id":"1","source":"/test","type":"action.outcome.v99","time":"2026-01-01T00:00:00Z","data":{}}"#,
            "action.outcome.v99"
        ),
        (
            "another CloudEvents",
            #"{"specversion":"2.0","id":"1","source":"/test","type":"action.outcome.v1","time":"2026-01-01T00:00:00Z","data":{}}"#,
            "specversion 2.0"
        ),
    ]

    @Test("They are kept with the reason, others go on, and they can be sent again")
    func deadLetters() async throws {
        try await withSystem(.rabbitMQ) { system in
            try await onBus(of: system) { bus in
                var expected: [String: (queue: String, reason: String)] = [:]
                for queue in [Queue.outcomes, .actions(category: "hosting")] {
                    for (name, body, reason) in Self.malformed {
                        let id = "\(queue.name): \(name)"
                        let message = BusMessage(id: id, type: "test.v1", body: Data(body.utf8))
                        try await bus.publish(message, to: queue.route)
                        expected[id] = (queue.name, reason)
                    }
                    let incomplete = BusMessage(
                        id: "\(queue.name): incomplete", type: "test.v1", body: Self.incomplete(for: queue))
                    try await bus.publish(incomplete, to: queue.route)
                    expected[incomplete.id] = (queue.name, "attempt")
                }
                for queue in [Queue.outcomes, .actions(category: "hosting")] {
                    let id = "\(queue.name): too large"
                    try await Self.publishTooLarge(id, to: queue, of: system)
                    expected[id] = (queue.name, "over the limit")
                }
                let hosting = Sealer(system.master.derived(for: .category("hosting")))
                let unknown = hosting.signed(
                    BusMessage(Envelope(source: "/test", subject: nil, data: Self.strayOutcome)),
                    for: Queue.outcomes.route)
                try await bus.publish(unknown, to: Queue.outcomes.route)
                expected[unknown.id] = (Queue.outcomes.name, Self.strayOutcome.actionID.rawValue)

                let letters = try await Self.letters(of: system, count: expected.count)
                #expect(letters.count == expected.count)
                for letter in letters {
                    let id = letter["message_id"]?.stringValue ?? ""
                    let wanted = try #require(expected[id], "\(letter)")
                    #expect(letter["queue"]?.stringValue == wanted.queue, "\(id)")
                    let reason = try #require(letter["reason"]?.stringValue)
                    #expect(!reason.isEmpty && reason.contains(wanted.reason), "\(id): \(reason)")
                }

                let product = try await system.makeProduct()
                #expect(
                    try await system.run("create", PurserSystem.account, on: product).state == "succeeded")

                try await Self.requeue(
                    try #require(letters.first { $0["message_id"]?.stringValue == unknown.id }), on: system)
            }
        }
    }

    /// Puts on the bus what it does not take from us: a body of 2 MiB.
    private static func publishTooLarge(_ id: String, to queue: Queue, of system: PurserSystem) async throws {
        let connection = try await AMQPConnection.open(try AMQPEndpoint(url: system.bus), name: "stranger")
        _ = try await connection.openPublishChannel()
        var message = AMQPMessage()
        message.id = id
        message.type = "test.v1"
        message.isPersistent = true
        message.body = Data(repeating: 32, count: 2 * BusMessage.bodyByteLimit)
        let publication = AMQPPublication(
            exchange: queue.exchange.name, routingKey: queue.routingKey, isMandatory: true, message: message)
        try await connection.publish(publication, by: .now + .seconds(10))
        await connection.close()
    }

    /// How often what ends its adapter is begun again at once, and how often at all.
    private static let (promptDeaths, deathLimit) = (3, 12)

    @Test("What kills its adapter each time harms no other: it waits longer and longer, and says why")
    func poison() async throws {
        try await withSystem(.rabbitMQ) { system in
            // It has its adapter killed whenever it is begun, before it has had an effect. What is under way beside it is
            // interrupted too, and needs a second to end.
            let product = try await system.makeProduct(["latency_ms": 8_000])
            let poison = try await system.submit("create", PurserSystem.account, on: product)
            let other = try await system.makeProduct(["latency_ms": 1_000])
            let victim = try await system.submit(
                "create", ["email": "jane@example.com", "package_name": "gold"], on: other)
            for deaths in 0..<Self.deathLimit {
                let adapter = try system.process(.hostingAdapter)
                var isOver = false
                try await eventually(within: .seconds(60), "its next attempt, after \(deaths) deaths") {
                    let state = try await system.action(victim)["state"]?.stringValue
                    isOver = deaths >= Self.promptDeaths && state == "succeeded"
                    return isOver || adapter.begun(poison) > deaths
                }
                if isOver { break }
                try await system.kill(.hostingAdapter)
                try system.start(.hostingAdapter)
                if deaths + 1 == Self.promptDeaths {
                    let action = try await system.action(poison, in: "waiting")
                    let reason = try #require(action["waiting_because"]?.stringValue)
                    #expect(reason.contains("Try 3 of 12 broke off"))
                }
            }
            #expect(try await system.ended(victim).state == "succeeded")
            #expect(try system.ledger.effects(of: victim).count == 1)
            #expect(try system.ledger.effects(of: poison).isEmpty)

            #expect(try await system.ended(poison, within: .seconds(180)).state == "succeeded")
            #expect(try system.ledger.effects(of: poison).count == 1)
        }
    }

    /// Sends a dead letter again: what is wrong with it is still wrong, so it comes back as another one.
    private static func requeue(_ letter: JSONValue, on system: PurserSystem) async throws {
        let number = try #require(letter["id"]?.integerValue)
        let before = try await letters(of: system, count: 1).count
        let answer = try await system.http.call(.post, "/v1/dead-letters/\(number)/requeue")
        #expect(answer.status == 200, "\(answer)")
        #expect(answer["requeued_at"]?.stringValue != nil)
        let after = try await letters(of: system, count: before + 1)
        #expect(after[0]["message_id"] == letter["message_id"])
        #expect(after[0]["reason"] == letter["reason"])
        #expect(try await system.http.call(.post, "/v1/dead-letters/\(number)/requeue").status == 409)
        #expect(try await system.http.call(.post, "/v1/dead-letters/999999/requeue").status == 404)
    }

    private static func letters(of system: PurserSystem, count: Int) async throws -> [JSONValue] {
        var letters: [JSONValue] = []
        try await eventually(within: .seconds(30), every: .milliseconds(50), "\(count) dead letters") {
            letters = try await system.http.call(.get, "/v1/dead-letters")["items"]?.arrayValue ?? []
            return letters.count >= count
        }
        return letters
    }

    /// An envelope of the right type whose data lacks almost everything.
    private static func incomplete(for queue: Queue) -> Data {
        let type = queue == .outcomes ? ActionOutcome.messageType : ExecuteAction.messageType
        let id = ActionID.make().rawValue
        return Data(
            #"{"specversion":"1.0","id":"1","source":"/test","type":"\#(type)","time":"2026-01-01T00:00:00Z","data":{"action_id":"\#(id)"}}"#
                .utf8)
    }

    /// What an action came to that there is not.
    private static let strayOutcome = ActionOutcome(
        actionID: .make(), attempt: 1, outcome: .succeeded, observed: false, begunAt: .now, endedAt: .now)

    /// Runs a client of the system's bus beside `body`.
    private func onBus(
        of system: PurserSystem, _ body: @escaping @Sendable (AMQPBus) async throws -> Void
    ) async throws {
        let bus = AMQPBus(
            endpoint: try AMQPEndpoint(url: system.bus), topology: .purser(categories: ["hosting"]),
            connectionName: "test", logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await bus.run() }
            defer { group.cancelAll() }
            try await body(bus)
        }
    }
}

extension ServiceProcess {
    /// How often an adapter has begun an action, by what it wrote.
    fileprivate func begun(_ action: String) -> Int {
        text().split(separator: "\n").count { $0.contains(action) && $0.contains("Began attempt") }
    }
}

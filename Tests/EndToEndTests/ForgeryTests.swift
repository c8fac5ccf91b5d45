import AMQP
import Bus
import Foundation
import Logging
import Models
import ServiceRuntime
import SystemSupport
import Testing
import TestSupport

/// What somebody can do who has the broker's credentials of a service, and not its key.
@Suite("Forged, repeated and oversized messages")
struct ForgeryTests {
    @Test("An outcome that an adapter's key did not sign is refused, and changes nothing")
    func outcomes() async throws {
        try await withSystem(.rabbitMQ) { system in
            // It is under way for as long as this takes.
            let product = try await system.makeProduct(["latency_ms": 8_000])
            let action = try await system.submit("create", PurserSystem.account, on: product)
            _ = try await system.action(action, in: "dispatched")
            let outcome = ActionOutcome(
                actionID: ActionID(rawValue: action), attempt: 1, outcome: .succeeded, observed: false,
                begunAt: .now, endedAt: .now)
            let message = BusMessage(Envelope(source: "/adapters/hosting", data: outcome))
            let route = Queue.outcomes.route
            try await Self.onBus(of: system, as: .hostingAdapter) { bus in
                for (name, forged) in [
                    ("not signed", message),
                    ("a stranger's", Sealer(MasterKey().derived(for: .gateway)).signed(message, for: route)),
                    ("the gateway's", Self.sealer(system, .gateway).signed(message, for: route)),
                    (
                        "another category's",
                        Self.sealer(system, .category("domains")).signed(message, for: route)
                    ),
                    (
                        "of another place",
                        Self.sealer(system, .category("hosting"))
                            .signed(message, for: Queue.orchestratorRequests.route)
                    ),
                ] {
                    var forged = forged
                    forged.headers["x-name"] = name
                    try await bus.publish(forged, to: route)
                }
            }
            let letters = try await Self.letters(of: system, count: 5)
            #expect(letters.count == 5)
            for letter in letters {
                let reason = letter["reason"]?.stringValue ?? ""
                #expect(reason.contains("sign") || reason.contains("an adapter of domains"), "\(reason)")
            }
            #expect(try await system.action(action)["state"] == "dispatched")
            let log = try system.process(.orchestrator).text()
            #expect(log.split(separator: "\n").count { $0.contains("message.refused") } >= 5)
            #expect(try await system.ended(action).state == "succeeded")
            #expect(try system.ledger.effects(of: action).count == 1)
        }
    }

    @Test("An action that the orchestrator's key did not sign is not carried out, and cannot be sent again")
    func actions() async throws {
        try await withSystem(.rabbitMQ) { system in
            let product = try await system.makeProduct()
            let forged = ExecuteAction(
                actionID: .make(), attempt: 1, contractProductID: ContractProductID(rawValue: product.id),
                clientID: ClientID(rawValue: product.client), category: "hosting", provider: "demo",
                function: "create",
                configuration: AttemptConfiguration(
                    id: ConfigurationID(rawValue: product.configuration), version: 1, settings: [:]),
                parameters: ["email": "mallory@example.com", "package_name": "gold"],
                possibleDuplicate: false, beginBefore: .now.advanced(by: .seconds(600)), timeoutSeconds: 60)
            let message = BusMessage(Envelope(source: "/orchestrator", data: forged))
            let route = Queue.actions(category: "hosting").route
            try await Self.onBus(of: system, as: .orchestrator) { bus in
                try await bus.publish(message, to: route)
                try await bus.publish(
                    Self.sealer(system, .gateway).signed(message, for: route), to: route)
            }
            let letters = try await Self.letters(of: system, count: 2)
            #expect(letters.allSatisfy { $0["reason"]?.stringValue?.contains("sign") == true })
            #expect(try system.process(.hostingAdapter).text().contains("message.refused"))
            // Nobody can have it signed by pressing a button.
            for letter in letters {
                let number = try #require(letter["id"]?.integerValue)
                let answer = try await system.http.call(.post, "/v1/dead-letters/\(number)/requeue")
                #expect(answer.status == 409, "\(answer)")
            }
            #expect(try await system.run("create", PurserSystem.account, on: product).state == "succeeded")
            #expect(try system.ledger.effects(of: forged.actionID.rawValue).isEmpty)
        }
    }

    @Test("A request is answered where the gateway's key signed it, once, and while it is young")
    func requests() async throws {
        try await withSystem(.rabbitMQ) { system in
            let queue = Queue.orchestratorRequests
            let gateway = Self.sealer(system, .gateway)
            @Sendable func request(
                _ email: String, by sealer: Sealer?, age: Duration = .zero
            ) -> BusMessage {
                let message = BusMessage(
                    Envelope(
                        source: "/gateway", time: .now.advanced(by: .zero - age),
                        data: CreateClient(name: "Mallory", email: email)))
                return sealer?.signed(message, for: queue.route) ?? message
            }
            @Sendable func answer(_ message: BusMessage, _ bus: AMQPBus) async throws -> Reply<Client> {
                let answer = try await bus.request(message, to: queue.route, timeout: .seconds(10))
                return try Envelope<Reply<Client>>(decoding: answer.body).data
            }
            try await Self.onBus(of: system, as: .gateway) { bus in
                for (name, message) in [
                    ("not signed", request("a@example.com", by: nil)),
                    (
                        "an adapter's",
                        request("b@example.com", by: Self.sealer(system, .category("hosting")))
                    ),
                    ("old", request("c@example.com", by: gateway, age: .seconds(300))),
                ] {
                    guard case .failure(let failure) = try await answer(message, bus) else {
                        Issue.record("\(name) was answered")
                        continue
                    }
                    #expect(failure.kind == .forbidden, "\(name)")
                }
                // Recorded and sent again, it gets no answer.
                let genuine = request("d@example.com", by: gateway)
                guard case .success = try await answer(genuine, bus) else {
                    Issue.record("the genuine request was refused")
                    return
                }
                await #expect(throws: BusError.self) {
                    _ = try await bus.request(genuine, to: queue.route, timeout: .seconds(2))
                }
                // What is too large is refused before anyone looks into it.
                try await Self.publishTooLarge(to: queue, as: .gateway, of: system)
            }
            let clients = try await system.http.call(.get, "/v1/clients")["items"]?.arrayValue ?? []
            #expect(clients.compactMap { $0["email"]?.stringValue } == ["d@example.com"])
            let log = try system.process(.orchestrator).text()
            #expect(log.split(separator: "\n").count { $0.contains("message.refused") } >= 4)
            let product = try await system.makeProduct()
            #expect(try await system.run("create", PurserSystem.account, on: product).state == "succeeded")
        }
    }

    @Test("The log is read by the gateway alone")
    func logRequests() async throws {
        try await withSystem(.rabbitMQ) { system in
            let message = BusMessage(
                Envelope(source: "/gateway", data: ListLogEntries(after: 0, limit: 10)))
            let route = Queue.logRequests.route
            try await Self.onBus(of: system, as: .hostingAdapter) { bus in
                for sealer in [nil, Self.sealer(system, .category("hosting")), Self.sealer(system, .gateway)]
                {
                    let answer = try await bus.request(
                        sealer?.signed(message, for: route) ?? message, to: route, timeout: .seconds(10))
                    guard
                        case .failure(let failure) = try Envelope<Reply<LogList>>(decoding: answer.body).data
                    else {
                        Issue.record("the log was read")
                        continue
                    }
                    #expect(failure.kind == .forbidden)
                }
            }
            #expect(try await system.http.call(.get, "/v1/logs").status == 200)
        }
    }

    // MARK: Support

    private static func sealer(_ system: PurserSystem, _ recipient: SealingRecipient) -> Sealer {
        Sealer(system.master.derived(for: recipient))
    }

    private static func letters(of system: PurserSystem, count: Int) async throws -> [JSONValue] {
        var letters: [JSONValue] = []
        try await eventually(within: .seconds(30), every: .milliseconds(50), "\(count) dead letters") {
            letters = try await system.http.call(.get, "/v1/dead-letters")["items"]?.arrayValue ?? []
            return letters.count >= count
        }
        return letters
    }

    private static func publishTooLarge(
        to queue: Queue, as part: Part, of system: PurserSystem
    ) async throws {
        let connection = try await AMQPConnection.open(
            try AMQPEndpoint(url: system.bus(of: part)), name: "mallory")
        _ = try await connection.openPublishChannel()
        var message = AMQPMessage()
        message.id = "too large"
        message.type = CreateClient.messageType
        message.body = Data(repeating: 32, count: 2 * BusMessage.bodyByteLimit)
        try await connection.publish(
            AMQPPublication(
                exchange: queue.exchange.name, routingKey: queue.routingKey, isMandatory: true,
                message: message),
            by: .now + .seconds(10))
        await connection.close()
    }

    /// Runs a client of the system's bus, with the broker's credentials of a service, beside `body`.
    private static func onBus(
        of system: PurserSystem, as part: Part, _ body: @escaping @Sendable (AMQPBus) async throws -> Void
    ) async throws {
        let bus = AMQPBus(
            endpoint: try AMQPEndpoint(url: system.bus(of: part)),
            topology: .purser(categories: Blueprints.all.map(\.category)), declares: false,
            connectionName: "mallory", logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await bus.run() }
            defer { group.cancelAll() }
            try await body(bus)
        }
    }
}

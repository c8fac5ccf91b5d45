import Bus
import Foundation
import Models
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@testable import Orchestrator

/// Messages whose shape is right and whose values are not: each is carried out or refused, and the orchestrator goes on.
@Suite struct RequestFuzzTests {
    private static let golden = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "ModelsTests/Golden")

    /// Those of webhooks would have something sent to hosts that are not this one.
    private static func isLocal(_ type: String) -> Bool {
        !type.hasPrefix("webhook") || type.hasSuffix(".list.v1") || type.hasSuffix(".show.v1")
    }

    /// What adapters ask for; all else is the gateway's.
    private static let adapters: Set = [BeginAttempt.messageType, StoreNotices.messageType]

    private static func envelope(_ type: String) throws -> JSONValue {
        try JSONText.parse(Data(contentsOf: golden.appending(path: "\(type).json")))
    }

    /// The message with identifiers of things that there are, and otherwise with values that few expect.
    private static func message(
        _ type: String, _ envelope: JSONValue, _ ids: [String: String], using generator: inout SeededGenerator
    ) -> BusMessage {
        var members = envelope.objectValue ?? [:]
        let data = (members["data"] ?? [:]).replacingIdentifiers(with: ids)
        members["data"] = data.mutated(using: &generator)
        let id = ULID.make()
        (members["id"], members["time"]) = (.string(id), .string(Timestamp.now.description))
        return BusMessage(id: id, type: type, body: Data(JSONValue.object(members).text))
    }

    @Test func `every request is carried out or refused, whatever is in it`() async throws {
        let types = RequestsContract.catalogue.messages.map(\.type)
            .filter { $0 != ListLogEntries.messageType && Self.isLocal($0) }
        let envelopes = try types.map(Self.envelope)
        try await OrchestratorHarness.run(adapter: { ActionOutcome($0, .unsure, error: .timedOut) }) {
            harness in
            let product = try await harness.product(["username": "jane"])
            let action = try await harness.submit("create", on: product, ["email": "jane@example.com"])
            let ids = [
                "clt": harness.client.id.rawValue, "cfg": harness.configuration.id.rawValue,
                "prd": product.rawValue,
                "act": action.action.id.rawValue,
            ]
            let outcomes = Mutex<[String: Int]>([:])
            try await Fuzz.run("requests to the orchestrator", count: 700) { generator in
                let index = Int.random(in: 0..<types.count, using: &generator)
                let message = Self.message(types[index], envelopes[index], ids, using: &generator)
                let secrets = harness.parts.secrets
                let sender =
                    Self.adapters.contains(types[index]) ? secrets.category("hosting") : secrets.gateway
                let route = Queue.orchestratorRequests.route
                let answer = try await harness.bus.request(
                    sender.signed(message, for: route), to: route, timeout: .seconds(30))
                let reply = try JSONText.parse(answer.body)["data"]
                let failure = reply?["failure"]?["kind"]?.stringValue
                outcomes.withLock { $0[failure ?? "success", default: 0] += 1 }
                guard failure != RequestFailure.Kind.internal.rawValue,
                    reply?["value"] != nil || failure != nil
                else {
                    throw FuzzFailure(
                        description:
                            "\(String(decoding: message.body, as: UTF8.self)): \(String(describing: reply))")
                }
            }
            let counts = outcomes.withLock { $0 }
            #expect(counts["success"] ?? 0 > 10 && counts["invalid"] ?? 0 > 20, "\(counts)")
            _ = try await harness.show(action.action.id)
        }
    }

    @Test func `every outcome is applied or refused, whatever is in it`() async throws {
        let envelope = try Self.envelope(ActionOutcome.messageType)
        try await OrchestratorHarness.run(adapter: { _ in nil }) { harness in
            var last: ActionID?
            try await Fuzz.run("outcomes", count: 250) { generator in
                // With an account of its own, so that those that do not end hold no other back.
                let account = try await OrchestratorHarness.makeConfiguration(harness.parts, harness.category)
                let product = try await harness.product(["username": "jane"], with: account.id)
                let action = try await harness.submit("getInfo", on: product).action.id
                last = action
                var message = Self.message(
                    ActionOutcome.messageType, envelope, ["act": action.rawValue], using: &generator)
                if case .object(var members) = try JSONText.parse(message.body),
                    Bool.random(using: &generator),
                    case .object(var data)? = members["data"]
                {
                    // So that it is the one that is waited for.
                    data["action_id"] = .string(action.rawValue)
                    data["attempt"] = 1
                    members["data"] = .object(data)
                    message.body = Data(JSONValue.object(members).text)
                }
                let route = Queue.outcomes.route
                try await harness.bus.publish(
                    harness.parts.secrets.category("hosting").signed(message, for: route), to: route)
            }
            let product = try await harness.product(["username": "jane"])
            let action = try await harness.submit("getInfo", on: product).action.id
            let execution = try await eventuallyValue("its attempt") {
                harness.executions.withLock { $0.first { $0.actionID == action } }
            }
            try await harness.bus.publish(
                ActionOutcome(execution, .failed, error: .notFound), to: Queue.outcomes.route,
                source: "/test",
                signer: harness.parts.secrets.category("hosting"))
            #expect(try await harness.wait(for: action, .failed).state == .failed)
            _ = try await harness.show(try #require(last))
        }
    }
}

/// Waits until there is a value.
private func eventuallyValue<Value: Sendable>(
    _ what: String, _ value: @escaping @Sendable () -> Value?
) async throws -> Value {
    try await eventually(what) { value() != nil }
    return try #require(value())
}

extension JSONValue {
    /// With identifiers that are given by their prefix in the place of others.
    fileprivate func replacingIdentifiers(with ids: [String: String]) -> JSONValue {
        switch self {
        case .string(let text): ids[String(text.prefix { $0 != "_" })].map { .string($0) } ?? self
        case .array(let elements): .array(elements.map { $0.replacingIdentifiers(with: ids) })
        case .object(let members): .object(members.mapValues { $0.replacingIdentifiers(with: ids) })
        default: self
        }
    }
}

import Bus
import Foundation
import HTTPTypes
import Models
import ServiceRuntime
import TestSupport

@testable import Gateway
@testable import Orchestrator

/// Everything that a client has, each with the client's mark where it has a text.
struct Belongings: Sendable {
    /// A word that is in nothing of anyone else.
    let mark: String
    let client: String
    let configuration: String
    let product: String
    let action: String
    let event: String
    let webhook: String
    let delivery: String
    let token: String
    let tokenID: String
    let user: String
    let email: String
    let logEntry: Int
    let deadLetter: Int

    static let password = "correct horse battery"

    static func make(_ mark: String, in harness: AccessHarness) async throws -> Belongings {
        func make(_ path: String, _ body: JSONValue) async throws -> AccessHarness.Answer {
            let answer = try await harness.call(.post, path, body)
            guard (200..<300).contains(answer.status) else {
                throw WaitingError(description: "\(path): \(answer.text)")
            }
            return answer
        }
        let email = "\(mark)@example.com"
        let client = try await make(
            "/v1/clients", ["name": .string("Client \(mark)"), "email": .string(email)]
        )
        .id
        let configuration = try await make(
            "/v1/configurations",
            [
                "category": "hosting", "provider": "demo", "name": .string("Server \(mark)"),
                "settings": ["hostname": .string("\(mark).example.com")],
            ]
        ).id
        let product = try await make(
            "/v1/contract-products",
            [
                "client_id": .string(client), "category": "hosting",
                "configuration_id": .string(configuration), "name": .string("Web site \(mark)"),
                "provision_fields": ["username": .string("user\(mark)")],
            ]
        ).id
        let action = try await make(
            "/v1/contract-products/\(product)/actions",
            ["function": "suspend", "parameters": ["username": .string("user\(mark)")]]
        ).id
        let event = "evt-\(mark)"
        _ = try await make(
            "/v1/business-events",
            [
                "id": .string(event), "type": "product.cancelled", "contract_product_id": .string(product),
            ])
        let webhook = try await make("/v1/webhooks", ["url": .string("https://\(mark).example.com/")]).id
        let delivery = try await make("/v1/webhooks/\(webhook)/test", [:]).id
        let token = try await make(
            "/v1/tokens", ["name": .string("Token \(mark)"), "role": "client", "client_id": .string(client)])
        let user = try await make(
            "/v1/users",
            [
                "email": .string(email), "name": .string("User \(mark)"), "role": "client",
                "client_id": .string(client), "password": .string(password),
            ]
        ).id
        return Belongings(
            mark: mark, client: client, configuration: configuration, product: product, action: action,
            event: event, webhook: webhook, delivery: delivery,
            token: token.json["token"]?.stringValue ?? "",
            tokenID: token.json["details"]?["id"]?.stringValue ?? "", user: user, email: email,
            logEntry: try await log(mark, client: client, product: product, action: action, harness),
            deadLetter: try await deadLetter(mark, harness))
    }

    private static func log(
        _ mark: String, client: String, product: String, action: String, _ harness: AccessHarness
    ) async throws -> Int {
        let entry = LogEntry(
            time: harness.clock.time, level: .info, service: "orchestrator", instance: "test",
            message: "Entry \(mark)", actionID: ActionID(rawValue: action),
            contractProductID: ContractProductID(rawValue: product), clientID: ClientID(rawValue: client),
            category: "hosting", metadata: [:])
        try await harness.bus.publish(
            LogEntries(entries: [entry]), to: Queue.logs.route, source: "/test")
        var id: Int?
        try await eventually("the log entry of \(mark)") {
            let list = try await harness.call(.get, "/v1/logs?client_id=\(client)")
            id = list.json["items"]?.arrayValue?.first?["id"]?.integerValue
            return id != nil
        }
        return id ?? 0
    }

    private static func deadLetter(_ mark: String, _ harness: AccessHarness) async throws -> Int {
        let message = BusMessage(
            id: ULID.make(), type: "action.outcome.v1", body: Data("{\"mark\":\"\(mark)\"}".utf8))
        let now = harness.clock.time
        return try await harness.parts.store.write { transaction in
            try transaction.insertDeadLetter(message, at: now)
            return try transaction.deadLetters(limit: 1).first?.id ?? 0
        }
    }

    /// The path of a route with what it names being this client's.
    func path(_ route: HTTPRoute) -> String {
        let ids: [(prefix: String, id: String)] = [
            ("/v1/clients/", client), ("/v1/configurations/", configuration),
            ("/v1/contract-products/", product), ("/v1/actions/", action), ("/v1/business-events/", event),
            ("/v1/webhooks/", webhook), ("/v1/webhook-deliveries/", delivery), ("/v1/tokens/", tokenID),
            ("/v1/users/", user), ("/v1/logs/", "\(logEntry)"), ("/v1/dead-letters/", "\(deadLetter)"),
            ("/admin/clients/", client), ("/admin/configurations/", configuration),
            ("/admin/products/", product), ("/admin/actions/", action), ("/admin/tokens/", tokenID),
            ("/admin/users/", user), ("/admin/log/", "\(logEntry)"),
            ("/ops/dead-letters/", "\(deadLetter)"), ("/client/products/", product),
            ("/client/actions/", action),
        ]
        let id = ids.first { route.path.hasPrefix($0.prefix) }?.id
        return route.path.replacing("{category}", with: "hosting").replacing("{function}", with: "getInfo")
            .replacing("{name}", with: "purser.css").replacing("{id}", with: id ?? "{id}")
    }

    /// Everything that an answer would tell of this client by.
    var traces: [String] { [mark, client, product, action, user, tokenID] }
}

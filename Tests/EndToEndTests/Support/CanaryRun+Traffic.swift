import AMQP
import Bus
import Foundation
import Models
import SystemSupport
import TestSupport

/// What goes to third parties and comes from them, and what goes astray.
extension CanaryRun {
    /// What a third party answers with as a secret.
    static let signInCode = Canary("signincode").core

    /// A third party that tells everything that it was told, as some do in their errors.
    @Sendable static func chatter(_ request: HTTPReceiver.Request) -> String {
        var told: [String: JSONValue] = [
            "username": "alice",
            "message": .string("You sent \(request.header("authorization")) and \(request.body)"),
        ]
        if request.path == "/login" { told["url"] = .string("https://example.com/sso?code=\(signInCode)") }
        return String(decoding: JSONValue.object(told).text, as: UTF8.self)
    }

    /// Runs functions at a third party that is really spoken to, so that there is debug data; the simulated ones have none.
    /// The product stays active.
    func talk(to vendor: HTTPReceiver) async throws {
        let client = try await call(.post, "/v1/clients", ["name": "Jane Doe", "email": "jane@example.com"])
        let token = Canary("vendortoken").core
        given.record(token)
        let address = "http://127.0.0.1:\(vendor.port)"
        let configuration = try await call(
            .post, "/v1/configurations",
            [
                "category": "auto-login", "provider": "generic", "name": "Real provider",
                "settings": [
                    "access_token": .string(token), "extra_secret_1": canary("vendorsecret"),
                    "login_endpoint_http_method": "post", "login_endpoint_url": .string("\(address)/login"),
                    "has_create": true, "create_endpoint_http_method": "post",
                    "create_endpoint_url": .string("\(address)/create"),
                ],
            ])
        guard let clientID = client["id"]?.stringValue, let account = configuration["id"]?.stringValue else {
            throw WaitingError(description: "\(client) \(configuration)")
        }
        things.record(Thing(kind: "clients", id: clientID, client: clientID))
        things.record(Thing(kind: "configurations", id: account, category: "auto-login"))
        let made = try await call(
            .post, "/v1/contract-products",
            [
                "client_id": .string(clientID), "category": "auto-login",
                "configuration_id": .string(account),
                "name": "Sign-in",
            ])
        guard let id = made["id"]?.stringValue else { throw WaitingError(description: "\(made)") }
        let product = Thing(kind: "contract-products", id: id, client: clientID, category: "auto-login")
        things.record(product)
        let owner = try await system.clientCaller(clientID)
        for name in ["create", "login"] {
            guard let function = Blueprints.named("auto-login")?.function(name) else { continue }
            let action = try await run(
                function, on: product, owner: owner, given: name == "create" ? ["user_id": 7] : [:])
            guard action?.state == "succeeded" else {
                throw WaitingError(description: "\(name): \(String(describing: action))")
            }
        }
        try await findDebugData(count: 2)
    }

    /// Waits for the log entries that have debug data.
    private func findDebugData(count: Int) async throws {
        var found: [Int] = []
        try await eventually(within: .seconds(60), every: .milliseconds(100), "debug data in the log") {
            let entries = try await system.http.call(.get, "/v1/logs?category=auto-login&limit=1000")
            found = (entries["items"]?.arrayValue ?? []).filter { $0["debug"] != nil }
                .compactMap { $0["id"]?.integerValue }
            return found.count >= count
        }
        for id in found { things.record(Thing(kind: "logs", id: "\(id)")) }
    }

    /// Puts on the bus an action that was sealed there before, as one that its adapter refuses, and waits until it is kept
    /// as a dead letter.
    func refuseAction(of messages: [(place: String, body: Data)]) async throws {
        let bodies = messages.filter { $0.place == "message publish.\(Exchange.actions.name)" }
            .map { String(decoding: $0.body, as: UTF8.self) }
            .filter { $0.contains("sealed:v1:") && $0.contains("\"hosting\"") }
        // What is shown of a dead letter is cut.
        guard let action = bodies.min(by: { $0.count < $1.count }) else {
            throw WaitingError(description: "No action with a sealed secret was sent to hosting.")
        }
        let queue = Queue.actions(category: "hosting")
        var message = AMQPMessage()
        message.id = "refused"
        message.type = "action.execute.v99"
        message.isPersistent = true
        message.body = Data(action.replacing(ExecuteAction.messageType, with: "action.execute.v99").utf8)
        let connection = try await AMQPConnection.open(try AMQPEndpoint(url: system.bus), name: "stranger")
        _ = try await connection.openPublishChannel()
        try await connection.publish(
            AMQPPublication(
                exchange: queue.exchange.name, routingKey: queue.routingKey, isMandatory: true,
                message: message),
            by: .now + .seconds(10))
        await connection.close()
        try await eventually(within: .seconds(30), every: .milliseconds(50), "the dead letter") {
            let letters = try await call(.get, "/v1/dead-letters")["items"]?.arrayValue ?? []
            return letters.contains { letter in
                letter["reason"]?.stringValue?.contains("action.execute.v99") == true
                    && letter["body"]?.stringValue?.contains("sealed:v1:") == true
            }
        }
    }

    /// Has an action end, and its adapter and the gateway stop, while there is no bus: what they have logged is then in their
    /// files.
    ///
    /// - Returns: what is in them.
    func spill(killing broker: TestBroker) async throws -> String {
        let settings: JSONValue = ["api_token": canary("spilltoken"), "latency_ms": 5_000]
        let product = try await system.makeProduct(settings)
        let parameters: JSONValue = [
            "domain": "spilled.example.com", "email": "jane@example.com", "package_name": "gold",
            "password": canary("spillpassword"),
        ]
        let id = try await system.submit("create", parameters, on: product)
        try await system.log(of: id, with: "Began attempt")
        try await broker.kill()
        let adapter = try system.process(.hostingAdapter)
        try await eventually(
            within: .seconds(60), every: .milliseconds(250), "the attempt's end\n\(adapter.tail())"
        ) {
            adapter.text().split(separator: "\n").contains { $0.contains("Ended attempt") && $0.contains(id) }
        }
        for part in [Part.hostingAdapter, .gateway] {
            _ = try await system.terminate(part, within: .seconds(90))
        }
        let folder = system.dataFolder.appending(path: "spill")
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        return try files.filter { $0.hasSuffix(".spill") }
            .map { String(decoding: try Data(contentsOf: folder.appending(path: $0)), as: UTF8.self) }
            .joined(separator: "\n")
    }
}

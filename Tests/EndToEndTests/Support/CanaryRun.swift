import Foundation
import Models
import SystemSupport
import TestSupport

/// Runs every function of every category with secrets that are known, and keeps every answer.
final class CanaryRun: Sendable {
    /// Something that the run has made.
    struct Thing: Sendable {
        /// The part of the interface's paths that stands before its id.
        let kind: String
        let id: String
        /// Whose it is, where it is a client's.
        var client: String?
        var category: String?
        /// The secrets of its result, which are shown to whoever asks for this very thing.
        var secrets: Set<String> = []
    }

    /// An answer, and the secrets of results that whoever asked may see in it.
    struct Kept: Sendable {
        let place: String
        let body: Data
        let mayShow: Set<String>
    }

    let answers = Recorder<Kept>()
    /// What was given away: configurations' and parameters' secrets, which no answer may show.
    let given = Recorder<String>()
    /// What the third parties answered with as secrets.
    let results = Recorder<String>()
    let things = Recorder<Thing>()
    /// Actions that ended, by function and state.
    let ended = Recorder<String>()
    let system: PurserSystem

    init(_ system: PurserSystem) { self.system = system }

    /// A new secret.
    func canary(_ name: String) -> JSONValue {
        let canary = Canary(name)
        given.record(canary.core)
        return .string(canary.value)
    }

    /// Calls as an administrator or, with a token, as somebody else, and keeps the answer.
    ///
    /// - Parameter mayShow: the secrets of results that the answer is meant to show.
    @discardableResult
    func call(
        _ method: HTTPCaller.Method, _ path: String, _ body: JSONValue? = nil, as caller: HTTPCaller? = nil,
        mayShow: (JSONValue) -> Set<String> = { _ in [] }
    ) async throws -> JSONValue {
        let answer = try await (caller ?? system.http).call(method, path, body)
        answers.record(
            Kept(place: "\(method.rawValue) \(path)", body: answer.body, mayShow: mayShow(answer.json)))
        return answer.json
    }

    /// Sends bytes that may be no JSON, and keeps the answer.
    func send(_ method: HTTPCaller.Method, _ path: String, _ body: String, type: String = "application/json")
        async throws
    {
        let answer = try await system.http.send(
            method, path, Data(body.utf8), headers: ["Content-Type": type])
        answers.record(
            Kept(place: "\(method.rawValue) \(path) (\(answer.status))", body: answer.body, mayShow: []))
    }

    // MARK: Functions

    /// Sets a category's products up, runs each of its functions, and ends them.
    func run(_ blueprint: BlueprintDefinition) async throws {
        let category = blueprint.category
        let client = try await call(.post, "/v1/clients", ["name": "Jane Doe", "email": "jane@example.com"])
        let configuration = try await call(
            .post, "/v1/configurations",
            [
                "category": .string(category), "provider": "demo", "name": "Demo provider",
                "settings": ["api_token": canary("\(category)token")],
            ])
        guard let clientID = client["id"]?.stringValue, let account = configuration["id"]?.stringValue else {
            throw WaitingError(description: "\(client) \(configuration)")
        }
        things.record(Thing(kind: "clients", id: clientID, client: clientID))
        things.record(Thing(kind: "configurations", id: account, category: category))
        try await call(.post, "/v1/configurations/\(account)/test")
        let product = try await call(
            .post, "/v1/contract-products",
            [
                "client_id": .string(clientID), "category": .string(category),
                "configuration_id": .string(account), "name": "Product", "package": "gold",
            ])
        guard let id = product["id"]?.stringValue else { throw WaitingError(description: "\(product)") }
        let subject = Thing(kind: "contract-products", id: id, client: clientID, category: category)
        things.record(subject)
        let owner = try await system.clientCaller(clientID)
        let setUp = blueprint.functions.filter { $0.effect == .verifyFirst && $0.statusAfter == "active" }
            .prefix(1)
        let ends = blueprint.functions.filter { $0.statusAfter == "terminated" }
        let others = blueprint.functions.filter { function in
            !(setUp + ends).contains { $0.name == function.name } && function.everySeconds == nil
        }
        for function in setUp + others + ends { try await run(function, on: subject, owner: owner) }
        try await keptFields(blueprint, client: clientID, configuration: account)
    }

    /// Runs a function with secrets in its parameters, and asks for it as an administrator and as its owner.
    ///
    /// - Parameter given: what it needs besides.
    /// - Returns: the action; nil where it was not accepted.
    @discardableResult
    func run(
        _ function: FunctionDefinition, on product: Thing, owner: HTTPCaller, given: [String: JSONValue] = [:]
    ) async throws -> JSONValue? {
        let category = product.category ?? ""
        var parameters = Wanted.parameters(of: function, in: category, number: 1).merging(given) { $1 }
        for field in function.parameters where field.isSecret && field.name != "license_key" {
            parameters[field.name] = canary("\(category)\(function.name)\(field.name)")
        }
        if function.parameters.contains(where: { $0.name == "user_ip" }) {
            parameters["user_ip"] = "192.0.2.1"
        }
        let asked = try await call(
            .post, "/v1/contract-products/\(product.id)/actions?wait=30",
            ["function": .string(function.name), "parameters": .object(parameters)]
        ) { self.secrets(of: function, in: $0) }
        guard let id = asked["id"]?.stringValue else { return nil }
        let action = try await system.ended(id)
        ended.record("\(category).\(function.name) \(action.state ?? "")")
        let secrets = secrets(of: function, in: action)
        for secret in secrets { results.record(secret) }
        things.record(
            Thing(kind: "actions", id: id, client: product.client, category: category, secrets: secrets))
        for caller in [system.http, owner] {
            try await call(.get, "/v1/actions/\(id)", as: caller) { self.secrets(of: function, in: $0) }
        }
        return action
    }

    /// The secrets of an action's result that can be told from other text: whole, and what addresses end with.
    private func secrets(of function: FunctionDefinition, in action: JSONValue) -> Set<String> {
        var found: Set<String> = []
        // What is known of a licence is a secret only because a key may be in it.
        let fields = function.result.filter { $0.name != "usage_data" }
        _ = fields.mapSecrets(in: action["result"]?.objectValue ?? [:]) { value, _ in
            found.formUnion(Self.texts(in: value))
            return value
        }
        let ends = found.flatMap { $0.split { "/?=".contains($0) }.suffix(1).map(String.init) }
        return found.union(ends).filter { $0.count >= 10 && !$0.contains("example.com") }
    }

    private static func texts(in value: JSONValue) -> [String] {
        switch value {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap { texts(in: $0) }
        case .object(let members): members.values.flatMap { texts(in: $0) }
        case .null, .bool, .integer, .number: []
        }
    }

    /// Secrets that come as a product's provision fields and with business events.
    private func keptFields(
        _ blueprint: BlueprintDefinition, client: String, configuration: String
    ) async throws {
        let secret = blueprint.secretFields.filter(\.isSecret)
        func fields(_ place: String) -> JSONValue {
            .object(
                Dictionary(
                    uniqueKeysWithValues: secret.map {
                        ($0.name, canary("\(blueprint.category)\(place)\($0.name)"))
                    }))
        }
        let product = try await call(
            .post, "/v1/contract-products",
            [
                "client_id": .string(client), "category": .string(blueprint.category),
                "configuration_id": .string(configuration), "name": "Product",
                "provision_fields": fields("field"),
            ])
        guard let id = product["id"]?.stringValue else { throw WaitingError(description: "\(product)") }
        things.record(
            Thing(kind: "contract-products", id: id, client: client, category: blueprint.category))
        try await call(.patch, "/v1/contract-products/\(id)", ["provision_fields": fields("change")])
        let event = "event-\(blueprint.category)"
        for type in ["product.activated", "product.overdue"] {
            try await call(
                .post, "/v1/business-events",
                [
                    "id": .string("\(event)-\(type)"), "type": .string(type),
                    "contract_product_id": .string(id),
                    "data": fields("event"),
                ])
            things.record(Thing(kind: "business-events", id: "\(event)-\(type)"))
        }
    }
}

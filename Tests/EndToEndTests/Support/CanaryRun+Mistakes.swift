import Foundation
import Models
import SystemSupport
import TestSupport

extension CanaryRun {
    /// Requests that are refused, with secrets in what is wrong about them.
    func makeMistakes(with product: String, _ configuration: String) async throws {
        let actions = "/v1/contract-products/\(product)/actions"
        func secret(_ name: String) -> JSONValue { canary("mistake\(name)") }
        func settings(_ settings: JSONValue) -> JSONValue {
            ["category": "hosting", "provider": "demo", "name": "x", "settings": settings]
        }
        try await call(.post, "/v1/configurations", settings(["api_token": ["a": secret("shape")]]))
        try await call(
            .post, "/v1/configurations", settings(["api_token": [secret("list")], "latency_ms": "x"]))
        try await call(
            .patch, "/v1/configurations/\(configuration)",
            ["settings": ["api_token": ["a": secret("change")]]])
        for parameters: JSONValue in [
            ["password": [secret("list")]], ["password": ["a": secret("object")]],
            ["password": secret("unknown"), "unknown": 1],
        ] {
            try await call(.post, actions, ["function": "changePassword", "parameters": parameters])
            try await call(.post, actions, ["function": "create", "parameters": parameters])
        }
        try await call(.post, actions, ["function": "nope", "parameters": ["password": secret("function")]])
        try await call(
            .post, "/v1/business-events",
            [
                "id": "bad", "type": "product.activated", "contract_product_id": .string(product),
                "data": ["password": ["a": secret("event")], "package": 7],
            ])
        let text = secret("text").stringValue ?? ""
        try await send(.post, actions, "{\"function\":\"create\",\"parameters\":{\"password\":\"\(text)")
        try await send(.post, actions, text)
        try await send(.post, "/v1/configurations", "{\"settings\":\(text)}")
        try await send(
            .post, "/v1/configurations", "api_token=\(text)", type: "application/x-www-form-urlencoded")
    }

    /// Reads whatever the interface serves, as its own description lists it.
    func readEverything() async throws {
        let document = try await call(.get, "/openapi.json")
        for (path, item) in document["paths"]?.objectValue ?? [:] where item["get"] != nil {
            guard !path.hasSuffix("/stream") else { continue }
            guard let brace = path.range(of: "{") else {
                try await call(.get, path)
                continue
            }
            let name = path[..<brace.lowerBound].split(separator: "/").last.map(String.init) ?? ""
            for id in things.elements.filter({ $0.kind == name }).map(\.id) {
                let encoded = id.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? id
                let filled = path.replacing(/\{[^}]*\}/, with: encoded, maxReplacements: 1)
                // An action is shown with its result to whoever may see it; that was called for by itself.
                guard !filled.contains("{"), name != "actions" || filled.hasSuffix("/attempts") else {
                    continue
                }
                try await call(.get, filled)
            }
        }
        for query in ["/v1/logs?limit=1000", "/v1/actions?limit=200", "/v1/contract-products?limit=200"] {
            try await call(.get, query)
        }
    }
}

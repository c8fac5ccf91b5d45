import HTTPTypes
import Models
import Synchronization
import Testing

@testable import Gateway

/// What the OpenAPI document says of answers and parameters is what happens.
@Suite struct DocumentedTests {
    private static func path(_ route: HTTPRoute, _ harness: GatewayHarness) -> String {
        let ids = [
            "clients": harness.janeID.rawValue, "contract-products": harness.product.id.rawValue,
            "configurations": ConfigurationID.make().rawValue, "actions": ActionID.make().rawValue,
            "tokens": TokenID.make().rawValue, "webhooks": WebhookID.make().rawValue, "blueprints": "hosting",
        ]
        let kind = route.path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
        return route.path.replacing("{id}", with: ids[kind] ?? "7").replacing("{category}", with: "hosting")
    }

    @Test func `every status that a route answers with is documented`() async throws {
        try await GatewayHarness.run { harness in
            let document = try await harness.call(.get, "/openapi.json", token: nil).json
            harness.fake.state.withLock { $0.logEntries = [Fixtures.logEntry(7)] }
            // Streams do not end.
            for route in harness.gateway.routes where !route.isPage && !route.path.hasSuffix("/stream") {
                let responses = try #require(
                    document["paths"]?[route.path]?[route.method.rawValue.lowercased()]?["responses"]?
                        .objectValue)
                let path = Self.path(route, harness)
                var bodies: [String?] = [nil]
                if route.body != nil { bodies += ["{", "[]", "{}", #"{"nope":1}"#] }
                for token in [nil, "nobody", GatewayHarness.jane, GatewayHarness.admin] {
                    for query in ["", "?nope=1", "?limit=x", "?client_id=clt_nobody", "?cursor=%FF"] {
                        for body in bodies {
                            let answer = try await harness.call(
                                route.method, path + query, text: body, token: token)
                            #expect(
                                responses[String(answer.status)] != nil,
                                "\(route.method) \(path)\(query) \(body ?? "") \(answer.status)")
                            #expect(answer.status < 500)
                        }
                    }
                }
                if route.body != nil {
                    let plain = try await harness.call(
                        route.method, path, text: "{}", headers: ["Content-Type": "text/plain"])
                    #expect(responses[String(plain.status)] != nil)
                }
            }
        }
    }

    @Test func `debug data that does not open is a conflict that is documented`() async throws {
        try await GatewayHarness.run { harness in
            let document = try await harness.call(.get, "/openapi.json", token: nil).json
            harness.fake.state.withLock { state in
                state.logEntries = [Fixtures.logEntry(7, debug: "sealed:v1:k:x")]
                state.failures[RevealDebugData.messageType] = RequestFailure(
                    .conflict, "It cannot be opened.")
            }
            let answer = try await harness.call(.get, "/v1/logs/7/debug")
            #expect(answer.status == 409)
            #expect(document["paths"]?["/v1/logs/{id}/debug"]?["get"]?["responses"]?["409"] != nil)
        }
    }

    @Test func `headers are documented as what they have to be`() async throws {
        try await GatewayHarness.run { harness in
            let document = try await harness.call(.get, "/openapi.json", token: nil).json
            func parameter(_ path: String, _ method: String, _ name: String) -> JSONValue? {
                document["paths"]?[path]?[method]?["parameters"]?.arrayValue?.first {
                    $0["name"] == .string(name)
                }
            }
            let key = parameter("/v1/contract-products/{id}/actions", "post", "Idempotency-Key")?["schema"]
            #expect(key?["pattern"] == "^[!-~]+$" && key?["minLength"] == 1 && key?["maxLength"] == 255)
            for path in ["/v1/events/stream", "/v1/logs/stream"] {
                let last = parameter(path, "get", "Last-Event-ID")?["schema"]
                #expect(last?["type"] == "integer" && last?["minimum"] == 0)
            }
            #expect(parameter("/v1/actions", "get", "limit")?["allowEmptyValue"] == true)
            let schemas = document["components"]?["schemas"]
            #expect(schemas?["FreeValue"]?["anyOf"]?.arrayValue?.count == 4)
            #expect(schemas?["NewClient"]?["properties"]?["name"]?["maxLength"] == 255)
        }
    }
}

import HTTPTypes
import Models
import Testing

@testable import Gateway

/// The documents that describe the interface, and the routes for machines.
@Suite struct DocumentTests {
    @Test func `the OpenAPI document has every route with its access, body and answers`() async throws {
        try await GatewayHarness.run { harness in
            let document = try await harness.call(.get, "/openapi.json", token: nil).json
            #expect(document["openapi"]?.stringValue?.hasPrefix("3.1") == true)
            var names: Set<String> = []
            for route in harness.gateway.routes {
                let operation = try #require(
                    document["paths"]?[route.path]?[route.method.rawValue.lowercased()], "\(route.name)")
                #expect(operation["summary"]?.stringValue?.isEmpty == false)
                #expect(operation["x-access"] == .string(route.access.text))
                #expect((operation["security"] == .array([])) == (route.access == .none))
                names.insert(try #require(operation["operationId"]?.stringValue))
                let parameters = operation["parameters"]?.arrayValue ?? []
                #expect(
                    parameters.count == route.pathParameters.count + route.query.count + route.headers.count)
                #expect((operation["requestBody"] != nil) == (route.body?.fields.isEmpty == false))
                for answer in route.answers {
                    #expect(operation["responses"]?[String(answer.status.code)] != nil)
                }
                if route.access != .none { #expect(operation["responses"]?["401"] != nil) }
            }
            #expect(names.count == harness.gateway.routes.count)
        }
    }

    @Test func `every reference of both documents resolves`() async throws {
        try await GatewayHarness.run { harness in
            for path in ["/openapi.json", "/asyncapi.json"] {
                let document = try await harness.call(.get, path, token: nil).json
                let references = document.references
                #expect(references.count > 20)
                for reference in Set(references) {
                    var found: JSONValue? = document
                    for part in reference.split(separator: "/").dropFirst() {
                        let name = part.replacing("~1", with: "/").replacing("~0", with: "~")
                        found = found?[String(name)]
                    }
                    #expect(found != nil, "\(reference) of \(path)")
                }
            }
        }
    }

    @Test func `the documented body of a route accepts what the route accepts`() async throws {
        try await GatewayHarness.run { harness in
            let document = try await harness.call(.get, "/openapi.json", token: nil).json
            let schema = document["components"]?["schemas"]?["NewClient"]
            #expect(schema?["required"] == ["name", "email"])
            #expect(schema?["additionalProperties"] == false)
            #expect(document["components"]?["schemas"]?["Action"]?["properties"]?["state"] != nil)
        }
    }

    @Test func `blueprints have a JSON Schema for each function`() async throws {
        try await GatewayHarness.run { harness in
            let all = try await harness.call(.get, "/v1/blueprints")
            #expect(all.json["items"]?.arrayValue?.count == Blueprints.all.count)
            let hosting = try await harness.call(.get, "/v1/blueprints/hosting")
            let functions = try #require(hosting.json["functions"]?.arrayValue)
            #expect(functions.count == 11)
            for function in functions {
                #expect(function["parameters"]?["type"] == "object")
                #expect(function["result"]?["type"] == "object")
                #expect(function["effect"]?.stringValue != nil)
            }
            let open = try await harness.call(.get, "/v1/blueprints/hosting", token: GatewayHarness.jane)
            let names = open.json["functions"]?.arrayValue?.compactMap { $0["name"]?.stringValue }
            #expect(names == ["getInfo", "getUsage", "getLoginUrl", "changePassword"])
            #expect(try await harness.call(.get, "/v1/blueprints/nope").status == 404)
        }
    }

    @Test func `providers come with the schema of their settings and who is online`() async throws {
        try await GatewayHarness.run { harness in
            let answer = try await harness.call(.get, "/v1/providers?category=hosting")
            let provider = try #require(answer.json["items"]?.arrayValue?.first)
            #expect(provider["provider"] == "demo")
            #expect(provider["configuration"]?["properties"]?["api_token"]?["writeOnly"] == true)
            #expect(provider["instances_online"] == 1)
            #expect(provider["functions"]?.arrayValue?.first?["name"] == "create")
            let none = try await harness.call(.get, "/v1/providers?category=domains")
            #expect(none.json["items"] == .array([]))
        }
    }

    @Test func `readiness tells what is missing`() async throws {
        try await GatewayHarness.run(expecting: ["hosting"]) { harness in
            let ready = try await harness.call(.get, "/readyz", token: nil)
            #expect(ready.status == 200)
            #expect(ready.json["ready"] == true)
        }
        try await GatewayHarness.run(expecting: ["domains"]) { harness in
            let waiting = try await harness.call(.get, "/readyz", token: nil)
            #expect(waiting.status == 503)
            #expect(
                waiting.json["missing"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == [
                    "domains-adapter"
                ])
            #expect(try await harness.call(.get, "/healthz", token: nil).status == 200)
        }
    }

    @Test func `every answer has the headers that protect`() async throws {
        try await GatewayHarness.run { harness in
            for (path, token) in [
                ("/healthz", nil), ("/v1/clients", GatewayHarness.admin), ("/nothing", nil),
            ] {
                let answer = try await harness.call(.get, path, token: token)
                #expect(answer.headers[.xContentTypeOptions] == "nosniff")
                #expect(answer.headers[.cacheControl] == "no-store")
                #expect(answer.headers[.contentSecurityPolicy] != nil)
                #expect(answer.headers[.requestID]?.count == 32)
            }
        }
    }

    @Test func `a trace that comes in goes on`() async throws {
        try await GatewayHarness.run { harness in
            let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
            let known = try await harness.call(
                .get, "/v1/whoami", headers: ["traceparent": "00-\(trace)-00f067aa0ba902b7-01"])
            #expect(known.headers[.requestID] == trace)
            let broken = try await harness.call(
                .get, "/v1/whoami", headers: ["traceparent": "00-\(trace)-0-01"])
            #expect(broken.headers[.requestID] != trace)
        }
    }
}

extension JSONValue {
    /// All references within.
    fileprivate var references: [String] {
        switch self {
        case .array(let elements): elements.flatMap(\.references)
        case .object(let members):
            members.flatMap { name, value in
                if name == "$ref", let text = value.stringValue { [text] } else { value.references }
            }
        default: []
        }
    }
}

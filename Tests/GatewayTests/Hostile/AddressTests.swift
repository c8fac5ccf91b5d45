import HTTPTypes
import Models
import Synchronization
import Testing

@testable import Gateway

/// Addresses and headers that are to be taken for others.
@Suite struct AddressTests {
    @Test(arguments: [
        "//v1/whoami", "/v1//whoami", "/v1/whoami//", "/v1/../v1/whoami", "/v1/./whoami",
        "/v1/%2e%2e/v1/whoami",
        "/v1%2Fwhoami", "/v1/%77hoami", "/v1/whoami%00", "/v1/whoami;x=1", "/V1/whoami", "/v1/WhoAmI",
        "/v1/whoami%20",
        "/v1/wh%C3%B6ami", "/v1/whoami%2F", "/%2e/v1/whoami", "/v1/whoami/..;/clients", "/v1\\whoami",
        "/v1/whoam\u{131}", "/%FF%FE", "/v1/actions/%FF%FE",
    ])
    func `another spelling of an address is another address`(_ path: String) async throws {
        try await GatewayHarness.run { harness in
            let answer = try await harness.call(.get, path)
            #expect(answer.status == 404, "\(answer.text)")
            #expect(answer.headers[.contentType] == "application/problem+json")
        }
    }

    @Test(arguments: ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
    func `the method is the request's own`(_ header: String) async throws {
        try await GatewayHarness.run { harness in
            let webhook = try await harness.call(.post, "/v1/webhooks", ["url": "https://example.com/hook"])
            let path = try #require(webhook.headers[.location])
            let get = try await harness.call(.get, path, headers: [header: "DELETE"])
            #expect(get.status == 200)
            let query = try await harness.call(.get, "\(path)?_method=DELETE")
            #expect(query.status == 422)
            #expect(harness.fake.state.withLock { $0.webhooks.count } == 1)
        }
    }

    @Test(arguments: ["X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix", "X-Forwarded-Path"])
    func `the address is the request's own`(_ header: String) async throws {
        try await GatewayHarness.run { harness in
            let answer = try await harness.call(
                .get, "/v1/clients", token: GatewayHarness.jane, headers: [header: "/v1/whoami"])
            #expect(answer.status == 403)
        }
    }

    @Test(arguments: [HTTPRequest.Method.trace, .options, .put, .head])
    func `a method that a path has not is told, with those that it has`(_ method: HTTPRequest.Method)
        async throws
    {
        try await GatewayHarness.run { harness in
            for route in harness.gateway.routes where route.method == .post && !route.isPage {
                let path = route.path.replacing("{id}", with: "7")
                let methods = harness.gateway.routes.filter { $0.path == route.path }.map(\.method)
                if methods.contains(method) || method == .head && methods.contains(.get) { continue }
                let answer = try await harness.call(method, path)
                #expect(answer.status == 405, "\(method) \(path)")
                #expect(answer.headers[.allow]?.contains("POST") == true)
            }
        }
    }

    /// What would begin a header of its own, were it written as it is.
    private static let splitting = [
        "a\r\nX-Evil: 1", "a\nX-Evil: 1", "a%0d%0aX-Evil:1", "a\u{2028}b", "a\"b<c>", "é",
    ]

    @Test(arguments: splitting)
    func `no text becomes a header of an answer`(_ text: String) async throws {
        try await GatewayHarness.run { harness in
            let event = try await harness.call(
                .post, "/v1/business-events",
                [
                    "id": .string(text), "type": "product.overdue",
                    "contract_product_id": .string(harness.product.id.rawValue),
                ])
            #expect([202, 422].contains(event.status), "\(event.text)")
            let place = event.headers[.location] ?? ""
            #expect(place.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") })
            let client = try await harness.call(
                .post, "/v1/clients", ["name": .string(text), "email": "jane@example.com"])
            for answer in [event, client] {
                #expect(!answer.headers.contains { $0.name.canonicalName == "x-evil" })
            }
        }
    }

    @Test(arguments: [
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 x",
        "00-ZZf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "-", "----", String(repeating: "0", count: 10_000), "00-\u{660}-\u{661}-01",
    ])
    func `a trace that is none is not given back`(_ trace: String) async throws {
        try await GatewayHarness.run { harness in
            let answer = try await harness.call(.get, "/v1/whoami", headers: ["traceparent": trace])
            #expect(answer.status == 200)
            let id = try #require(answer.headers[.requestID])
            #expect(id.utf8.count == 32 && id.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) })
        }
    }

    @Test(arguments: [
        "Bearer", "Bearer ", "bearer  ", "Basic YWRtaW46YWRtaW4=",
        "Bearer \(String(repeating: "a", count: 600))",
        "Bearer a b", "Bearer\t\(GatewayHarness.admin)", "Bearer \(GatewayHarness.admin), Bearer x",
        "Bearer ä",
    ])
    func `an authorization that is none is told so`(_ header: String) async throws {
        try await GatewayHarness.run { harness in
            let answer = try await harness.call(
                .get, "/v1/whoami", token: nil, headers: ["Authorization": header])
            #expect(answer.status == 401)
            #expect(answer.headers[.wwwAuthenticate] == "Bearer")
        }
    }

    @Test func `a body in another coding is refused`() async throws {
        try await GatewayHarness.run { harness in
            let body = #"{"name":"Jane","email":"jane@example.com"}"#
            for coding in ["gzip", "deflate", "br", "gzip, identity"] {
                let answer = try await harness.call(
                    .post, "/v1/clients", text: body, headers: ["Content-Encoding": coding])
                #expect(answer.status == 415, "\(coding)")
            }
            let plain = try await harness.call(
                .post, "/v1/clients", text: body, headers: ["Content-Encoding": "identity"])
            #expect(plain.status == 201)
        }
    }
}

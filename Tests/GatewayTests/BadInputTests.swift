import HTTPTypes
import HummingbirdTesting
import Models
import Synchronization
import Testing

@testable import Gateway

/// Nothing that comes in ends in a 500 or half done.
@Suite struct BadInputTests {
    private static func path(_ route: HTTPRoute, _ harness: GatewayHarness) -> String {
        let ids = [
            "clients": harness.janeID.rawValue, "contract-products": harness.product.id.rawValue,
            "configurations": ConfigurationID.make().rawValue, "actions": ActionID.make().rawValue,
            "tokens": TokenID.make().rawValue,
        ]
        let kind = route.path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
        return route.path.replacing("{id}", with: ids[kind] ?? "7")
    }

    @Test func `every route with a body refuses what is no good object`() async throws {
        try await GatewayHarness.run { harness in
            let routes = harness.gateway.routes.filter { $0.body != nil }
            #expect(routes.count >= 12)
            let nested = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
            let texts: [(String, Int)] = [
                ("{", 400), ("{]", 400), ("nul", 400), ("{\"a\":1,\"a\":2}", 400),
                ("{\"a\":\"\\ud800\"}", 400),
                ("{\"a\":1e999}", 400), ("{\"a\":01}", 400), ("{\"a\":\"\u{1}\"}", 400),
                ("{\"a\":\(nested)}", 400),
                ("{} {}", 400), ("[]", 422), ("\"text\"", 422), ("null", 422), ("5", 422),
                ("{\"no_such_member\":1}", 422), ("{\"\\u0000\":1}", 422),
            ]
            for route in routes {
                let path = Self.path(route, harness)
                for (text, status) in texts {
                    let answer = try await harness.call(route.method, path, text: text)
                    #expect(answer.status == status, "\(route.name) \(text) \(answer.text)")
                    #expect(answer.headers[.contentType] == "application/problem+json")
                }
                let undeclared = try await harness.call(
                    route.method, path, text: "{}", headers: ["Content-Type": "text/plain"])
                #expect(undeclared.status == 415, "\(route.name)")
                let latin = try await harness.call(
                    route.method, path, text: "{}",
                    headers: ["Content-Type": "application/json; charset=latin1"])
                #expect(latin.status == 415, "\(route.name)")
                if route.body?.isOptional == false {
                    #expect(
                        try await harness.call(route.method, path, text: nil).status == 400, "\(route.name)")
                }
            }
        }
    }

    @Test func `a body over 1 MiB is refused, however its length is told`() async throws {
        try await GatewayHarness.run(.live) { harness in
            let text = "{\"function\":\"getInfo\",\"x\":\"" + String(repeating: "a", count: 1 << 20) + "\"}"
            let answer = try await harness.call(.post, harness.actionsPath, text: text)
            #expect(answer.status == 413)
            #expect(answer.json["type"] == "urn:purser:problem:body-too-large")
            #expect(try await harness.call(.get, "/v1/whoami").status == 200)
        }
        try await GatewayHarness.run { harness in
            let text = String(repeating: " ", count: (1 << 20) + 1)
            let answer = try await harness.call(
                .post, harness.actionsPath, text: text, headers: ["Content-Length": ""])
            #expect(answer.status == 413)
        }
    }

    @Test(arguments: [
        (#"{"name":5,"email":"jane@example.com"}"#, ["/name"]),
        (#"{"name":"","email":"nobody"}"#, ["/name", "/email"]),
        (#"{"name":"Jane"}"#, ["/email"]),
        (
            #"{"name":"Jane","email":"jane@example.com","address":{"country_code":"Atlantis"}}"#,
            ["/address/country_code"]
        ),
        (#"{"name":"Jane","email":"jane@example.com","role":"admin"}"#, ["/role"]),
        (#"{"name":null,"email":"jane@example.com"}"#, ["/name"]),
    ])
    func `a client's fields are told apart`(_ text: String, _ pointers: [String]) async throws {
        try await GatewayHarness.run { harness in
            let answer = try await harness.call(.post, "/v1/clients", text: text)
            #expect(answer.status == 422)
            #expect(Set(answer.pointers) == Set(pointers), "\(answer.text)")
            #expect(harness.fake.state.withLock { $0.clients.isEmpty })
        }
    }

    @Test(arguments: [
        (#"{"function":"nope"}"#, ["/function"]),
        (#"{"function":5}"#, ["/function"]),
        ("{}", ["/function"]),
        (#"{"function":"create","parameters":{"email":5}}"#, ["/parameters/email"]),
        (
            #"{"function":"create","parameters":{"email":"nobody","nope":1}}"#,
            ["/parameters/email", "/parameters/nope"]
        ),
        (#"{"function":"create","parameters":[1]}"#, ["/parameters"]),
        (
            #"{"function":"create","parameters":{"customer_address":{"city":1}}}"#,
            ["/parameters/customer_address/city"]
        ),
        (#"{"function":"getInfo","run_at":"tomorrow"}"#, ["/run_at"]),
        (#"{"function":"getInfo","run_at":5}"#, ["/run_at"]),
        (#"{"function":"getInfo","wait":5}"#, ["/wait"]),
        (#"{"function":"create","parameters":{"custom_ip":"999.1.1.1"}}"#, ["/parameters/custom_ip"]),
    ])
    func `an action's fields are told apart`(_ text: String, _ pointers: [String]) async throws {
        try await GatewayHarness.run { harness in
            let answer = try await harness.call(.post, harness.actionsPath, text: text)
            #expect(answer.status == 422)
            #expect(Set(answer.pointers) == Set(pointers), "\(answer.text)")
            #expect(harness.fake.state.withLock { $0.submitted.isEmpty })
        }
    }

    @Test(arguments: [
        ("/v1/actions?state=done", "/query/state"), ("/v1/actions?limit=0", "/query/limit"),
        ("/v1/actions?limit=five", "/query/limit"), ("/v1/actions?limit=201", "/query/limit"),
        ("/v1/actions?nope=1", "/query/nope"), ("/v1/actions?state=failed&state=queued", "/query/state"),
        ("/v1/actions?cursor=%FF", "/query"), ("/v1/actions?cursor=%00", "/query"),
        ("/v1/logs?level=loud", "/query/level"), ("/v1/logs?since=yesterday", "/query/since"),
        ("/v1/logs?limit=99999999999999999999", "/query/limit"), ("/v1/logs/stream?limit=5", "/query/limit"),
    ])
    func `a query that is not valid is told`(_ uri: String, _ pointer: String) async throws {
        try await GatewayHarness.run { harness in
            let answer = try await harness.call(.get, uri)
            #expect(answer.status == 422)
            #expect(answer.pointers == [pointer], "\(answer.text)")
        }
    }

    @Test func `parameters without a value count as not given`() async throws {
        try await GatewayHarness.run { harness in
            let answer = try await harness.call(
                .get, "/v1/actions?state=&function=&category=&contract_product_id=&cursor=&limit=")
            #expect(answer.status == 200)
        }
    }

    @Test(arguments: ["-1", "61", "1.5", "soon", "99999999999999999999"])
    func `wait is a whole number up to 60`(_ wait: String) async throws {
        try await GatewayHarness.run { harness in
            let answer = try await harness.call(
                .post, "\(harness.actionsPath)?wait=\(wait)", ["function": "getInfo"])
            #expect(answer.status == 422)
            #expect(answer.pointers == ["/query/wait"])
        }
    }

    @Test(arguments: [" ", "two words", String(repeating: "k", count: 256), "schlüssel"])
    func `an idempotency key is visible ASCII`(_ key: String) async throws {
        try await GatewayHarness.run { harness in
            let answer = try await harness.call(
                .post, harness.actionsPath, ["function": "getInfo"], headers: ["Idempotency-Key": key])
            #expect(answer.status == 422)
            #expect(answer.pointers == ["/header/Idempotency-Key"])
        }
    }

    @Test(arguments: [
        "act_nope", "act_", "%2e%2e", "act_01HZY3V7Q8R9S0T1V2W3X4Y5Z6", "prd_01hzy3v7q8r9s0t1v2w3x4y5z6",
        String(repeating: "a", count: 5000), "'%20OR%201=1--",
    ])
    func `an identifier of another form names nothing`(_ id: String) async throws {
        try await GatewayHarness.run { harness in
            let answer = try await harness.call(.get, "/v1/actions/\(id)")
            #expect(answer.status == 404)
            #expect(harness.fake.state.withLock { $0.asked["action.show.v1"] } == nil)
        }
    }

    @Test func `an address that is too long is refused`() async throws {
        try await GatewayHarness.run { harness in
            let answer = try await harness.call(
                .get, "/v1/actions?cursor=" + String(repeating: "a", count: 9000))
            #expect(answer.status == 414)
            #expect(answer.headers[.contentType] == "application/problem+json")
        }
    }

    @Test(arguments: [
        "'; DROP TABLE clients; --", "\u{202E}evil", "<script>alert(1)</script>", "名前", "a\u{0301}", "💥",
    ])
    func `hostile texts are only texts`(_ text: String) async throws {
        try await GatewayHarness.run { harness in
            let answer = try await harness.call(
                .post, "/v1/clients", ["name": .string(text), "email": "jane@example.com"])
            #expect(answer.status == 201)
            #expect(answer.json["name"] == .string(text))
        }
    }

    @Test(arguments: RequestFailure.Kind.allCases)
    func `a failure of the orchestrator has its status`(_ kind: RequestFailure.Kind) async throws {
        let statuses: [RequestFailure.Kind: Int] = [
            .invalid: 422, .unauthenticated: 401, .codeRequired: 401, .forbidden: 403, .notFound: 404,
            .conflict: 409,
            .keyReused: 422,
            .tooMany: 429, .unavailable: 503, .internal: 500,
        ]
        try await GatewayHarness.run { harness in
            harness.fake.state.withLock {
                $0.failures["action.list.v1"] = RequestFailure(kind, "secret cause", problems: [])
            }
            let answer = try await harness.call(.get, "/v1/actions")
            #expect(answer.status == statuses[kind])
            #expect((answer.headers[.retryAfter] != nil) == [.tooMany, .unavailable].contains(kind))
            if kind == .internal { #expect(!answer.text.contains("secret cause")) }
        }
    }

    @Test func `the places of problems in a query are told as such`() async throws {
        try await GatewayHarness.run { harness in
            harness.fake.state.withLock {
                $0.failures["action.list.v1"] = RequestFailure(
                    .invalid, "The cursor is none.",
                    problems: [FieldProblem(pointer: "/cursor", detail: "is none")])
            }
            let answer = try await harness.call(.get, "/v1/actions?cursor=x")
            #expect(answer.pointers == ["/query/cursor"])
        }
    }
}

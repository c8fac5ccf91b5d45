import Bus
import HTTPTypes
import Models
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// Who may use what, by the route table.
@Suite struct AccessTests {
    @Test func `without a token every route but those for machines answers 401`() async throws {
        try await GatewayHarness.run { harness in
            for route in harness.gateway.routes where route.access != .none {
                for token in [nil, "wrong", "", "two words"] {
                    let answer = try await harness.call(route.method, route.pathOfNothing, token: token)
                    #expect(answer.status == 401, "\(route.name)")
                    #expect(answer.headers[.contentType] == "application/problem+json")
                    #expect(answer.headers[.wwwAuthenticate] == "Bearer")
                    #expect(answer.json["status"] == 401)
                }
            }
        }
    }

    @Test func `a client's token is refused by every route for staff`() async throws {
        try await GatewayHarness.run { harness in
            let routes = harness.gateway.routes.filter { if case .staff = $0.access { true } else { false } }
            #expect(routes.count > 15)
            for route in routes {
                let answer = try await harness.call(
                    route.method, route.pathOfNothing, [:], token: GatewayHarness.jane)
                #expect(answer.status == 403, "\(route.name)")
                #expect(answer.json["type"] == "urn:purser:problem:forbidden")
            }
        }
    }

    @Test func `staff use the routes that they are permitted to, and no others`() async throws {
        try await GatewayHarness.run { harness in
            for permission in Permission.allCases {
                let others = Permission.allCases.filter { $0 != permission }
                harness.fake.addToken("some", .staff([permission]))
                harness.fake.addToken("others", .staff(others))
                for route in harness.gateway.routes where route.access.permission == permission {
                    let refused = try await harness.call(
                        route.method, route.pathOfNothing, [:], token: "others")
                    #expect(refused.status == 403, "\(route.name)")
                    #expect(refused.json["detail"]?.stringValue?.contains(permission.rawValue) == true)
                    guard route.method == .get, !route.path.hasSuffix("/stream") else { continue }
                    let taken = try await harness.call(route.method, route.pathOfNothing, token: "some")
                    #expect(![401, 403, 500].contains(taken.status), "\(route.name): \(taken.text)")
                }
                harness.gateway.parts.principals.dropAll()
            }
        }
    }

    @Test func `what cannot be undone needs a permission of its own, also when it is tried again`()
        async throws
    {
        try await GatewayHarness.run { harness in
            harness.fake.addToken("runner", .staff([.view, .run]))
            harness.fake.addToken("remover", .staff([.view, .run, .runDangerous]))
            let id = ActionID.make()
            harness.fake.state.withLock {
                $0.actions[id] = Fixtures.action(id, "terminate", on: harness.product)
            }
            for (path, body) in [
                (harness.actionsPath, ["function": "terminate"] as JSONValue),
                ("/v1/actions/\(id)/retry", [:]),
            ] {
                let refused = try await harness.call(.post, path, body, token: "runner")
                #expect(refused.status == 403, "\(path)")
                #expect(refused.json["detail"]?.stringValue?.contains("run_dangerous") == true)
                let taken = try await harness.call(.post, path, body, token: "remover")
                #expect([200, 202].contains(taken.status), "\(path): \(taken.text)")
            }
            #expect(harness.fake.state.withLock { $0.submitted.count } == 1)
            #expect(harness.fake.state.withLock { $0.decisions.count } == 1)
            let suspend = try await harness.call(
                .post, harness.actionsPath, ["function": "suspend"], token: "runner")
            #expect(suspend.status == 202)
        }
    }

    @Test func `a client's token that may only view runs nothing`() async throws {
        try await GatewayHarness.run { harness in
            harness.fake.addToken(
                "viewer",
                Principal(
                    tokenID: .make(), name: "viewer", role: .client, permissions: [.view],
                    clientID: harness.janeID))
            let path = "/v1/contract-products/\(harness.product.id)"
            #expect(try await harness.call(.get, path, token: "viewer").status == 200)
            let refused = try await harness.call(
                .post, harness.actionsPath, ["function": "getInfo"], token: "viewer")
            #expect(refused.status == 403)
            #expect(harness.fake.state.withLock { $0.submitted.isEmpty })
        }
    }

    @Test func `routes for machines need no token`() async throws {
        try await GatewayHarness.run { harness in
            for route in harness.gateway.routes where route.access == .none && route.method == .get {
                let answer = try await harness.call(route.method, route.path, token: nil)
                #expect(answer.status == 200, "\(route.name): \(answer.text)")
            }
        }
    }

    @Test func `what is not there is a problem, whatever the method`() async throws {
        try await GatewayHarness.run { harness in
            for path in ["/nothing", "/v1", "/v1/nothing", "/v1/clients/x/y/z", "/../etc/passwd"] {
                for method in [HTTPRequest.Method.get, .post, .delete] {
                    let answer = try await harness.call(method, path)
                    #expect(answer.status == 404, "\(path)")
                    #expect(answer.headers[.contentType] == "application/problem+json")
                }
            }
        }
    }

    @Test func `a method that a path does not have answers 405 with those that it has`() async throws {
        try await GatewayHarness.run { harness in
            let answer = try await harness.call(.delete, "/v1/clients")
            #expect(answer.status == 405)
            #expect(answer.headers[.allow] == "GET, HEAD, POST")
            #expect(answer.json["title"] != nil)
            #expect(try await harness.call(.head, "/v1/clients").status == 200)
        }
    }

    @Test func `a client sees what is its own and nothing else`() async throws {
        try await GatewayHarness.run { harness in
            let id = ActionID.make()
            harness.fake.state.withLock {
                $0.actions[id] = Fixtures.action(id, "getInfo", on: harness.product)
            }
            let own = [
                "/v1/contract-products/\(harness.product.id)",
                "/v1/contract-products/\(harness.product.id)/history",
                "/v1/actions/\(id)",
            ]
            for path in own {
                #expect(
                    try await harness.call(.get, path, token: GatewayHarness.jane).status == 200, "\(path)")
                #expect(
                    try await harness.call(.get, path, token: GatewayHarness.john).status == 404, "\(path)")
            }
            let body: JSONValue = ["function": "getInfo"]
            let foreign = try await harness.call(.post, harness.actionsPath, body, token: GatewayHarness.john)
            #expect(foreign.status == 404)
            #expect(harness.fake.state.withLock { $0.submitted.isEmpty })
            for path in ["/v1/actions", "/v1/contract-products"] {
                let all = try await harness.call(.get, path, token: GatewayHarness.john)
                #expect(all.json["items"] == .array([]))
                let asked = try await harness.call(
                    .get, "\(path)?client_id=\(harness.janeID)", token: GatewayHarness.john)
                #expect(asked.status == 404)
            }
            let client = try await harness.call(
                .get, "/v1/clients/\(harness.janeID)", token: GatewayHarness.john)
            #expect(client.status == 404)
        }
    }

    @Test func `a product known to the gateway is still hidden from another client`() async throws {
        try await GatewayHarness.run { harness in
            let body: JSONValue = ["function": "getInfo"]
            #expect(try await harness.call(.post, harness.actionsPath, body).status == 202)
            let foreign = try await harness.call(.post, harness.actionsPath, body, token: GatewayHarness.john)
            #expect(foreign.status == 404)
        }
    }

    @Test func `a client runs only functions that are open to clients`() async throws {
        try await GatewayHarness.run { harness in
            let refused = try await harness.call(
                .post, harness.actionsPath, ["function": "terminate"], token: GatewayHarness.jane)
            #expect(refused.status == 403)
            let taken = try await harness.call(
                .post, harness.actionsPath, ["function": "getInfo"], token: GatewayHarness.jane)
            #expect(taken.status == 202)
            let submitted = try #require(harness.fake.state.withLock { $0.submitted.first })
            #expect(submitted.clientID == harness.janeID)
            #expect(submitted.audience == .client)
        }
    }

    @Test func `a client sees no details of errors`() async throws {
        try await GatewayHarness.run { harness in
            var action = Fixtures.action(.make(), "getInfo", on: harness.product)
            action.state = .failed
            action.error = ActionError(kind: .internal, message: "It failed.", details: ["server": "panel-9"])
            action.attempts = [
                Attempt(
                    number: 1, outcome: .failed, error: action.error, possibleDuplicate: false,
                    dispatchedAt: .now)
            ]
            let failed = action
            harness.fake.state.withLock { $0.actions[failed.id] = failed }
            for path in ["/v1/actions/\(failed.id)", "/v1/actions"] {
                #expect(try await harness.call(.get, path).text.contains("panel-9"))
                let shown = try await harness.call(.get, path, token: GatewayHarness.jane)
                #expect(!shown.text.contains("panel-9"))
                #expect(shown.text.contains("It failed."))
            }
        }
    }

    @Test func `a principal is remembered until its token is revoked`() async throws {
        try await GatewayHarness.run { harness in
            for _ in 1...3 { #expect(try await harness.call(.get, "/v1/whoami").status == 200) }
            #expect(harness.fake.state.withLock(\.authentications) == 1)
            harness.fake.state.withLock { $0.principals = [:] }
            let hash = FakeOrchestrator.hash(GatewayHarness.admin)
            try await harness.bus.publish(
                TokenRevoked(tokenHash: hash), to: .event("token.revoked"), source: "/orchestrator")
            try await eventually(within: .seconds(60), "the token is forgotten") {
                try await harness.call(.get, "/v1/whoami").status == 401
            }
        }
    }

    @Test func `whoami tells role and client`() async throws {
        try await GatewayHarness.run { harness in
            let answer = try await harness.call(.get, "/v1/whoami", token: GatewayHarness.jane)
            #expect(answer.json["role"] == "client")
            #expect(answer.json["client_id"] == .string(harness.janeID.rawValue))
        }
    }
}

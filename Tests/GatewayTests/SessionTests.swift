import Bus
import Foundation
import HTTPTypes
import Models
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// Sessions as browsers use them: the cookie, and what keeps other sites' pages from using it.
@Suite struct SessionTests {
    private static func csrfToken(_ secret: String) throws -> String {
        try #require(SessionSecret(secret)).csrfToken
    }

    @Test func `signing in sets a cookie that scripts and other sites cannot use`() async throws {
        try await GatewayHarness.run { harness in
            let body: JSONValue = [
                "email": "sam@example.com", "password": .string(FakeOrchestrator.password), "code": "123456",
            ]
            let answer = try await harness.call(.post, "/v1/sessions", body, token: nil)
            #expect(answer.status == 201, "\(answer.text)")
            let cookie = try #require(answer.headers[.setCookie])
            let parts = cookie.split(separator: "; ").map(String.init)
            #expect(parts.dropFirst() == ["Path=/", "HttpOnly", "SameSite=Lax"])
            let secret = try #require(parts.first?.split(separator: "=").last).description
            #expect(answer.json["csrf_token"]?.stringValue == (try Self.csrfToken(secret)))
            #expect(answer.json["user"]?["email"] == "sam@example.com")
            #expect(!answer.text.contains(secret))
            let current = try await harness.call(.get, "/v1/sessions/current", session: secret)
            #expect(current.json["csrf_token"] == answer.json["csrf_token"])
            // Neither the password nor the code is seen on the bus.
            let sent = try #require(harness.fake.state.withLock { $0.signIns.first })
            #expect(Sealer.isSealed(sent.password))
            #expect(try Sealer.isSealed(#require(sent.code)))
        }
    }

    @Test func `each sign-in has another secret`() async throws {
        try await GatewayHarness.run { harness in
            var cookies: Set<String> = []
            for _ in 0..<3 {
                let body: JSONValue = [
                    "email": "sam@example.com", "password": .string(FakeOrchestrator.password), "code": "1",
                ]
                let old = "purser_session=psr_session_" + String(repeating: "A", count: 43)
                let answer = try await harness.call(
                    .post, "/v1/sessions", body, token: nil, headers: ["Cookie": old])
                cookies.insert(try #require(answer.headers[.setCookie]))
            }
            #expect(cookies.count == 3)
            #expect(!cookies.contains { $0.contains("AAAAAAAA") })
        }
    }

    @Test func `a code that is needed, and too many tries, are told with what to do`() async throws {
        try await GatewayHarness.run { harness in
            var body: JSONValue = [
                "email": "sam@example.com", "password": .string(FakeOrchestrator.password),
            ]
            let needed = try await harness.call(.post, "/v1/sessions", body, token: nil)
            #expect(needed.status == 401)
            #expect(needed.json["type"] == "urn:purser:problem:code-required")
            body = ["email": "sam@example.com", "password": "wrong"]
            let throttled = try await harness.call(.post, "/v1/sessions", body, token: nil)
            #expect(throttled.status == 429)
            #expect(throttled.headers[.retryAfter] == "17")
        }
    }

    @Test func `over TLS the cookie is for TLS alone, and so is the host`() async throws {
        try await GatewayHarness.run(configure: { $0.publicURL = "https://purser.example.com" }) { harness in
            let body: JSONValue = [
                "email": "sam@example.com", "password": .string(FakeOrchestrator.password), "code": "1",
            ]
            let answer = try await harness.call(.post, "/v1/sessions", body, token: nil)
            #expect(answer.headers[.setCookie]?.hasSuffix("; Secure") == true)
            #expect(answer.headers[.strictTransportSecurity] == "max-age=31536000")
        }
    }

    @Test func `a cookie alone changes nothing`() async throws {
        try await GatewayHarness.run { harness in
            let secret = harness.fake.addSession(
                Principal(sessionID: .make(), userID: .make(), name: "ada", role: .admin))
            let other = harness.fake.addSession(
                Principal(sessionID: .make(), userID: .make(), name: "eve", role: .admin))
            let token = try Self.csrfToken(secret)
            #expect(try await harness.call(.get, "/v1/clients", session: secret).status == 200)
            for route in harness.gateway.routes
            where !RequestOrigin.isSafe(route.method) && route.access != .none {
                let path = route.path.replacing("{id}", with: "x")
                for wrong in [nil, "", "x", String(token.dropLast()), try Self.csrfToken(other)] {
                    let headers = wrong.map { ["X-CSRF-Token": $0] } ?? [:]
                    let answer = try await harness.call(
                        route.method, path, [:], session: secret, headers: headers)
                    #expect(answer.status == 403, "\(route.name) \(wrong ?? "none")")
                    #expect(answer.json["type"] == "urn:purser:problem:not-our-page")
                }
            }
            #expect(harness.fake.state.withLock { $0.clients.isEmpty && $0.ended.isEmpty })
            let made = try await harness.call(
                .post, "/v1/clients", ["name": "Jane", "email": "jane@example.com"], session: secret,
                headers: ["X-CSRF-Token": token])
            #expect(made.status == 201, "\(made.text)")
        }
    }

    @Test func `what a browser says comes from another site is refused, though the token fits`() async throws
    {
        try await GatewayHarness.run { harness in
            let secret = harness.fake.addSession(
                Principal(sessionID: .make(), userID: .make(), name: "ada", role: .admin))
            let body: JSONValue = ["name": "Jane", "email": "jane@example.com"]
            let token = try Self.csrfToken(secret)
            for (site, status) in [
                ("cross-site", 403), ("same-site", 403), ("Cross-Site", 403), ("same-origin", 201),
                ("none", 201),
            ] {
                let answer = try await harness.call(
                    .post, "/v1/clients", body, session: secret,
                    headers: ["X-CSRF-Token": token, "Sec-Fetch-Site": site])
                #expect(answer.status == status, "\(site)")
            }
            let signIn = try await harness.call(
                .post, "/v1/sessions", ["email": "a@example.com", "password": "x"], token: nil,
                headers: ["Sec-Fetch-Site": "cross-site"])
            #expect(signIn.status == 403)
            #expect(harness.fake.state.withLock { $0.signIns.isEmpty })
        }
    }

    @Test func `a bearer token counts before a cookie, and needs no csrf token`() async throws {
        try await GatewayHarness.run { harness in
            let cookie = "purser_session=" + harness.fake.addSession(.staff([], session: .make()))
            let who = try await harness.call(.get, "/v1/whoami", headers: ["Cookie": cookie])
            #expect(who.json["name"] == "operator")
            let made = try await harness.call(
                .post, "/v1/clients", ["name": "Jane", "email": "jane@example.com"],
                headers: ["Cookie": cookie])
            #expect(made.status == 201)
            let wrong = try await harness.call(
                .get, "/v1/whoami", token: "wrong", headers: ["Cookie": cookie])
            #expect(wrong.status == 401)
            // What a proxy before us asks for is not for us.
            let proxied = try await harness.call(
                .get, "/v1/whoami", token: nil,
                headers: ["Cookie": cookie, "Authorization": "Basic YTpi"])
            #expect(proxied.json["name"] == "sam")
        }
    }

    @Test func `signing out ends the session at once, here or everywhere`() async throws {
        try await GatewayHarness.run { harness in
            for (path, isAll) in [("/v1/sessions/current", false), ("/v1/sessions", true)] {
                let secret = harness.fake.addSession(.staff([.view], session: .make()))
                #expect(try await harness.call(.get, "/v1/whoami", session: secret).status == 200)
                let answer = try await harness.call(
                    .delete, path, session: secret, headers: ["X-CSRF-Token": try Self.csrfToken(secret)])
                #expect(answer.status == 204)
                #expect(answer.headers[.setCookie]?.hasPrefix("purser_session=; Max-Age=0; Path=/") == true)
                #expect(try await harness.call(.get, "/v1/whoami", session: secret).status == 401)
                #expect(harness.fake.state.withLock { $0.ended.last?.id == nil } == isAll)
            }
            #expect(try await harness.call(.delete, "/v1/sessions").status == 409)
        }
    }

    @Test func `who views as a client changes nothing`() async throws {
        try await GatewayHarness.run { harness in
            let secret = harness.fake.addSession(
                Principal(
                    sessionID: .make(), userID: .make(), name: "sam", role: .client, permissions: [.view],
                    clientID: harness.janeID, viewerRole: .admin))
            let headers = ["X-CSRF-Token": try Self.csrfToken(secret)]
            let path = "/v1/contract-products/\(harness.product.id)"
            #expect(try await harness.call(.get, path, session: secret).status == 200)
            #expect(try await harness.call(.get, "/v1/clients", session: secret).status == 403)
            let who = try await harness.call(.get, "/v1/whoami", session: secret)
            #expect(who.json["viewer_role"] == "admin")
            #expect(who.json["client_id"] == .string(harness.janeID.rawValue))
            for route in harness.gateway.routes
            where !RequestOrigin.isSafe(route.method) && route.access != .none && !route.isOpenToViewers {
                let answer = try await harness.call(
                    route.method, route.path.replacing("{id}", with: harness.product.id.rawValue), [:],
                    session: secret, headers: headers)
                #expect(answer.status == 403, "\(route.name): \(answer.text)")
            }
            #expect(harness.fake.state.withLock { $0.submitted.isEmpty && $0.clients.isEmpty })
            let out = try await harness.call(
                .delete, "/v1/sessions/current", session: secret, headers: headers)
            #expect(out.status == 204)
        }
    }

    @Test func `a stream ends when its session has`() async throws {
        try await GatewayHarness.run { harness in
            let token = "stream-token-0123456789"
            harness.fake.addToken(token, .staff([.view]))
            let stream = try await harness.stream("/v1/events/stream", token: token)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await stream.run() }
                try await stream.text.wait(for: "connected")
                harness.fake.state.withLock {
                    _ = $0.principals.removeValue(forKey: FakeOrchestrator.hash(token))
                }
                harness.clock.advance(by: Limits.principalAge)
                try await harness.bus.publish(
                    TokenRevoked(tokenHash: FakeOrchestrator.hash(token)), to: .event("token.revoked"),
                    source: "/orchestrator")
                try await stream.text.wait(for: "connect again")
                try await group.waitForAll()
            }
        }
    }

    @Test func `a session's secret is no other text, and its csrf token tells nothing of it`() throws {
        let text = "psr_session_" + TokenText.random()
        let secret = try #require(SessionSecret(text))
        #expect("\(secret)" == Secret.mask)
        #expect(secret.accepts(csrfToken: secret.csrfToken))
        #expect(!secret.csrfToken.contains(text.dropFirst(12)))
        for wrong in ["", "psr_session_", text + "x", text.replacing("psr", with: "psx"), text + "\u{e9}"] {
            #expect(SessionSecret(wrong) == nil)
        }
        let again = try #require(SessionSecret("psr_session_" + TokenText.random()))
        #expect(!again.accepts(csrfToken: secret.csrfToken))
        #expect(!secret.accepts(csrfToken: ""))
    }
}

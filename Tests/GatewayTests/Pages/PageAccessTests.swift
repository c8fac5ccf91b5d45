import HTTPTypes
import HummingbirdCore
import Models
import Synchronization
import Testing
import TestSupport

@testable import Gateway

/// Who may open which page, and how browsers are told otherwise.
@Suite struct PageAccessTests {
    @Test func `who is not signed in is sent to sign in, and back afterwards`() async throws {
        try await GatewayHarness.run { harness in
            let closed = harness.gateway.pages.filter { $0.access != .none }
            #expect(closed.count > 50)
            for route in closed where route.method == .get {
                let path = route.pathOfNothing
                let answer = try await harness.page(path, .nobody)
                #expect(answer.status == 303, "\(route.name)")
                let location = try #require(answer.headers[.location])
                #expect(location.hasPrefix("/sign-in"), "\(route.name)")
                if path != "/" { #expect(location.contains("next=%2F"), "\(route.name): \(location)") }
            }
            for route in closed where route.method == .post {
                let answer = try await harness.send(route.pathOfNothing, [], .nobody)
                #expect(answer.status == 303, "\(route.name)")
                #expect(answer.headers[.location] == "/sign-in")
            }
        }
    }

    @Test func `a client opens no page of the staff's rooms and sends no form of theirs`() async throws {
        try await GatewayHarness.run { harness in
            let jane = try harness.signIn(
                Principal(
                    sessionID: .make(), userID: .make(), name: "jane", role: .client,
                    clientID: harness.janeID))
            let routes = harness.gateway.pages.filter {
                $0.path.hasPrefix("/admin") || $0.path.hasPrefix("/ops")
            }
            #expect(routes.count > 45)
            for route in routes {
                let answer =
                    route.method == .get
                    ? try await harness.page(route.pathOfNothing, jane)
                    : try await harness.send(route.pathOfNothing, [], jane)
                #expect(answer.status == 403, "\(route.name)")
                #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
            }
            #expect(harness.fake.state.withLock { $0.submitted.isEmpty && $0.decisions.isEmpty })
        }
    }

    @Test func `staff without a permission do not get what needs it`() async throws {
        try await GatewayHarness.run { harness in
            let viewer = try harness.signIn(.staff([.view], session: .make()))
            for route in harness.gateway.pages {
                guard let permission = route.access.permission, permission != .view else { continue }
                let answer =
                    route.method == .get
                    ? try await harness.page(route.pathOfNothing, viewer)
                    : try await harness.send(route.pathOfNothing, [], viewer)
                #expect(answer.status == 403, "\(route.name)")
            }
            let answer1 = try await harness.page("/admin", viewer)
            #expect(answer1.status == 200)
        }
    }

    @Test func `a form without the session's token, or from another site, does nothing`() async throws {
        try await GatewayHarness.run { harness in
            let sam = try harness.signIn(.staff(Permission.allCases, session: .make()))
            for route in harness.gateway.pages where route.method == .post && route.access != .none {
                let path = route.pathOfNothing
                for csrf in ["", "AAAA", String(repeating: "A", count: 43)] {
                    let answer = try await harness.send(path, [("id", "x")], sam, csrf: csrf)
                    #expect(answer.status == 403, "\(route.name)")
                }
                let foreign = try await harness.send(path, [], sam, headers: ["Sec-Fetch-Site": "cross-site"])
                #expect(foreign.status == 403, "\(route.name)")
            }
            #expect(harness.fake.state.withLock { $0.submitted.isEmpty && $0.decisions.isEmpty })
        }
    }

    @Test func `another client's product and action are not there`() async throws {
        try await GatewayHarness.run { harness in
            let action = ActionID.make()
            harness.fake.state.withLock {
                $0.actions[action] = Fixtures.action(action, "getInfo", on: harness.product)
            }
            for path in ["/client/products/\(harness.product.id)", "/client/actions/\(action)"] {
                let answer2 = try await harness.page(path, .token(GatewayHarness.jane))
                #expect(answer2.status == 200, "\(path)")
                let answer3 = try await harness.page(path, .token(GatewayHarness.john))
                #expect(answer3.status == 404, "\(path)")
            }
            let run = "/client/products/\(harness.product.id)/run/getInfo"
            let answer4 = try await harness.page(run, .token(GatewayHarness.john))
            #expect(answer4.status == 404)
            let answer5 = try await harness.send(run, [], .token(GatewayHarness.john))
            #expect(answer5.status == 404)
            #expect(harness.fake.state.withLock { $0.submitted.isEmpty })
        }
    }

    @Test func `errors are pages for browsers and documents for programs`() async throws {
        try await GatewayHarness.run { harness in
            let page = try await harness.page("/nothing/here")
            #expect(page.status == 404)
            #expect(page.headers[.contentType] == "text/html; charset=utf-8")
            #expect(page.headers[.contentSecurityPolicy] == Response.pagePolicy)
            let document = try await harness.call(.get, "/nothing/here")
            #expect(document.headers[.contentType] == "application/problem+json")
            let interface = try await harness.page("/v1/nothing")
            #expect(interface.headers[.contentType] == "application/problem+json")
        }
    }

    @Test func `everyone begins in their own room`() async throws {
        try await GatewayHarness.run { harness in
            let answer6 = try await harness.page("/")
            #expect(answer6.headers[.location] == "/admin")
            let answer7 = try await harness.page("/", .token(GatewayHarness.jane))
            #expect(answer7.headers[.location] == "/client")
            let answer8 = try await harness.page("/client")
            #expect(answer8.headers[.location] == "/admin")
        }
    }
}

extension GatewayHarness {
    /// Someone in a session of theirs.
    func signIn(_ principal: Principal) throws -> Visitor { .session(fake.addSession(principal)) }
}

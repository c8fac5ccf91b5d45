import HTTPTypes
import Models
import TestSupport
import Testing

@testable import Gateway
@testable import Orchestrator

/// R15: client A never sees or touches what is B's. Every route is asked for what is B's by everyone who may not have it; a
/// route without a rule in `IsolationTable` fails.
@Suite struct IsolationTests {
    /// Two clients with all that there is, and the rules.
    private struct Scene: Sendable {
        let harness: AccessHarness
        let ours: Belongings
        let theirs: Belongings
        let table: IsolationTable

        init(_ harness: AccessHarness) async throws {
            self.harness = harness
            ours = try await Belongings.make("avocado", in: harness)
            theirs = try await Belongings.make("blueberry", in: harness)
            table = IsolationTable(theirs: theirs, ours: ours)
            try await settle()
        }

        /// What a change sets off goes on for a moment.
        func settle() async throws {
            let parts = harness.parts
            try await eventually("all messages are sent") {
                try await parts.store.read { try $0.outboxCount() } == 0
            }
        }

        func rule(_ route: HTTPRoute) throws -> (rule: IsolationRule, body: JSONValue?) {
            // In two steps, so that a failure shows no more than it has to.
            let row = table.row(route)
            return try #require(row, "\(route.name) has no rule; add one to IsolationTable")
        }

        func ask(
            _ route: HTTPRoute, query: String = "", as credential: AccessHarness.Credential
        ) async throws -> AccessHarness.Answer {
            let body = try rule(route).body
            let path = theirs.path(route) + query
            return route.isPage && body != nil
                ? try await harness.send(path, as: credential)
                : try await harness.call(route.method, path, body, as: credential)
        }

        /// A's client, by token and signed in.
        func clients() async throws -> [AccessHarness.Credential] {
            [.token(ours.token), .session(try await harness.signIn(ours.email, Belongings.password))]
        }

        func staff(_ permissions: [Permission]) async throws -> AccessHarness.Credential {
            let answer = try await harness.call(
                .post, "/v1/tokens",
                [
                    "name": "staff", "role": "staff",
                    "permissions": .array(permissions.map { .string($0.rawValue) }),
                ])
            return .token(try #require(answer.json["token"]?.stringValue, "\(answer.text)"))
        }
    }

    private static func isStream(_ route: HTTPRoute) -> Bool { route.path.hasSuffix("/stream") }

    @Test func `every route has a rule that fits its access, and every rule a route`() async throws {
        try await AccessHarness.run { harness in
            let scene = try await Scene(harness)
            let routes = harness.routes
            #expect(Set(routes.map(\.name)).count == routes.count)
            #expect(Set(scene.table.rows.keys).subtracting(routes.map(\.name)).isEmpty)
            for route in routes {
                let isRight =
                    switch (try scene.rule(route).rule, route.access) {
                    case (.open, .none), (.own, .signedIn), (.staff, .staff): true
                    case (.thing, .client), (.listing, .client), (.same, .client): true
                    default: false
                    }
                #expect(isRight, "\(route.name)")
                #expect(!scene.theirs.path(route).contains("{"), "\(route.path)")
            }
        }
    }

    @Test func `a client is told nothing of another's and changes nothing of it`() async throws {
        try await AccessHarness.run { harness in
            let scene = try await Scene(harness)
            for client in try await scene.clients() {
                let before = try await harness.dump()
                for route in harness.routes where !Self.isStream(route) {
                    // What ends one's own session is tried in a test of its own.
                    if case .own = try scene.rule(route).rule, route.method != .get { continue }
                    let answer = try await scene.ask(route, as: client)
                    switch try scene.rule(route).rule {
                    case .thing: #expect(answer.status == 404, "\(route.name): \(answer.text)")
                    case .staff: #expect(answer.status == 403, "\(route.name): \(answer.text)")
                    case .listing, .same: #expect(answer.status == 200, "\(route.name): \(answer.text)")
                    case .open, .own: continue
                    }
                    for trace in scene.theirs.traces {
                        #expect(!answer.text.contains(trace), "\(route.name) tells \(trace)")
                    }
                }
                try await Self.expectSame(before, as: try await harness.dump())
            }
        }
    }

    @Test func `a client that names another in a query is told nothing either`() async throws {
        try await AccessHarness.run { harness in
            let scene = try await Scene(harness)
            let theirs = scene.theirs
            let named = [
                "client_id": theirs.client, "contract_product_id": theirs.product, "action_id": theirs.action,
                "q": theirs.mark,
            ]
            var asked = 0
            for client in try await scene.clients() {
                for route in harness.routes where !Self.isStream(route) {
                    guard case .listing = try scene.rule(route).rule else { continue }
                    for parameter in route.query {
                        guard let value = named[parameter.name] else { continue }
                        let answer = try await scene.ask(
                            route, query: "?\(parameter.name)=\(value)", as: client)
                        let isEmpty = answer.status == 200 && answer.json["items"] == .array([])
                        #expect(isEmpty || answer.status == 404, "\(route.name): \(answer.text)")
                        asked += 1
                    }
                }
            }
            #expect(asked >= 14)
        }
    }

    @Test func `a client does not reach another's account by naming it on its own product`() async throws {
        try await AccessHarness.run { harness in
            let scene = try await Scene(harness)
            let path = "/v1/contract-products/\(scene.ours.product)/actions"
            let theirs: JSONValue = .string("user\(scene.theirs.mark)")
            let address: JSONValue = ["user_ip": "192.0.2.7"]
            for client in try await scene.clients() {
                try await scene.settle()
                let before = try await harness.dump()
                for (function, parameters) in [
                    ("getInfo", ["username": theirs]), ("getUsage", ["customer_id": "17"]),
                    ("getLoginUrl", ["username": theirs, "user_ip": "192.0.2.7"]),
                    ("getLoginUrl", ["software": ["id": "9"], "user_ip": "192.0.2.7"]),
                    ("changePassword", ["subscription_id": "3", "password": "a new password"]),
                ] as [(String, JSONValue)] {
                    let answer = try await harness.call(
                        .post, path, ["function": .string(function), "parameters": parameters], as: client)
                    #expect(answer.status == 422, "\(function): \(answer.text)")
                }
                try await Self.expectSame(before, as: try await harness.dump())
                let own: JSONValue = .string("user\(scene.ours.mark)")
                for parameters in [address, ["username": own, "user_ip": "192.0.2.7"]] {
                    let answer = try await harness.call(
                        .post, path, ["function": "getLoginUrl", "parameters": parameters], as: client)
                    #expect(answer.status == 202, "\(answer.text)")
                }
            }
        }
    }

    @Test func `streams tell a client of its own alone`() async throws {
        try await AccessHarness.run { harness in
            let scene = try await Scene(harness)
            for client in try await scene.clients() {
                for (path, expected) in [
                    ("/v1/events/stream", scene.ours.product),
                    ("/v1/logs/stream?since=2020-01-01T00:00:00Z", scene.ours.mark),
                ] {
                    let stream = try await harness.stream(path, as: client, until: expected)
                    #expect(stream.status == 200)
                    for trace in scene.theirs.traces { #expect(!stream.text.contains(trace), "\(path)") }
                }
            }
            // Who may see both does.
            let all = try await harness.stream(
                "/v1/events/stream", as: .token(AccessHarness.admin), until: scene.theirs.product)
            #expect(all.text.contains(scene.ours.product))
        }
    }

    @Test func `staff without a route's permission are refused, and nothing changes`() async throws {
        try await AccessHarness.run { harness in
            let scene = try await Scene(harness)
            let none = try await scene.staff([])
            var others: [Permission: AccessHarness.Credential] = [:]
            for permission in Permission.allCases {
                others[permission] = try await scene.staff(Permission.allCases.filter { $0 != permission })
            }
            let before = try await harness.dump()
            for route in harness.routes {
                guard let permission = route.access.permission else { continue }
                for staff in [none, try #require(others[permission])] {
                    let answer = try await Self.refusal(scene, route, as: staff)
                    #expect(answer == 403, "\(route.name)")
                }
            }
            try await Self.expectSame(before, as: try await harness.dump())
        }
    }

    @Test func `who is nobody is refused everywhere, and nothing changes`() async throws {
        try await AccessHarness.run { harness in
            let scene = try await Scene(harness)
            let ended = try await harness.signIn(scene.ours.email, Belongings.password)
            _ = try await harness.call(.delete, "/v1/sessions/current", as: .session(ended))
            let before = try await harness.dump()
            for route in harness.routes where route.access != .none {
                for credential in [
                    .nobody, .token("not-a-token"), .session(ended),
                ] as [AccessHarness.Credential] {
                    #expect(
                        try await Self.refusal(scene, route, as: credential) == 401, "\(route.name)")
                }
            }
            try await Self.expectSame(before, as: try await harness.dump())
        }
    }

    @Test func `who views as a client sees no more than that, and changes nothing at all`() async throws {
        try await AccessHarness.run { harness in
            let scene = try await Scene(harness)
            _ = try await harness.call(
                .post, "/v1/users",
                [
                    "email": "ada@example.com", "name": "Ada", "role": "admin",
                    "password": .string(Belongings.password),
                ])
            let secret = try await harness.signIn("ada@example.com", Belongings.password)
            let viewing = try await harness.call(
                .post, "/v1/sessions/current/view-as", ["client_id": .string(scene.ours.client)],
                as: .session(secret))
            #expect(viewing.status == 200, "\(viewing.text)")
            let before = try await harness.dump()
            for route in harness.routes where !Self.isStream(route) && !route.isOpenToViewers {
                if case .none = route.access { continue }
                let answer = try await scene.ask(route, as: .session(secret))
                if !RequestOrigin.isSafe(route.method) {
                    #expect(answer.status == 403, "\(route.name): \(answer.text)")
                }
                for trace in scene.theirs.traces {
                    #expect(!answer.text.contains(trace), "\(route.name) tells \(trace)")
                }
                // Nor on the client's own things.
                let own =
                    route.isPage && route.method == .post
                    ? try await harness.send(scene.ours.path(route), as: .session(secret))
                    : try await harness.call(
                        route.method, scene.ours.path(route), try scene.rule(route).body, as: .session(secret)
                    )
                if !RequestOrigin.isSafe(route.method) { #expect(own.status == 403, "\(route.name)") }
            }
            try await Self.expectSame(before, as: try await harness.dump())
        }
    }

    @Test func `what one does with one's own session leaves others alone`() async throws {
        try await AccessHarness.run { harness in
            let scene = try await Scene(harness)
            let theirs = try await harness.signIn(scene.theirs.email, Belongings.password)
            for route in harness.routes {
                guard case .own = try scene.rule(route).rule else { continue }
                let ours = try await harness.signIn(scene.ours.email, Belongings.password)
                let answer = try await scene.ask(route, as: .session(ours))
                #expect(answer.status < 500, "\(route.name): \(answer.text)")
                for trace in scene.theirs.traces {
                    #expect(!answer.text.contains(trace), "\(route.name) tells \(trace)")
                }
                harness.clock.advance(by: .seconds(20))
            }
            #expect(try await harness.call(.get, "/v1/whoami", as: .session(theirs)).status == 200)
        }
    }

    /// Without this the tests above could pass because nothing was there, or because nothing asked was good.
    @Test func `all that was refused is there, and an admin may`() async throws {
        try await AccessHarness.run { harness in
            let scene = try await Scene(harness)
            func isLast(_ route: HTTPRoute) -> Bool { route.method == .delete }
            // What pages do, the routes do for them.
            let routes = harness.routes.filter { !Self.isStream($0) && !($0.isPage && $0.method == .post) }
            let pages = routes.filter(\.isPage)
            let others = routes.filter { !$0.isPage }
            for route in pages + others.filter({ !isLast($0) }) + others.filter(isLast) {
                // Pages of the client's area are for those who belong to a client.
                if route.path.hasPrefix("/client") { continue }
                switch try scene.rule(route).rule {
                case .open, .own: continue
                case .thing, .listing, .staff, .same: break
                }
                let answer = try await scene.ask(route, as: .token(AccessHarness.admin))
                // A token views as nobody; the action is dispatched, and neither failed nor unsure; nobody has a second
                // factor; the entry has no debug data; no adapter tests configurations.
                let expected: Set<Int> =
                    switch route.name {
                    case "viewAsClient", "cancelAction", "removeTwoFactor", "adoptAction", "abandonAction",
                        "retryAction":
                        [409]
                    case "showDebugData": [404]
                    // The dead letter was made for this, and came from nowhere.
                    case "requeueDeadLetter": [409]
                    case "testConfiguration": [200, 503]
                    // Whether it can be run now is the product's to say.
                    case "adminRunForm": [200, 409]
                    default: [200, 201, 202, 204]
                    }
                #expect(expected.contains(answer.status), "\(route.name): \(answer.status) \(answer.text)")
            }
        }
    }

    /// The status of a refusal; a stream that is not refused would never end, so it is opened as one.
    private static func refusal(
        _ scene: Scene, _ route: HTTPRoute, as credential: AccessHarness.Credential
    ) async throws -> Int {
        guard isStream(route) else { return try await scene.ask(route, as: credential).status }
        do {
            return try await scene.harness.stream(route.path, as: credential, until: "connected").status
        } catch let problem as Problem {
            return problem.kind.status.code
        }
    }

    private static func expectSame(_ before: [String: String], as after: [String: String]) async throws {
        #expect(Set(before.keys) == Set(after.keys))
        // What was written before is sent in its own time.
        for (table, rows) in before where table != "outbox" {
            #expect(after[table] == rows, "\(table) has changed")
        }
        // A dump that sees nothing would be the same always.
        #expect(before["products"]?.contains("blueberry") == true)
    }
}

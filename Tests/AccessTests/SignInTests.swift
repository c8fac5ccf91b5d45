import Foundation
import HTTPTypes
import Logging
import Models
import ServiceRuntime
import TestSupport
import Testing

@testable import Gateway
@testable import Orchestrator

/// Signing in, from the request to the database.
@Suite struct SignInTests {
    private static let password = "correct horse battery"

    /// Makes a user by the operator's token.
    private static func make(
        _ harness: AccessHarness, _ email: String, role: Role = .admin, _ permissions: [Permission]? = nil,
        client: String? = nil
    ) async throws -> String {
        var body: [String: JSONValue] = [
            "email": .string(email), "name": "Sam Smith", "role": .string(role.rawValue),
            "password": .string(password),
        ]
        body["permissions"] = permissions.map { .array($0.map { .string($0.rawValue) }) }
        body["client_id"] = client.map { .string($0) }
        let answer = try await harness.call(.post, "/v1/users", .object(body))
        guard answer.status == 201 else { throw WaitingError(description: answer.text) }
        return answer.id
    }

    private static func tries(
        _ harness: AccessHarness, _ email: String, _ password: String, code: String? = nil
    ) async throws -> AccessHarness.Answer {
        var body: [String: JSONValue] = ["email": .string(email), "password": .string(password)]
        body["code"] = code.map { .string($0) }
        return try await harness.call(.post, "/v1/sessions", .object(body), as: .nobody)
    }

    @Test func `a user signs in, works, and signs out`() async throws {
        try await AccessHarness.run { harness in
            let id = try await Self.make(harness, "Sam@Example.com")
            let secret = try await harness.signIn("sam@example.COM", Self.password)
            let made = try await harness.call(
                .post, "/v1/clients", ["name": "Jane", "email": "jane@example.com"], as: .session(secret))
            #expect(made.status == 201, "\(made.text)")
            let user = try await harness.call(.get, "/v1/users/\(id)")
            #expect(user.json["email"] == "sam@example.com")
            #expect(user.json["last_sign_in_at"] != nil)
            let out = try await harness.call(.delete, "/v1/sessions/current", as: .session(secret))
            #expect(out.status == 204)
            #expect(try await harness.call(.get, "/v1/whoami", as: .session(secret)).status == 401)
            #expect(
                harness.log.lines.compactMap(\.security) == ["user_made", "signed_in", "signed_out"])
        }
    }

    @Test func `nothing tells a wrong password from a user that there is not`() async throws {
        try await AccessHarness.run { harness in
            let id = try await Self.make(harness, "sam@example.com", role: .staff, [.view])
            let wrong = try await Self.tries(harness, "sam@example.com", "wrong password")
            let missing = try await Self.tries(harness, "nobody@example.com", Self.password)
            _ = try await harness.call(.patch, "/v1/users/\(id)", ["disabled": true])
            let disabled = try await Self.tries(harness, "sam@example.com", Self.password)
            #expect([wrong, missing, disabled].map(\.status) == [401, 401, 401])
            #expect(Set([wrong, missing, disabled].map(\.text)).count == 1)
        }
    }

    @Test func `no password, secret or code is in the log or the database`() async throws {
        try await AccessHarness.run { harness in
            _ = try await Self.make(harness, "sam@example.com")
            let secret = try await harness.signIn("sam@example.com", Self.password)
            _ = try await Self.tries(harness, "sam@example.com", "a wrong password")
            let begun = try await harness.call(
                .post, "/v1/sessions/current/totp", [:], as: .session(secret))
            let totp = try #require(begun.json["secret"]?.stringValue)
            let seen =
                harness.log.lines.map { "\($0.message) \($0.metadata)" }.joined()
                + (try await harness.dump().values.joined())
            for canary in [Self.password, "a wrong password", secret, totp] {
                #expect(!seen.contains(canary), "\(canary)")
            }
            #expect(seen.contains("$scrypt$"))
        }
    }

    @Test func `a session ends half an hour after its last use, and after twelve hours anyway`() async throws
    {
        try await AccessHarness.run { harness in
            _ = try await Self.make(harness, "sam@example.com")
            let idle = try await harness.signIn("sam@example.com", Self.password)
            let used = try await harness.signIn("sam@example.com", Self.password)
            for _ in 0..<24 {
                harness.clock.advance(by: .seconds(29 * 60 + 55))
                #expect(try await harness.call(.get, "/v1/whoami", as: .session(used)).status == 200)
            }
            #expect(try await harness.call(.get, "/v1/whoami", as: .session(idle)).status == 401)
            harness.clock.advance(by: .seconds(125))
            #expect(try await harness.call(.get, "/v1/whoami", as: .session(used)).status == 401)
        }
    }

    @Test func `another password, fewer rights and disabling end all sessions`() async throws {
        try await AccessHarness.run { harness in
            let id = try await Self.make(harness, "sam@example.com", role: .staff, [.view, .configure])
            let path = "/v1/users/\(id)"
            let changes: [(String, JSONValue)] = [
                ("\(path)/password", ["password": .string(Self.password)]), ("\(path)/sign-out", [:]),
            ]
            for (path, body) in changes {
                let first = try await harness.signIn("sam@example.com", Self.password)
                let second = try await harness.signIn("sam@example.com", Self.password)
                #expect(try await harness.call(.get, "/v1/clients", as: .session(first)).status == 200)
                #expect(try await harness.call(.post, path, body).status == 204)
                for secret in [first, second] {
                    #expect(try await harness.call(.get, "/v1/clients", as: .session(secret)).status == 401)
                }
            }
            for body: JSONValue in [["permissions": ["view"]], ["disabled": true]] {
                let secret = try await harness.signIn("sam@example.com", Self.password)
                #expect(try await harness.call(.get, "/v1/clients", as: .session(secret)).status == 200)
                #expect(try await harness.call(.patch, path, body).status == 200)
                #expect(try await harness.call(.get, "/v1/clients", as: .session(secret)).status == 401)
            }
        }
    }

    @Test func `one changes one's own password with the one until now`() async throws {
        try await AccessHarness.run { harness in
            _ = try await Self.make(harness, "sam@example.com")
            let secret = try await harness.signIn("sam@example.com", Self.password)
            let path = "/v1/sessions/current/password"
            let wrong = try await harness.call(
                .post, path, ["password": "another good password", "current_password": "not this one"],
                as: .session(secret))
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("/current_password"))
            let without = try await harness.call(
                .post, path, ["password": "another good password"], as: .session(secret))
            #expect(without.status == 422)
            let weak = try await harness.call(
                .post, path, ["password": "password1234", "current_password": .string(Self.password)],
                as: .session(secret))
            #expect(weak.status == 422)
            let changed = try await harness.call(
                .post, path,
                ["password": "another good password", "current_password": .string(Self.password)],
                as: .session(secret))
            #expect(changed.status == 204, "\(changed.text)")
            #expect(try await harness.call(.get, "/v1/whoami", as: .session(secret)).status == 401)
            _ = try await harness.signIn("sam@example.com", "another good password")
        }
    }

    @Test func `the second factor is asked for once it is set up, and each code counts once`() async throws {
        try await AccessHarness.run { harness in
            _ = try await Self.make(harness, "sam@example.com", role: .staff, [.view])
            let secret = try await harness.signIn("sam@example.com", Self.password)
            let base = "/v1/sessions/current/totp"
            let begun = try await harness.call(.post, base, [:], as: .session(secret))
            let text = try #require(begun.json["secret"]?.stringValue)
            let key = try #require(Base32.bytes(text))
            func code(_ offset: Int = 0) -> String {
                OneTimePassword.code(
                    of: key, step: OneTimePassword.step(at: harness.clock.time) + offset)
            }
            #expect(begun.json["uri"]?.stringValue?.contains(text) == true)
            // Nothing is asked for before a code was given.
            _ = try await harness.signIn("sam@example.com", Self.password)
            let confirmed = try await harness.call(
                .post, "\(base)/confirm", ["code": .string(code())], as: .session(secret))
            let recovery = confirmed.json["codes"]?.arrayValue?.compactMap(\.stringValue) ?? []
            #expect(recovery.count == 10, "\(confirmed.text)")

            let needed = try await Self.tries(harness, "sam@example.com", Self.password)
            #expect(needed.json["type"] == "urn:purser:problem:code-required")
            let used = try await Self.tries(harness, "sam@example.com", Self.password, code: code())
            #expect(used.status == 401)
            _ = try await harness.signIn("sam@example.com", Self.password, code: code(1))
            harness.clock.advance(by: .seconds(90))
            let last = try await harness.signIn("sam@example.com", Self.password, code: code())
            _ = try await harness.signIn("sam@example.com", Self.password, code: recovery[3].uppercased())
            let again = try await Self.tries(harness, "sam@example.com", Self.password, code: recovery[3])
            #expect(again.status == 401)

            harness.clock.advance(by: .seconds(90))
            let withoutCode = try await harness.call(
                .post, "\(base)/remove", ["password": .string(Self.password)], as: .session(last))
            #expect(withoutCode.status == 422)
            let removed = try await harness.call(
                .post, "\(base)/remove",
                ["password": .string(Self.password), "code": .string(code())], as: .session(last))
            #expect(removed.status == 204, "\(removed.text)")
            _ = try await harness.signIn("sam@example.com", Self.password)
        }
    }

    @Test func `guessing is slowed down, by address, and by name also from elsewhere`() async throws {
        try await AccessHarness.run { harness in
            _ = try await Self.make(harness, "sam@example.com")
            for _ in 0..<5 {
                #expect(try await Self.tries(harness, "sam@example.com", "wrong password").status == 401)
            }
            let held = try await Self.tries(harness, "sam@example.com", Self.password)
            #expect(held.status == 429)
            #expect(held.headers[.retryAfter] == "1")
            harness.clock.advance(by: .seconds(1))
            #expect(try await Self.tries(harness, "sam@example.com", "wrong password").status == 401)
            harness.clock.advance(by: .seconds(1))
            #expect(try await Self.tries(harness, "sam@example.com", Self.password).status == 429)
            harness.clock.advance(by: .seconds(1))
            _ = try await harness.signIn("sam@example.com", Self.password)
            #expect(harness.log.lines.contains { $0.security == "sign_in_throttled" })
        }
    }

    @Test func `codes cannot be guessed either`() async throws {
        try await AccessHarness.run { harness in
            let id = try await Self.make(harness, "sam@example.com")
            let secret = try await harness.signIn("sam@example.com", Self.password)
            let begun = try await harness.call(
                .post, "/v1/sessions/current/totp", [:], as: .session(secret))
            let key = try #require(Base32.bytes(begun.json["secret"]?.stringValue ?? ""))
            let code = OneTimePassword.code(of: key, step: OneTimePassword.step(at: harness.clock.time))
            _ = try await harness.call(
                .post, "/v1/sessions/current/totp/confirm", ["code": .string(code)], as: .session(secret))
            var statuses: [Int] = []
            for guess in 0..<8 {
                statuses.append(
                    try await Self.tries(
                        harness, "sam@example.com", Self.password, code: "00000\(guess)"
                    ).status)
            }
            #expect(statuses == [401, 401, 401, 401, 401, 429, 429, 429])
            // Whoever manages users helps someone who has lost the app.
            #expect(try await harness.call(.post, "/v1/users/\(id)/totp/remove", [:]).status == 204)
        }
    }

    @Test func `who views as a client sees what the client sees, and it is in the log`() async throws {
        try await AccessHarness.run { harness in
            let client = try await harness.call(
                .post, "/v1/clients", ["name": "Jane", "email": "jane@example.com"])
            _ = try await Self.make(harness, "sam@example.com", role: .staff, [.view])
            let secret = try await harness.signIn("sam@example.com", Self.password)
            let path = "/v1/sessions/current/view-as"
            let nobody = try await harness.call(
                .post, path, ["client_id": .string(ClientID.make().rawValue)], as: .session(secret))
            #expect(nobody.status == 422)
            let begun = try await harness.call(
                .post, path, ["client_id": .string(client.id)], as: .session(secret))
            #expect(begun.json["viewing_as"] == .string(client.id), "\(begun.text)")
            #expect(try await harness.call(.get, "/v1/clients", as: .session(secret)).status == 403)
            #expect(
                try await harness.call(.get, "/v1/clients/\(client.id)", as: .session(secret)).status == 200)
            #expect(try await harness.call(.delete, path, as: .session(secret)).status == 200)
            #expect(try await harness.call(.get, "/v1/clients", as: .session(secret)).status == 200)
            let events = harness.log.lines.filter { $0.metadata[LogKey.viewingAs] != nil }
            #expect(events.compactMap(\.security) == ["viewed_as_client", "viewing_ended"])
            #expect(events.allSatisfy { $0.metadata[LogKey.viewingAs] == client.id })
            // A client views as nobody, and neither does a token.
            #expect(try await harness.call(.post, path, ["client_id": .string(client.id)]).status == 409)
        }
    }

    @Test func `nobody gives more than they have`() async throws {
        try await AccessHarness.run { harness in
            let admin = try await Self.make(harness, "ada@example.com")
            let strong = try await Self.make(harness, "sue@example.com", role: .staff, Permission.allCases)
            let equal = try await Self.make(harness, "tom@example.com", role: .staff, [.view, .manageUsers])
            _ = try await Self.make(harness, "sam@example.com", role: .staff, [.view, .manageUsers])
            let sam = AccessHarness.Credential.session(
                try await harness.signIn("sam@example.com", Self.password))
            func user(_ role: String, _ permissions: JSONValue = .null) -> JSONValue {
                var body: [String: JSONValue] = [
                    "email": "new@example.com", "name": "New", "role": .string(role),
                    "password": .string(Self.password),
                ]
                if permissions != .null { body["permissions"] = permissions }
                return .object(body)
            }
            let refused: [(HTTPMethodName, String, JSONValue)] = [
                (.post, "/v1/users", user("admin")), (.post, "/v1/users", user("staff", ["run"])),
                (.post, "/v1/tokens", ["name": "x", "role": "admin"]),
                (.post, "/v1/tokens", ["name": "x", "role": "staff", "permissions": ["configure"]]),
                (.patch, "/v1/users/\(equal)", ["permissions": ["view", "run"]]),
                (.patch, "/v1/users/\(strong)", ["permissions": ["view"]]),
                (.patch, "/v1/users/\(admin)", ["disabled": true]),
                (.post, "/v1/users/\(strong)/password", ["password": "another good password"]),
                (.post, "/v1/users/\(admin)/password", ["password": "another good password"]),
                (.post, "/v1/users/\(admin)/sign-out", [:]), (.delete, "/v1/users/\(strong)", .null),
                (.post, "/v1/users/\(admin)/totp/remove", [:]),
            ]
            for (method, path, body) in refused {
                let answer = try await harness.call(method.value, path, body == .null ? nil : body, as: sam)
                let isRefused =
                    answer.status == 403 || (path.hasSuffix("totp/remove") && answer.status == 409)
                #expect(isRefused, "\(path) \(body): \(answer.text)")
            }
            let token = try await harness.call(.get, "/v1/tokens")
            let adminToken = try #require(token.json["items"]?.arrayValue?.first?["id"]?.stringValue)
            #expect(try await harness.call(.delete, "/v1/tokens/\(adminToken)", as: sam).status == 403)
            #expect(
                try await harness.call(.post, "/v1/users", user("staff", ["view"]), as: sam).status == 201)
            #expect(
                try await harness.call(.patch, "/v1/users/\(equal)", ["permissions": ["view"]], as: sam)
                    .status == 200)
        }
    }

    @Test func `a token carries what it was given, shows its last use, and ends in time`() async throws {
        try await AccessHarness.run { harness in
            let made = try await harness.call(
                .post, "/v1/tokens",
                [
                    "name": "reporting", "role": "admin", "permissions": ["view"],
                    "expires_at": .string(harness.clock.time.advanced(by: .seconds(3600)).description),
                ])
            let token = try #require(made.json["token"]?.stringValue)
            #expect(token.wholeMatch(of: /psr_admin_[A-Za-z0-9_-]{43}[A-Za-z0-9]{6}/) != nil)
            #expect(try await harness.call(.get, "/v1/clients", as: .token(token)).status == 200)
            let refused = try await harness.call(
                .post, "/v1/clients", ["name": "J", "email": "j@example.com"], as: .token(token))
            #expect(refused.status == 403)
            let listed = try await harness.call(.get, "/v1/tokens")
            let shown = listed.json["items"]?.arrayValue?.first { $0["name"] == "reporting" }
            #expect(shown?["permissions"] == ["view"])
            #expect(shown?["last_used_at"] != nil)
            harness.clock.advance(by: .seconds(3601))
            #expect(try await harness.call(.get, "/v1/clients", as: .token(token)).status == 401)
        }
    }

    @Test func `a token of before there were checksums is still good`() async throws {
        try await AccessHarness.run { harness in
            let old = "psr_client_" + TokenText.random()
            let client = try await harness.call(
                .post, "/v1/clients", ["name": "Jane", "email": "jane@example.com"])
            try await harness.parts.store.write { transaction in
                try transaction.insert(
                    Token(
                        id: .make(), name: "old", role: .client, clientID: ClientID(rawValue: client.id),
                        createdAt: .now), hash: TokenService.hash(old))
            }
            let who = try await harness.call(.get, "/v1/whoami", as: .token(old))
            #expect(who.json["permissions"] == ["view", "run"])
        }
    }
}

import HTTPTypes
import Models
import Synchronization
import Testing

@testable import Gateway

/// One's own account, in whichever room.
@Suite struct AccountPageTests {
    private static let good = "another good password"

    private static func passwords(
        _ current: String, _ new: String, again: String? = nil
    ) -> [(String, String)] {
        [
            ("password/current_password", current), ("password/password", new),
            ("password/password_again", again ?? new),
        ]
    }

    private static func staff(_ harness: GatewayHarness) throws -> GatewayHarness.Visitor {
        try harness.signIn(.staff([.view], session: .make()))
    }

    @Test func `everyone who is signed in finds their account behind their name`() async throws {
        try await GatewayHarness.run { harness in
            let jane = try harness.signIn(
                Principal(
                    sessionID: .make(), userID: .make(), name: "jane", role: .client,
                    clientID: harness.janeID))
            for (visitor, home, hasFactor) in [
                (try Self.staff(harness), "/admin", true), (try Self.staff(harness), "/ops", true),
                (jane, "/client", false),
            ] {
                let start = try await harness.page(home, visitor)
                #expect(start.text.contains("<a href=\"/account\">Your account</a>"), "\(home)")
                let page = try await harness.page("/account", visitor)
                #expect(page.status == 200, "\(page.text)")
                #expect(page.text.contains("sam@example.com"))
                #expect(page.text.contains("name=\"password/password_again\""))
                #expect(page.text.contains("action=\"/account/sign-out\""))
                // Second factors are for admins and staff.
                #expect(page.text.contains("action=\"/account/second-factor\"") == hasFactor)
            }
        }
    }

    @Test func `who has no session, or views as a client, has no account here`() async throws {
        try await GatewayHarness.run { harness in
            let token = try await harness.page("/account")
            #expect(token.status == 409)
            let start = try await harness.page("/admin")
            #expect(!start.text.contains("href=\"/account\""))
            let viewing = try harness.signIn(
                Principal(
                    sessionID: .make(), userID: .make(), name: "sam", role: .client, permissions: [.view],
                    clientID: harness.janeID, viewerRole: .admin))
            let page = try await harness.page("/account", viewing)
            #expect(page.status == 403)
            let room = try await harness.page("/client", viewing)
            #expect(room.status == 200)
            #expect(!room.text.contains("href=\"/account\""))
            let sent = try await harness.send(
                "/account/password", Self.passwords(FakeOrchestrator.password, Self.good), viewing)
            #expect(sent.status == 403)
            #expect(harness.fake.state.withLock { $0.asked[SetPassword.messageType] } == nil)
        }
    }

    @Test(
        "What is wrong with a new password is told at its input, and nothing that was typed is shown",
        arguments: [
            ("wrong password", good, good, "current_password"), ("", good, good, "current_password"),
            (FakeOrchestrator.password, "short", "short", "password"),
            (FakeOrchestrator.password, "", "", "password"),
            (FakeOrchestrator.password, good, good + "!", "password_again"),
        ])
    func wrongPasswords(current: String, new: String, again: String, field: String) async throws {
        try await GatewayHarness.run { harness in
            let sam = try Self.staff(harness)
            let answer = try await harness.send(
                "/account/password", Self.passwords(current, new, again: again), sam)
            #expect(answer.status == 422, "\(answer.text)")
            #expect(answer.text.contains("id=\"f-password-\(field)-error\""))
            #expect(answer.text.contains("Please look at the marked fields."))
            for typed in [current, new, again] where typed.count > 5 {
                #expect(!answer.text.contains(typed))
            }
            let after = try await harness.page("/admin", sam)
            #expect(after.status == 200)
        }
    }

    @Test func `a new password ends the sessions, and the sign-in says so`() async throws {
        try await GatewayHarness.run { harness in
            let sam = try Self.staff(harness)
            let answer = try await harness.send(
                "/account/password", Self.passwords(FakeOrchestrator.password, Self.good), sam)
            #expect(answer.status == 303, "\(answer.text)")
            #expect(answer.headers[.location] == "/sign-in?done=own-password")
            #expect(answer.headers[.setCookie]?.contains("Max-Age=0") == true)
            let after = try await harness.page("/admin", sam)
            #expect(after.status == 303)
            let signIn = try await harness.page("/sign-in?done=own-password", .nobody)
            #expect(signIn.text.contains("Your password was changed"))
        }
    }

    @Test func `the second factor is set up with a code, and what it needs is shown once`() async throws {
        try await GatewayHarness.run { harness in
            let sam = try Self.staff(harness)
            let begun = try await harness.send("/account/second-factor", [], sam)
            #expect(begun.status == 200, "\(begun.text)")
            #expect(begun.text.contains(">\(FakeOrchestrator.appSecret)</pre>"))
            #expect(begun.text.contains("href=\"otpauth://totp/x?secret=\(FakeOrchestrator.appSecret)&amp;"))
            #expect(begun.headers[.cacheControl] == "no-store")
            let wrong = try await harness.send(
                "/account/second-factor/confirm", [("confirmation/code", "000000")], sam)
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("id=\"f-confirmation-code-error\""))
            #expect(!wrong.text.contains(FakeOrchestrator.appSecret))
            let done = try await harness.send(
                "/account/second-factor/confirm", [("confirmation/code", FakeOrchestrator.appCode)], sam)
            #expect(done.status == 200, "\(done.text)")
            #expect(done.text.contains(FakeOrchestrator.recoveryCode))
            let later = try await harness.page("/account", sam)
            #expect(!later.text.contains(FakeOrchestrator.recoveryCode))
            #expect(later.text.contains("action=\"/account/second-factor/remove\""))
            #expect(!later.text.contains("action=\"/account/second-factor\""))
            let again = try await harness.send("/account/second-factor", [], sam)
            #expect(again.status == 409)
        }
    }

    @Test func `the second factor is removed with password and code`() async throws {
        try await GatewayHarness.run { harness in
            let principal = Principal.staff([.view], session: .make())
            let user = try #require(principal.userID)
            harness.fake.state.withLock { _ = $0.twoFactor.insert(user) }
            let sam = try harness.signIn(principal)
            for (password, code, field) in [
                ("wrong password", FakeOrchestrator.appCode, "password"), ("", "", "password"),
                (FakeOrchestrator.password, "000000", "code"),
            ] {
                let answer = try await harness.send(
                    "/account/second-factor/remove",
                    [("removal/password", password), ("removal/code", code)], sam)
                #expect(answer.status == 422, "\(answer.text)")
                #expect(answer.text.contains("id=\"f-removal-\(field)-error\""))
                #expect(!answer.text.contains("wrong password"))
            }
            #expect(harness.fake.state.withLock { $0.twoFactor } == [user])
            let done = try await harness.send(
                "/account/second-factor/remove",
                [
                    ("removal/password", FakeOrchestrator.password),
                    ("removal/code", FakeOrchestrator.appCode),
                ],
                sam)
            #expect(done.headers[.location] == "/account?done=two-factor-off")
            #expect(harness.fake.state.withLock { $0.twoFactor.isEmpty })
        }
    }

    @Test func `signing out everywhere ends all sessions of who asks, and none of others`() async throws {
        try await GatewayHarness.run { harness in
            let user = UserID.make()
            let (here, there) = (
                try harness.signIn(
                    Principal(sessionID: .make(), userID: user, name: "ada", role: .admin)),
                try harness.signIn(
                    Principal(sessionID: .make(), userID: user, name: "ada", role: .admin))
            )
            let other = try Self.staff(harness)
            let answer = try await harness.send("/account/sign-out", [], here)
            #expect(answer.headers[.location] == "/sign-in?done=signed-out")
            #expect(answer.headers[.setCookie]?.contains("Max-Age=0") == true)
            for (visitor, status) in [(here, 303), (there, 303), (other, 200)] {
                let page = try await harness.page("/admin", visitor)
                #expect(page.status == status)
            }
        }
    }
}

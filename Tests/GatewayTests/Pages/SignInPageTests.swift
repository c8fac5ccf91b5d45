import HTTPTypes
import Models
import Synchronization
import Testing

@testable import Gateway

/// Signing in by the page.
@Suite struct SignInPageTests {
    private static func fields(
        _ next: String, password: String = FakeOrchestrator.password, code: String? = "1"
    )
        -> [(String, String)]
    {
        [("email", "sam@example.com"), ("password", password), ("next", next)]
            + (code.map { [("code", $0)] } ?? [])
    }

    @Test func `signing in sets the cookie and goes where one wanted to`() async throws {
        try await GatewayHarness.run { harness in
            let answer = try await harness.send("/sign-in", Self.fields("/admin/clients?q=a"), .nobody)
            #expect(answer.status == 303, "\(answer.text)")
            #expect(answer.headers[.location] == "/admin/clients?q=a")
            let cookie = try #require(answer.headers[.setCookie])
            #expect(cookie.hasPrefix("purser_session=psr_session_"))
            #expect(cookie.contains("HttpOnly"))
        }
    }

    @Test(
        "It never leads to another site",
        arguments: [
            "/accountant", "/account@evil.example", "https://evil.example", "//evil.example",
            "/\\evil.example", "/%09/evil.example",
            "\t//evil.example",
            "javascript:alert(1)", "/admin\r\nSet-Cookie: x=1", "/adminevil", "/admin\\@evil.example", "evil",
            "",
        ])
    func openRedirect(next: String) async throws {
        try await GatewayHarness.run { harness in
            let answer = try await harness.send("/sign-in", Self.fields(next), .nobody)
            #expect(answer.status == 303)
            #expect(answer.headers[.location] == "/", "\(next)")
            #expect(answer.headers[values: .setCookie].count == 1)
        }
    }

    @Test func `what is wrong is told on the page, which keeps the address and not the password`()
        async throws
    {
        try await GatewayHarness.run { harness in
            let code = try await harness.send("/sign-in", Self.fields("/admin", code: nil), .nobody)
            #expect(code.status == 401)
            #expect(code.text.contains("name=\"code\""))
            #expect(code.text.contains("value=\"sam@example.com\""))
            #expect(!code.text.contains(FakeOrchestrator.password))
            let wrong = try await harness.send("/sign-in", Self.fields("/admin", password: "wrong"), .nobody)
            #expect(wrong.status == 429)
            #expect(wrong.headers[.retryAfter] == "17")
            #expect(wrong.text.contains("role=\"alert\""))
        }
    }

    @Test func `signing out ends the session and removes the cookie`() async throws {
        try await GatewayHarness.run { harness in
            let sam = try harness.signIn(.staff([.view], session: .make()))
            let answer1 = try await harness.page("/admin", sam)
            #expect(answer1.status == 200)
            let answer = try await harness.send("/sign-out", [], sam)
            #expect(answer.headers[.location] == "/sign-in")
            #expect(answer.headers[.setCookie]?.contains("Max-Age=0") == true)
            let answer2 = try await harness.page("/admin", sam)
            #expect(answer2.status == 303)
        }
    }
}

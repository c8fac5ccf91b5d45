import AdapterKit
import AdapterTestSupport
import Models
import SEOAdapter
import Testing

@Suite("The demo tool for search engine optimisation")
struct DemoTests {
    private static let jane: [String: JSONValue] = [
        "customer_id": 42, "customer_email": "jane@example.com", "domain": "example.com",
        "package_identifier": "basic",
    ]

    @Test("An account lives from opening to termination")
    func life() async throws {
        let tool = try DemoBench(SEOAdapter.self)
        let opened = try await tool.succeed("create", Self.jane)
        #expect(opened["domain"] == "example.com")
        #expect(opened["package_identifier"] == "basic")
        let account: [String: JSONValue] = [
            "username": try #require(opened["username"]), "domain": "example.com",
        ]
        let login = try await tool.succeed("login", account)
        #expect(login["url"]?.stringValue?.hasPrefix("https://demo.example.com/auth/login/") == true)
        #expect(
            try await tool.succeed("changePackage", account.merging(["package_identifier": "pro"]) { $1 })
                == [:])
        #expect(try await tool.succeed("suspend", account) == [:])
        #expect(try await tool.fail("login", account) == .rejected)
        #expect(try await tool.succeed("unsuspend", account) == [:])
        _ = try await tool.succeed("login", account)
        #expect(try await tool.succeed("terminate", account) == [:])
        #expect(try await tool.fail("login", account) == .notFound)
        #expect(
            try tool.ledger().map { "\($0.function) \($0.subject)" } == [
                "create example.com", "changePackage example.com", "suspend example.com",
                "unsuspend example.com", "terminate example.com",
            ])
        // The site is free again.
        _ = try await tool.succeed("create", Self.jane)
    }

    @Test(
        "What is not there is not found",
        arguments: ["login", "changePackage", "suspend", "unsuspend", "terminate"])
    func notFound(function: String) async throws {
        let tool = try DemoBench(SEOAdapter.self)
        let parameters: [String: JSONValue] = [
            "username": 7, "domain": "example.com", "package_identifier": "pro",
        ]
        #expect(try await tool.fail(function, parameters) == .notFound)
        #expect(try tool.ledger().isEmpty)
    }

    @Test("A site has one account")
    func taken() async throws {
        let tool = try DemoBench(SEOAdapter.self)
        _ = try await tool.succeed("create", Self.jane)
        let capitals = Self.jane.merging(["domain": "EXAMPLE.com"]) { $1 }
        #expect(try await tool.fail("create", capitals) == .alreadyExists)
        _ = try await tool.succeed("create", Self.jane.merging(["domain": "example.net"]) { $1 })
    }

    @Test("A second delivery does nothing twice")
    func repeated() async throws {
        let tool = try DemoBench(SEOAdapter.self)
        var action = tool.action("create", Self.jane)
        let first = await tool.run(action)
        action.possibleDuplicate = true
        let second = await tool.run(action)
        #expect(second.outcome == .succeeded && second.observed)
        #expect(second.result == first.result)
        let account: [String: JSONValue] = [
            "username": try #require(first.result?["username"]), "domain": "example.com",
        ]
        var termination = tool.action("terminate", account)
        _ = await tool.run(termination)
        termination.possibleDuplicate = true
        #expect(await tool.run(termination).observed)
        #expect(
            try tool.ledger().map { "\($0.function) \($0.subject)" } == [
                "create example.com", "terminate example.com",
            ])
    }

    @Test("Another action's account is not taken for one's own")
    func others() async throws {
        let tool = try DemoBench(SEOAdapter.self)
        _ = try await tool.succeed("create", Self.jane)
        var action = tool.action("create", Self.jane)
        action.possibleDuplicate = true
        let outcome = await tool.run(action)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .alreadyExists)
    }

    @Test(
        "A tool that hangs is looked at, and tells the truth",
        arguments: [
            ("hang_before_effect", .failed, 0), ("hang_after_effect", .succeeded, 1),
            ("unobservable", .unsure, 1),
        ] as [(String, AttemptOutcome, Int)])
    func hang(fault: String, outcome: AttemptOutcome, effects: Int) async throws {
        let tool = try DemoBench(SEOAdapter.self, settings: ["fault": .string(fault)])
        let result = try await tool.runLettingTimePass(tool.action("create", Self.jane))
        #expect(result.outcome == outcome)
        #expect(try tool.ledger().count == effects)
    }

    @Test("Faults meet only the functions that are named")
    func faults() async throws {
        let tool = try DemoBench(
            SEOAdapter.self, settings: ["fault": "transient", "fault_functions": ["suspend"]])
        let username = try #require(try await tool.succeed("create", Self.jane)["username"])
        let account: [String: JSONValue] = ["username": username, "domain": "example.com"]
        #expect(try await tool.fail("suspend", account) == .providerUnavailable)
        #expect(try tool.ledger().map { "\($0.function) \($0.subject)" } == ["create example.com"])
    }
}

import AdapterKit
import AdapterTestSupport
import BuildersAdapter
import Models
import Testing

@Suite("The demo website builder")
struct DemoTests {
    private static let jane: [String: JSONValue] = [
        "customer_id": "42", "customer_name": "Jane Doe", "customer_email": "jane@example.com",
        "domain_name": "example.com", "package_reference": "basic", "billing_cycle_months": 12,
    ]

    @Test("An account lives from opening to termination")
    func life() async throws {
        let builder = try DemoBench(BuildersAdapter.self)
        let opened = try await builder.succeed("create", Self.jane)
        #expect(opened["domain_name"] == "example.com")
        #expect(opened["package_reference"] == "basic")
        #expect(opened["suspended"] == false && opened["is_published"] == true)
        let account: [String: JSONValue] = [
            "account_reference": try #require(opened["account_reference"]),
            "site_builder_user_id": try #require(opened["site_builder_user_id"]),
        ]
        #expect(try await builder.succeed("getInfo", account) == opened)
        let login = try await builder.succeed("login", account)
        #expect(login["login_url"]?.stringValue?.hasPrefix("https://demo.example.com/auth/login/") == true)
        let package: [String: JSONValue] = [
            "package_reference": "pro", "billing_cycle_months": 1, "permissions": "EDIT",
        ]
        let changed = try await builder.succeed("changePackage", account.merging(package) { $1 })
        #expect(changed["package_reference"] == "pro")
        #expect(changed["permissions"] == "EDIT")
        let suspended = try await builder.succeed("suspend", account)
        #expect(suspended["suspended"] == true && suspended["is_published"] == false)
        let again: [String: JSONValue] = ["package_reference": "pro", "billing_cycle_months": 1]
        #expect(try await builder.succeed("unsuspend", account.merging(again) { $1 }) == changed)
        #expect(try await builder.succeed("terminate", account) == [:])
        #expect(try await builder.fail("getInfo", account) == .notFound)
        #expect(
            try builder.ledger().map(\.function) == [
                "create", "changePackage", "suspend", "unsuspend", "terminate",
            ])
        // The domain is free again.
        _ = try await builder.succeed("create", Self.jane)
    }

    @Test(
        "What is not there is not found",
        arguments: ["getInfo", "login", "changePackage", "suspend", "unsuspend", "terminate"])
    func notFound(function: String) async throws {
        let builder = try DemoBench(BuildersAdapter.self)
        let parameters: [String: JSONValue] = [
            "account_reference": "nobody", "package_reference": "pro", "billing_cycle_months": 1,
        ]
        #expect(try await builder.fail(function, parameters) == .notFound)
        #expect(try builder.ledger().isEmpty)
    }

    @Test("A domain has one site, and a site without one gets one")
    func domains() async throws {
        let builder = try DemoBench(BuildersAdapter.self)
        _ = try await builder.succeed("create", Self.jane)
        #expect(try await builder.fail("create", Self.jane) == .alreadyExists)
        let bare = Self.jane.merging(["domain_name": .null, "site_builder_user_id": "user-7"]) { $1 }
        let opened = try await builder.succeed("create", bare)
        #expect(opened["domain_name"]?.stringValue?.hasSuffix(".demo.example.com") == true)
        #expect(opened["site_builder_user_id"] == "user-7")
        _ = try await builder.succeed("create", bare)
    }

    @Test("A second delivery does nothing twice")
    func repeated() async throws {
        let builder = try DemoBench(BuildersAdapter.self)
        var action = builder.action("create", Self.jane)
        let first = await builder.run(action)
        action.possibleDuplicate = true
        let second = await builder.run(action)
        #expect(second.outcome == .succeeded && second.observed)
        #expect(second.result == first.result)
        let reference = try #require(first.result?["account_reference"])
        var termination = builder.action("terminate", ["account_reference": reference])
        _ = await builder.run(termination)
        termination.possibleDuplicate = true
        #expect(await builder.run(termination).observed)
        #expect(try builder.ledger().map(\.function) == ["create", "terminate"])
    }

    @Test("Another action's site is not taken for one's own")
    func others() async throws {
        let builder = try DemoBench(BuildersAdapter.self)
        _ = try await builder.succeed("create", Self.jane)
        var action = builder.action("create", Self.jane)
        action.possibleDuplicate = true
        let outcome = await builder.run(action)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .alreadyExists)
    }

    @Test(
        "A builder that hangs is looked at, and tells the truth",
        arguments: [
            ("hang_before_effect", .failed, 0), ("hang_after_effect", .succeeded, 1),
            ("unobservable", .unsure, 1),
        ] as [(String, AttemptOutcome, Int)])
    func hang(fault: String, outcome: AttemptOutcome, effects: Int) async throws {
        let builder = try DemoBench(BuildersAdapter.self, settings: ["fault": .string(fault)])
        let result = try await builder.runLettingTimePass(builder.action("create", Self.jane))
        #expect(result.outcome == outcome)
        #expect(try builder.ledger().count == effects)
    }

    @Test("Faults meet only the functions that are named")
    func faults() async throws {
        let builder = try DemoBench(
            BuildersAdapter.self, settings: ["fault": "transient", "fault_functions": ["suspend"]])
        let reference = try #require(try await builder.succeed("create", Self.jane)["account_reference"])
        #expect(
            try await builder.fail("suspend", ["account_reference": reference]) == .providerUnavailable)
        #expect(try builder.ledger().map(\.function) == ["create"])
    }
}

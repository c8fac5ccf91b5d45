import AdapterKit
import AdapterTestSupport
import AutoLoginAdapter
import Models
import ServiceRuntime
import TestSupport
import Testing

@Suite("The demo service that signs customers in")
struct DemoTests {
    private static let jane: [String: JSONValue] = [
        "user_id": 42, "package_identifier": "gold", "email": "jane@example.com",
    ]

    private static func service(_ settings: [String: JSONValue] = [:]) throws -> DemoBench {
        try DemoBench(AutoLoginAdapter.self, settings: settings)
    }

    /// Opens an account and names it as later calls do.
    private static func open(_ service: DemoBench) async throws -> [String: JSONValue] {
        ["username": try #require(try await service.succeed("create", jane)["username"])]
    }

    @Test("An account lives from opening to closing")
    func life() async throws {
        let service = try Self.service(["hostname": "svc.example.com"])
        let opened = try await service.succeed("create", Self.jane)
        #expect(opened["package_identifier"] == "gold")
        let account = ["username": try #require(opened["username"])]
        let url = try await service.succeed("login", account)["url"]?.stringValue
        #expect(url?.hasPrefix("https://svc.example.com/login/") == true)
        #expect(try await service.succeed("login", account)["url"]?.stringValue != url)
        #expect(try await service.succeed("suspend", account) == [:])
        #expect(try await service.fail("login", account) == .rejected)
        #expect(try await service.succeed("unsuspend", account) == [:])
        _ = try await service.succeed("login", account)
        #expect(
            try await service.succeed(
                "changePackage", account.merging(["package_identifier": "silver"]) { $1 }) == [:])
        #expect(try await service.succeed("renew", account) == [:])
        #expect(try await service.succeed("terminate", account) == [:])
        #expect(try await service.fail("login", account) == .notFound)
        let ledger = try service.ledger()
        #expect(
            ledger.map(\.function) == [
                "create", "suspend", "unsuspend", "changePackage", "renew", "terminate",
            ])
        #expect(ledger.first?.category == "auto-login")
        #expect(ledger.first?.subject == "42")
    }

    @Test(
        "What is not there is not found",
        arguments: ["login", "suspend", "unsuspend", "changePackage", "renew", "terminate"])
    func notFound(function: String) async throws {
        let service = try Self.service()
        #expect(try await service.fail(function, ["username": "nobody"]) == .notFound)
        #expect(try service.ledger().isEmpty)
    }

    @Test("A name is text or a number", arguments: [[:], [1], true, ""] as [JSONValue])
    func noName(name: JSONValue) async throws {
        #expect(try await Self.service().fail("login", ["username": name]) == .invalidInput)
    }

    @Test("A one-off address is sealed wherever it leaves the adapter")
    func sealed() async throws {
        let service = try Self.service()
        let outcome = await service.run(service.action("login", try await Self.open(service)))
        #expect(Sealer.isSealed(outcome.result?["url"]?.stringValue ?? ""))
    }

    @Test("A possible repeat does nothing twice", arguments: ["create", "renew", "terminate"])
    func repeated(function: String) async throws {
        let service = try Self.service()
        let account = function == "create" ? Self.jane : try await Self.open(service)
        _ = try await service.succeedTwice(function, account)
        #expect(try service.ledger().count { $0.function == function } == 1)
    }

    @Test("Another action's renewal is not taken for one's own")
    func othersRenewal() async throws {
        let service = try Self.service()
        let account = try await Self.open(service)
        _ = try await service.succeed("renew", account)
        var action = service.action("renew", account)
        action.possibleDuplicate = true
        let outcome = await service.run(action)
        #expect(outcome.outcome == .succeeded)
        #expect(!outcome.observed)
        #expect(try service.ledger().count { $0.function == "renew" } == 2)
    }

    @Test(
        "A service that hangs is looked at, and tells the truth",
        arguments: [
            ("hang_before_effect", .failed, 0), ("hang_after_effect", .succeeded, 1),
            ("unobservable", .unsure, 1),
        ] as [(String, AttemptOutcome, Int)])
    func hang(fault: String, expected: AttemptOutcome, effects: Int) async throws {
        let service = try Self.service(["fault": .string(fault)])
        let outcome = try await service.runLettingTimePass(service.action("create", Self.jane))
        #expect(outcome.outcome == expected)
        #expect(outcome.observed == (expected == .succeeded))
        #expect(try service.ledger().count == effects)
    }
}

import AdapterKit
import AdapterTestSupport
import BuildersAdapter
import Models
import TestSupport
import Testing

/// What the recordings do not show.
@Suite("BaseKit beyond the recordings")
struct BaseKitTests {
    private struct Bench {
        let brand = BaseKitBrand()
        let bench: AttemptBench
        private let folder: TemporaryFolder

        init() throws {
            let brand = brand
            folder = try TemporaryFolder()
            bench = AttemptBench(
                blueprint: Builders.blueprint, providers: BuildersAdapter.providers,
                network: StubTransport { brand.answer($0) }, dataFolder: folder.path)
        }

        func action(_ function: String, _ parameters: [String: JSONValue]) -> ExecuteAction {
            bench.action(
                function, provider: "base-kit",
                settings: [
                    "api_url": "https://rest.example.com/v1", "username": "acme", "password": "s3cret-words",
                    "brand_ref": 5, "suspension_package_ref": 99,
                ],
                parameters: parameters)
        }

        func run(_ action: ExecuteAction) async -> ActionOutcome {
            await bench.runner.run(action, isRedelivered: false, traceparent: nil)
        }

        func run(_ function: String, _ parameters: [String: JSONValue]) async -> ActionOutcome {
            await run(action(function, parameters))
        }
    }

    private static let jane: [String: JSONValue] = [
        "customer_id": "42", "customer_name": "Jané Doe", "customer_email": "jane@example.com",
        "domain_name": "example.com", "package_reference": "12", "billing_cycle_months": 12,
    ]
    private static let account: [String: JSONValue] = [
        "account_reference": "1", "domain_name": "example.com",
    ]
    private static let package: [String: JSONValue] = ["package_reference": "13", "billing_cycle_months": 1]

    // MARK: Opening

    @Test(
        "A creation whose answer was lost goes on where it stopped, and makes nothing twice",
        arguments: ["POST /v1/users", "POST /v1/sites"], [false, true])
    func resumed(lost: String, isDelivery: Bool) async throws {
        let bench = try Bench()
        var action = bench.action("create", Self.jane)
        bench.brand.lose(lost)
        let first = await bench.run(action)
        #expect(first.outcome == .failed)
        #expect(first.error?.kind == .timedOut)
        // Delivered a second time, or a new attempt.
        if isDelivery { action.possibleDuplicate = true } else { action.attempt = 2 }
        let second = await bench.run(action)
        #expect(second.outcome == .succeeded)
        #expect(second.result?["account_reference"] == "1")
        let user = try #require(bench.brand.users.first)
        #expect(bench.brand.users.count == 1)
        #expect(Array(user.sites.values) == ["example.com"])
        #expect(user.package == 12)
    }

    @Test("A creation that was whole is found, whatever was lost")
    func found() async throws {
        let bench = try Bench()
        var action = bench.action("create", Self.jane)
        bench.brand.lose("POST /v1/users/1/account-packages")
        let lost = await bench.run(action)
        #expect(lost.outcome == .succeeded && lost.observed)
        let count = bench.brand.calls.count { $0.hasPrefix("POST") }
        action.possibleDuplicate = true
        let repeated = await bench.run(action)
        #expect(repeated.observed)
        #expect(repeated.result == lost.result)
        #expect(bench.brand.calls.count { $0.hasPrefix("POST") } == count)
        // The list is read from the day before the action.
        let list = try #require(
            bench.brand.sent.elements.first { $0.path == "/v1/users" && $0.method == .get })
        #expect(list.query.contains(.init("dateFrom", "2026-02-02")))
    }

    @Test("Somebody else's user is not taken for one's own")
    func others() async throws {
        let bench = try Bench()
        bench.brand.add(.init(username: "jdoe45", email: "jane@example.com", sites: [7: "example.com"]))
        var action = bench.action("create", Self.jane)
        action.possibleDuplicate = true
        let outcome = await bench.run(action)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .alreadyExists)
        #expect(outcome.error?.message == "There is an account with this e-mail address already.")
    }

    @Test("A domain that is taken is told, with the user that was opened")
    func takenDomain() async throws {
        let bench = try Bench()
        bench.brand.add(.init(username: "joe", email: "joe@example.com", sites: [7: "example.com"]))
        let outcome = await bench.run("create", Self.jane)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .alreadyExists)
        #expect(outcome.error?.details?["account_reference"] == "2")
    }

    @Test("A name and a password are made, and no secret is in an address")
    func madeUp() async throws {
        let bench = try Bench()
        #expect(await bench.run("create", Self.jane).outcome == .succeeded)
        let user = try #require(bench.brand.users.first)
        #expect(user.username.hasPrefix("jdoe") && user.username.count == 14)
        let opening = try #require(bench.brand.sent.elements.first)
        guard case .json(let body) = opening.body, let password = body["password"]?.stringValue else {
            Issue.record("no password was sent")
            return
        }
        #expect(password.count == 20)
        for request in bench.brand.sent.elements {
            #expect(!request.url.contains(password) && !request.url.contains("s3cret-words"))
        }
    }

    // MARK: Suspension

    @Test("A suspended account's package is kept in the result, and is what it gets back")
    func suspension() async throws {
        let bench = try Bench()
        _ = await bench.run("create", Self.jane)
        let suspended = await bench.run("suspend", Self.account)
        #expect(suspended.result?["suspended"] == true)
        #expect(suspended.result?["package_reference"] == "12")
        #expect(bench.brand.users.first?.package == 99)
        let changed = await bench.run("changePackage", Self.account.merging(Self.package) { $1 })
        #expect(changed.error?.kind == .rejected)
        let wrong = Self.account.merging(["package_reference": "99", "billing_cycle_months": 1]) { $1 }
        #expect(await bench.run("unsuspend", wrong).error?.kind == .invalidInput)
        #expect(bench.brand.users.first?.package == 99)
        let active = await bench.run("unsuspend", Self.account.merging(Self.package) { $1 })
        #expect(active.result?["suspended"] == false)
        #expect(active.result?["package_reference"] == "13")
        #expect(active.result?["storage_used"] == "1.5 KB")
    }

    // MARK: Closing

    @Test("A termination that may be a repeat is done when the user is deleted")
    func terminatedBefore() async throws {
        let bench = try Bench()
        _ = await bench.run("create", Self.jane)
        var action = bench.action("terminate", Self.account)
        bench.brand.lose("DELETE /v1/users/1")
        let lost = await bench.run(action)
        #expect(lost.outcome == .succeeded && lost.observed)
        action.possibleDuplicate = true
        #expect(await bench.run(action).observed)
        #expect(bench.brand.calls.count { $0.hasPrefix("DELETE") } == 2)
    }

    @Test("An id cannot lead to another path", arguments: ["1/sites", "..", ""])
    func hostile(id: String) async throws {
        let bench = try Bench()
        let outcome = await bench.run("terminate", ["account_reference": .string(id)])
        #expect(outcome.error?.kind == .invalidInput)
        #expect(bench.brand.calls.isEmpty)
    }
}

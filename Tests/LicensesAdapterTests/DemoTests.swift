import AdapterKit
import AdapterTestSupport
import LicensesAdapter
import Models
import ServiceRuntime
import TestSupport
import Testing

@Suite("The demo vendor of licences")
struct DemoTests {
    private static let jane: [String: JSONValue] = [
        "customer_name": "Jane Doe", "customer_email": "jane@example.com", "package_identifier": "gold",
        "ip": "192.0.2.90", "billing_cycle_months": 12,
    ]

    private static func vendor(_ settings: [String: JSONValue] = [:]) throws -> DemoBench {
        try DemoBench(LicensesAdapter.self, settings: settings)
    }

    /// Issues a licence and names it as later calls do.
    private static func issue(_ vendor: DemoBench) async throws -> [String: JSONValue] {
        let issued = try await vendor.succeed("create", jane)
        return ["license_key": try #require(issued["license_key"])]
    }

    @Test("A licence lives from issuing to ending")
    func life() async throws {
        let vendor = try Self.vendor()
        let issued = try await vendor.succeed("create", Self.jane)
        #expect(issued["license_key"]?.stringValue?.hasPrefix("DEMO-") == true)
        #expect(issued["package_identifier"] == "gold")
        var license = ["license_key": try #require(issued["license_key"])]
        let usage = try await vendor.succeed("getUsageData", license)
        #expect(usage["units_consumed"] == 3)
        #expect(usage["usage_data"]?["status"] == "active")
        #expect(usage["usage_data"]?["ip"] == "192.0.2.90")
        #expect(usage["usage_data"]?["paid_months"] == 12)
        let renewed = try await vendor.succeed("renew", license.merging(["billing_cycle_months": 6]) { $1 })
        #expect(renewed == ["package_identifier": "gold"])
        let changed = try await vendor.succeed(
            "changePackage", license.merging(["package_identifier": "silver"]) { $1 })
        #expect(changed == ["package_identifier": "silver"])
        #expect(try await vendor.succeed("suspend", license) == [:])
        let suspended = try await vendor.succeed("getUsageData", license)["usage_data"]
        #expect(suspended?["status"] == "suspended")
        #expect(suspended?["package"] == "silver")
        #expect(suspended?["paid_months"] == 18)
        #expect(try await vendor.succeed("unsuspend", license) == [:])
        let key = try await vendor.succeed("reissue", license)["license_key"]
        #expect(key != license["license_key"])
        #expect(try await vendor.fail("getUsageData", license) == .notFound)
        license["license_key"] = key
        #expect(try await vendor.succeed("getUsageData", license)["usage_data"]?["status"] == "active")
        #expect(try await vendor.succeed("getUsageData", license)["usage_data"]?["ip"] == .null)
        #expect(try await vendor.succeed("terminate", license) == [:])
        #expect(try await vendor.fail("getUsageData", license) == .notFound)
        let ledger = try vendor.ledger()
        #expect(
            ledger.map(\.function) == [
                "create", "renew", "changePackage", "suspend", "unsuspend", "reissue", "terminate",
            ])
        #expect(ledger.first?.category == "licenses")
        #expect(ledger.first?.subject == "jane@example.com")
    }

    @Test(
        "What is not there is not found",
        arguments: [
            "getUsageData", "renew", "changePackage", "reissue", "suspend", "unsuspend", "terminate",
        ])
    func notFound(function: String) async throws {
        let vendor = try Self.vendor()
        #expect(try await vendor.fail(function, ["license_key": "DEMO-NONE"]) == .notFound)
        #expect(try vendor.ledger().isEmpty)
    }

    @Test("A key is text or a number", arguments: [[:], [1], true, ""] as [JSONValue])
    func noKey(key: JSONValue) async throws {
        #expect(try await Self.vendor().fail("suspend", ["license_key": key]) == .invalidInput)
    }

    @Test("A key is sealed wherever it leaves the adapter")
    func sealed() async throws {
        let vendor = try Self.vendor()
        let outcome = await vendor.run(vendor.action("create", Self.jane))
        #expect(Sealer.isSealed(outcome.result?["license_key"]?.stringValue ?? ""))
    }

    @Test("A possible repeat does nothing twice", arguments: ["create", "renew", "reissue", "terminate"])
    func repeated(function: String) async throws {
        let vendor = try Self.vendor()
        let license = function == "create" ? Self.jane : try await Self.issue(vendor)
        _ = try await vendor.succeedTwice(function, license)
        #expect(try vendor.ledger().count { $0.function == function } == 1)
    }

    @Test("Another action's renewal is not taken for one's own")
    func othersRenewal() async throws {
        let vendor = try Self.vendor()
        let license = try await Self.issue(vendor)
        _ = try await vendor.succeed("renew", license)
        var action = vendor.action("renew", license)
        action.possibleDuplicate = true
        let outcome = await vendor.run(action)
        #expect(outcome.outcome == .succeeded)
        #expect(!outcome.observed)
        #expect(try vendor.ledger().count { $0.function == "renew" } == 2)
    }

    @Test(
        "A vendor that hangs is looked at, and tells the truth",
        arguments: [
            ("hang_before_effect", .failed, 0), ("hang_after_effect", .succeeded, 1),
            ("unobservable", .unsure, 1),
        ] as [(String, AttemptOutcome, Int)])
    func hang(fault: String, expected: AttemptOutcome, effects: Int) async throws {
        let vendor = try Self.vendor(["fault": .string(fault)])
        let outcome = try await vendor.runLettingTimePass(vendor.action("create", Self.jane))
        #expect(outcome.outcome == expected)
        #expect(outcome.observed == (expected == .succeeded))
        #expect(try vendor.ledger().count == effects)
    }

    @Test("A fault meets the functions that are named, and leaves no trace")
    func chosen() async throws {
        let vendor = try Self.vendor(["fault": "rejected", "fault_functions": ["renew"]])
        let license = try await Self.issue(vendor)
        #expect(try await vendor.fail("renew", license) == .rejected)
        #expect(try vendor.ledger().map(\.function) == ["create"])
    }
}

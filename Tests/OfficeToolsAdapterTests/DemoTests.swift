import AdapterKit
import AdapterTestSupport
import GRDB
import Models
import ServiceRuntime
import TestSupport
import Testing

@testable import OfficeToolsAdapter

@Suite("The demo of office tools")
struct DemoTests {
    /// A simulated vendor and a way to run actions on it.
    private struct Vendor: Sendable {
        struct Unexpected: Error {
            let outcome: ActionOutcome
        }

        private let bench: AttemptBench
        private let folder: TemporaryFolder
        private let settings: [String: JSONValue]

        init(settings: [String: JSONValue] = [:]) throws {
            self.settings = settings
            folder = try TemporaryFolder()
            bench = AttemptBench(
                blueprint: OfficeTools.blueprint, providers: OfficeToolsAdapter.providers,
                network: NoTransport(), dataFolder: folder.path)
        }

        func action(_ function: String, _ parameters: [String: JSONValue], attempt: Int = 1) -> ExecuteAction
        {
            bench.action(
                function, provider: "demo", settings: settings, parameters: parameters, attempt: attempt,
                timeoutSeconds: 10)
        }

        func run(_ action: ExecuteAction) async -> ActionOutcome {
            await bench.runner.run(action, isRedelivered: false, traceparent: nil)
        }

        func runLettingTimePass(_ action: ExecuteAction) async throws -> ActionOutcome {
            try await bench.runLettingTimePass(action)
        }

        func succeed(_ function: String, _ parameters: [String: JSONValue]) async throws -> [String:
            JSONValue]
        {
            let outcome = await run(action(function, parameters))
            guard outcome.outcome == .succeeded, let result = outcome.result else {
                throw Unexpected(outcome: outcome)
            }
            return result
        }

        func fail(_ function: String, _ parameters: [String: JSONValue]) async throws -> ErrorKind {
            let outcome = await run(action(function, parameters))
            guard outcome.outcome == .failed, let error = outcome.error else {
                throw Unexpected(outcome: outcome)
            }
            return error.kind
        }

        /// The functions of the ledger's rows, in order; it is made at the first use.
        func ledger() throws -> [String] {
            guard try folder.files().contains("demo/ledger.sqlite") else { return [] }
            return try DatabaseQueue(path: folder.path + "/demo/ledger.sqlite").read { db in
                try String.fetchAll(
                    db, sql: "SELECT function FROM effects WHERE category = 'office-tools' ORDER BY rowid")
            }
        }
    }

    private static let billing: JSONValue = ["amount": 12.5, "currency": "GBP", "billing_cycle_months": 1]
    private static let jane: [String: JSONValue] = [
        "domain": "Example.com", "customer_id": "c1", "customer_email": "jane@example.com",
        "plan": "business", "seat_count": 5, "billing": billing,
    ]

    /// What names a service that was ordered.
    private static func key(of service: [String: JSONValue]) throws -> [String: JSONValue] {
        let id = try #require(service["service_id"])
        return ["service_id": id, "customer_id": "c1"]
    }

    @Test("A service lives from its order to its termination")
    func life() async throws {
        let vendor = try Vendor()
        let service = try await vendor.succeed("create", Self.jane)
        #expect(service["domain"] == "example.com")
        #expect(service["expiry_date"] == "2026-03-03")
        #expect(service["status"] == "active")
        #expect(service["seat_count"] == 5)
        let key = try Self.key(of: service)
        #expect(try await vendor.succeed("getInfo", key) == service)
        let login = try await vendor.succeed("login", key)
        #expect(login["type"] == "redirect")
        #expect(Sealer.isSealed(login["url"]?.stringValue ?? ""))
        let token = try await vendor.succeed("login", key.merging(["login_type": "token"]) { $1 })
        #expect(Sealer.isSealed(token["token"]?.stringValue ?? ""))
        let changes: [String: JSONValue] = [
            "domain": "example.com", "plan": "enterprise", "seat_count": 10, "billing": Self.billing,
        ]
        let changed = try await vendor.succeed("changePackage", key.merging(changes) { $1 })
        #expect(changed["plan"] == "enterprise")
        #expect(changed["seat_count"] == 10)
        #expect(changed["expiry_date"] == "2026-03-03")
        let payment: [String: JSONValue] = ["domain": "example.com", "billing": Self.billing]
        let renewed = try await vendor.succeed("renew", key.merging(payment) { $1 })
        #expect(renewed["expiry_date"] == "2026-04-03")
        #expect(try await vendor.succeed("suspend", key)["status"] == "suspended")
        #expect(try await vendor.fail("login", key) == .rejected)
        #expect(try await vendor.succeed("unsuspend", key)["status"] == "active")
        #expect(try await vendor.succeed("terminate", key) == [:])
        #expect(try await vendor.fail("getInfo", key) == .notFound)
        #expect(
            try vendor.ledger() == [
                "create", "changePackage", "renew", "suspend", "unsuspend", "terminate",
            ])
    }

    @Test(
        "What is not there, or another customer's, is not found",
        arguments: ["getInfo", "login", "suspend", "unsuspend", "terminate"])
    func notFound(function: String) async throws {
        let vendor = try Vendor()
        #expect(try await vendor.fail(function, ["service_id": "svc-1", "customer_id": "c1"]) == .notFound)
        #expect(try vendor.ledger().isEmpty)
        let id = try #require(try await vendor.succeed("create", Self.jane)["service_id"])
        #expect(try await vendor.fail(function, ["service_id": id, "customer_id": "c2"]) == .notFound)
        #expect(try vendor.ledger() == ["create"])
    }

    @Test("A domain has one service, and a service at least one seat")
    func refused() async throws {
        let vendor = try Vendor()
        _ = try await vendor.succeed("create", Self.jane)
        #expect(try await vendor.fail("create", Self.jane) == .alreadyExists)
        let none = Self.jane.merging(["domain": "example.org", "seat_count": 0]) { $1 }
        #expect(try await vendor.fail("create", none) == .invalidInput)
    }

    @Test("A second delivery does nothing twice", arguments: ["create", "renew", "terminate"])
    func repeated(function: String) async throws {
        let vendor = try Vendor()
        var parameters = Self.jane
        if function != "create" {
            parameters = try Self.key(of: try await vendor.succeed("create", Self.jane))
            if function == "renew" {
                parameters.merge(["domain": "example.com", "billing": Self.billing]) { $1 }
            }
        }
        var action = vendor.action(function, parameters)
        let first = await vendor.run(action)
        #expect(first.outcome == .succeeded)
        action.attempt = 2
        action.possibleDuplicate = true
        let second = await vendor.run(action)
        #expect(second.outcome == .succeeded)
        #expect(second.result == first.result)
        #expect(try vendor.ledger().count { $0 == function } == 1)
    }

    @Test(
        "A vendor that hangs is looked at, and tells the truth",
        arguments: [
            ("hang_before_effect", .failed, 0), ("hang_after_effect", .succeeded, 1),
            ("unobservable", .unsure, 1),
        ] as [(String, AttemptOutcome, Int)])
    func hang(fault: String, outcome: AttemptOutcome, effects: Int) async throws {
        let vendor = try Vendor(settings: ["fault": .string(fault)])
        let result = try await vendor.runLettingTimePass(vendor.action("create", Self.jane))
        #expect(result.outcome == outcome)
        #expect(result.observed == (outcome == .succeeded))
        #expect(try vendor.ledger().count == effects)
    }

    @Test(
        "A fault before the effect leaves no trace",
        arguments: [
            ("transient", .providerUnavailable), ("rejected", .rejected),
            ("unreachable", .providerUnavailable), ("rate_limited", .rateLimited),
        ] as [(String, ErrorKind)])
    func faultBefore(fault: String, kind: ErrorKind) async throws {
        let vendor = try Vendor(settings: ["fault": .string(fault)])
        #expect(try await vendor.fail("create", Self.jane) == kind)
        #expect(try vendor.ledger().isEmpty)
    }

    @Test(
        "A term ends on the same day of the month, or on its last",
        arguments: [
            ("2026-02-03", 1, "2026-03-03"), ("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"),
            ("2024-02-29", 12, "2025-02-28"), ("2026-11-30", 3, "2027-02-28"),
            ("2026-12-01", 0, "2026-12-01"),
        ])
    func months(start: String, months: Int, end: String) throws {
        let moment = try #require(Timestamp(written: start))
        #expect(moment.advanced(byMonths: months).dayText == end)
    }
}

import AdapterKit
import AdapterTestSupport
import GRDB
@testable import HostingAdapter
import Models
import ServiceRuntime
import TestSupport
import Testing

@Suite("The demo panel")
struct DemoTests {
    // MARK: What it does

    @Test("An account lives from opening to termination")
    func life() async throws {
        let panel = try Panel()
        let account = try await panel.succeed("create", Panel.jane)
        #expect(account["username"] == "examplec")
        #expect(account["domain"] == "example.com")
        #expect(account["server_hostname"] == "demo.example.com")
        #expect(account["suspended"] == false)
        let name: [String: JSONValue] = ["username": "examplec"]
        #expect(try await panel.succeed("getInfo", name) == account)
        let suspended = try await panel.succeed("suspend", name.merging(["reason": "Overdue"]) { $1 })
        #expect(suspended["suspended"] == true)
        #expect(suspended["suspend_reason"] == "Overdue")
        let active = try await panel.succeed("unsuspend", name)
        #expect(active["suspended"] == false)
        #expect(active["suspend_reason"] == nil)
        let changed = try await panel.succeed(
            "changePackage", name.merging(["package_name": "silver"]) { $1 })
        #expect(changed["package_name"] == "silver")
        #expect(try await panel.succeed("grantReseller", name) == ["reseller": true])
        #expect(try await panel.succeed("getInfo", name)["reseller"] == true)
        #expect(try await panel.succeed("revokeReseller", name) == ["reseller": false])
        _ = try await panel.succeed("changePassword", name.merging(["password": "N3w-Passw0rd!x"]) { $1 })
        let login = try await panel.succeed("getLoginUrl", name.merging(["user_ip": "192.0.2.1"]) { $1 })
        #expect(Sealer.isSealed(login["login_url"]?.stringValue ?? ""))
        #expect(try await panel.succeed("getUsage", name)["usage_data"]?["disk_mb"]?["used_pc"] == "30%")
        #expect(try await panel.succeed("terminate", name) == [:])
        #expect(try await panel.fail("getInfo", name) == .notFound)
        #expect(
            try panel.ledger().map(\.function) == [
                "create", "suspend", "unsuspend", "changePackage", "grantReseller", "revokeReseller",
                "changePassword", "terminate",
            ])
    }

    @Test(
        "What is not there is not found",
        arguments: [
            "getInfo", "getUsage", "suspend", "unsuspend", "terminate", "grantReseller", "revokeReseller",
        ])
    func notFound(function: String) async throws {
        let panel = try Panel()
        #expect(try await panel.fail(function, ["username": "nobody"]) == .notFound)
        #expect(try panel.ledger().isEmpty)
    }

    @Test("A domain or a name is given once")
    func taken() async throws {
        let panel = try Panel()
        _ = try await panel.succeed("create", Panel.jane)
        #expect(try await panel.fail("create", Panel.jane) == .alreadyExists)
        let sameName = Panel.jane.merging(["domain": "example.org", "username": "examplec"]) { $1 }
        #expect(try await panel.fail("create", sameName) == .alreadyExists)
        let other = try await panel.succeed("create", Panel.jane(at: "example.net"))
        let name = try #require(other["username"]?.stringValue)
        #expect(name != "examplec" && name.hasPrefix("examp") && name.count <= 8)
    }

    @Test("Each configuration is a panel of its own")
    func apart() async throws {
        let panel = try Panel()
        _ = try await panel.succeed("create", Panel.jane)
        _ = try await panel.succeed("create", Panel.jane, configuration: "cfg_other")
    }

    @Test("The ledger says who did what, when")
    func ledger() async throws {
        let panel = try Panel()
        let action = panel.action("create", Panel.jane, attempt: 3)
        _ = await panel.run(action)
        let row = try #require(try panel.ledger().first)
        #expect(row.actionID == action.actionID.rawValue)
        #expect(row.attempt == 3)
        #expect(row.category == "hosting")
        #expect(row.subject == "example.com")
        #expect(row.startedAt == ManualAdapterClock.usualStart.milliseconds)
        #expect(row.endedAt >= row.startedAt)
    }

    @Test("What was done is known after a restart, and to other processes")
    func shared() async throws {
        let folder = try TemporaryFolder()
        let first = try Panel(folder: folder)
        let second = try Panel(folder: folder)
        _ = try await first.succeed("create", Panel.jane)
        #expect(try await second.succeed("getInfo", ["username": "examplec"])["domain"] == "example.com")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                let panel = number.isMultiple(of: 2) ? first : second
                group.addTask {
                    _ = try await panel.succeed("create", Panel.jane(at: "a\(number).example"))
                }
            }
            try await group.waitForAll()
        }
        #expect(try first.ledger().count == 201)
    }

    // MARK: Faults

    @Test(
        "A fault before the effect leaves no trace",
        arguments: [
            ("transient", .providerUnavailable), ("rejected", .rejected),
            ("unreachable", .providerUnavailable),
            ("rate_limited", .rateLimited),
        ] as [(String, ErrorKind)])
    func faultBefore(fault: String, kind: ErrorKind) async throws {
        let panel = try Panel(settings: ["fault": .string(fault)])
        let outcome = await panel.run(panel.action("create", Panel.jane))
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == kind)
        #expect(outcome.retryAfterSeconds == (fault == "rate_limited" ? 1 : nil))
        #expect(try panel.ledger().isEmpty)
    }

    @Test(
        "A panel that hangs is looked at, and tells the truth",
        arguments: [
            ("hang_before_effect", .failed, 0), ("hang_after_effect", .succeeded, 1),
            ("unobservable", .unsure, 1),
        ] as [(String, AttemptOutcome, Int)])
    func hang(fault: String, outcome: AttemptOutcome, effects: Int) async throws {
        let panel = try Panel(settings: ["fault": .string(fault)])
        let result = try await panel.runLettingTimePass(panel.action("create", Panel.jane))
        #expect(result.outcome == outcome)
        #expect(result.observed == (outcome == .succeeded))
        #expect(try panel.ledger().count == effects)
        if outcome == .failed { #expect(result.error?.kind == .timedOut) }
        if outcome == .succeeded { #expect(result.result?["username"] == "examplec") }
    }

    @Test("A termination that hangs is looked at too")
    func hangingTermination() async throws {
        let panel = try Panel(settings: ["fault": "hang_after_effect", "fault_functions": ["terminate"]])
        _ = try await panel.succeed("create", Panel.jane)
        let result = try await panel.runLettingTimePass(panel.action("terminate", ["username": "examplec"]))
        #expect(result.outcome == .succeeded)
        #expect(result.observed)
    }

    @Test("A possible repeat does nothing twice")
    func repeated() async throws {
        let panel = try Panel()
        var action = panel.action("create", Panel.jane)
        _ = await panel.run(action)
        action.attempt = 2
        action.possibleDuplicate = true
        let outcome = await panel.run(action)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.observed)
        #expect(try panel.ledger().count == 1)
    }

    @Test("A slow panel takes five times as long, or 2 s", arguments: [(0, 2_000), (300, 1_500)])
    func slow(latency: Int, milliseconds: Int) async throws {
        let panel = try Panel(settings: ["fault": "slow", "latency_ms": .integer(latency)])
        let outcome = try await panel.runLettingTimePass(panel.action("create", Panel.jane))
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.begunAt.duration(to: outcome.endedAt) >= .milliseconds(milliseconds))
    }

    @Test("Faults meet only the functions that are named, and as often as is said")
    func chosen() async throws {
        let panel = try Panel(settings: ["fault": "transient", "fault_functions": ["suspend"]])
        _ = try await panel.succeed("create", Panel.jane)
        #expect(try await panel.fail("suspend", ["username": "examplec"]) == .providerUnavailable)
        let lucky = try Panel(settings: ["fault": "rejected", "fault_rate": 0])
        _ = try await lucky.succeed("create", Panel.jane)
    }

    @Test("A seed makes the same calls fail on every run")
    func seeded() async throws {
        func failures() async throws -> [Bool] {
            let panel = try Panel(settings: ["fault": "transient", "fault_rate": 0.5, "seed": 42])
            var failures: [Bool] = []
            for number in 0..<40 {
                let parameters = Panel.jane(at: "a\(number).example")
                failures.append(await panel.run(panel.action("create", parameters)).outcome == .failed)
            }
            return failures
        }
        let first = try await failures()
        #expect(try await failures() == first)
        #expect((8...32).contains(first.count { $0 }))
    }

    @Test(
        "A name made from a domain is one that panels take",
        arguments: [
            ("example.com", "examplecom"), ("my-shop24.co.uk", "myshop24"), ("24seven.org", "sevenorg"),
            ("test.com", "atestcom"),
            ("münchen.de", "mnchende"), ("123.4", "a"),
        ])
    func usernames(domain: String, name: String) {
        #expect(PanelUsername.make(from: domain).hasPrefix(String(name.prefix(7))))
        #expect((1...8).contains(PanelUsername.make(from: domain).count))
        #expect(PanelUsername.make(from: domain, isUnique: true).count <= 8)
        #expect(
            PanelUsername.make(from: domain, isUnique: true)
                != PanelUsername.make(from: domain + "x", isUnique: true))
    }
}

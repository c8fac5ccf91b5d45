import Models
import Testing

@testable import Orchestrator

/// What follows from an event, as a table.
struct EventPlanTests {
    private static func definition(_ type: String, _ blueprint: BlueprintDefinition) throws
        -> BusinessEventDefinition
    {
        try #require(blueprint.businessEvents.first { $0.type == type })
    }

    private static func function(_ plan: EventPlan) -> String? {
        if case .run(let function, _) = plan { function } else { nil }
    }

    @Test func `Every category does on each event what it can`() throws {
        let full = [
            "product.activated": "create", "product.overdue": "suspend", "product.paid": "unsuspend",
            "product.renewed": "renew", "product.package_changed": "changePackage",
            "product.cancelled": "terminate",
        ]
        let without = full.filter { $0.key != "product.renewed" }
        var expected = [
            "hosting": without, "licenses": full, "seo": without, "builders": without, "office-tools": full,
            "auto-login": full, "servers": without,
            "domains": ["product.activated": "register", "product.renewed": "renew"],
        ]
        expected["servers"]?["product.package_changed"] = "resize"
        for blueprint in Blueprints.all {
            for event in blueprint.businessEvents {
                let plan = EventPlan(event, override: nil, data: [:], status: .suspended)
                #expect(
                    Self.function(plan) == expected[blueprint.category]?[event.type],
                    "\(blueprint.category) \(event.type)")
            }
        }
    }

    @Test func `A domain with an authorisation code is brought in`() throws {
        let activated = try Self.definition("product.activated", Domains.blueprint)
        func plan(_ data: [String: JSONValue]) -> EventPlan {
            EventPlan(activated, override: nil, data: data, status: .pending)
        }
        #expect(plan(["epp_code": "x"]) == .run(function: "transfer", delaySeconds: 0))
        #expect(plan(["epp_code": .null]) == .run(function: "register", delaySeconds: 0))
    }

    @Test func `What is not suspended is not unsuspended`() throws {
        let paid = try Self.definition("product.paid", Hosting.blueprint)
        for status in ProductStatus.allCases {
            let plan = EventPlan(paid, override: nil, data: [:], status: status)
            if status == .suspended {
                #expect(plan == .run(function: "unsuspend", delaySeconds: 0))
            } else {
                guard case .nothing("unsuspend", let reason, true) = plan else {
                    Issue.record("\(status): \(plan)")
                    continue
                }
                #expect(reason.contains(status.rawValue))
            }
        }
    }

    @Test func `A product's own settings go first`() throws {
        let overdue = try Self.definition("product.overdue", Hosting.blueprint)
        func plan(_ setting: JSONValue) -> EventPlan {
            EventPlan(overdue, override: EventOverride(setting), data: [:], status: .active)
        }
        #expect(plan(["delay_seconds": 60]) == .run(function: "suspend", delaySeconds: 60))
        #expect(plan(["function": "terminate"]) == .run(function: "terminate", delaySeconds: 0))
        guard case .nothing(nil, _, true) = plan(.null) else {
            Issue.record("null runs something")
            return
        }
    }

    @Test func `Settings are merged, and what is wrong with them is told by member`() throws {
        func merged(_ changed: [String: JSONValue], into: [String: JSONValue] = [:]) throws
            -> [String: JSONValue]
        {
            try EventOverride.merged(changed, into: into, blueprint: Hosting.blueprint)
        }
        let kept = try merged(
            ["product.cancelled": .null, "product.paid": .object([:])],
            into: ["product.overdue": ["delay_seconds": 60], "product.paid": ["function": "getInfo"]])
        #expect(kept == ["product.overdue": ["delay_seconds": 60], "product.cancelled": .null])
        let year = 365 * 86_400
        #expect(try merged(["product.overdue": ["delay_seconds": .integer(year)]]).count == 1)
        let wrong: [(String, JSONValue, String)] = [
            ("product.lost", .null, "/business_events/product.lost"),
            ("product.paid", "unsuspend", "/business_events/product.paid"),
            ("product.paid", ["function": "renew"], "/business_events/product.paid/function"),
            ("product.paid", ["delay_seconds": -1], "/business_events/product.paid/delay_seconds"),
            (
                "product.paid", ["delay_seconds": .integer(year + 1)],
                "/business_events/product.paid/delay_seconds"
            ),
            ("product.paid", ["after": 5], "/business_events/product.paid/after"),
        ]
        for (type, value, pointer) in wrong {
            let failure = #expect(throws: RequestFailure.self) { try merged([type: value]) }
            #expect(failure?.problems.map(\.pointer) == [pointer])
        }
    }
}

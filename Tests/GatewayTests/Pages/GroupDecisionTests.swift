import HTTPTypes
import Models
import Synchronization
import Testing

@testable import Gateway

/// Deciding on a group: a few first, then the rest, and no further than it goes well.
@Suite struct GroupDecisionTests {
    private static func actions(_ harness: GatewayHarness, _ count: Int, _ state: ActionState) -> [String] {
        (0..<count).map { _ in
            let id = ActionID.make()
            var action = Fixtures.action(id, "suspend", on: harness.product)
            action.state = state
            harness.fake.state.withLock { [action] in $0.actions[id] = action }
            return id.rawValue
        }
    }

    private static func form(_ decision: String, _ ids: [String], done: [String] = []) -> [(String, String)] {
        [("decision", decision), ("attention", "failed")] + ids.map { ("id", $0) } + done.map { ("done", $0) }
    }

    private static func decided(_ harness: GatewayHarness) -> [String] {
        harness.fake.state.withLock { $0.decisions.map(\.id.rawValue) }
    }

    @Test func `a few go first, and exactly those that were ticked follow`() async throws {
        try await GatewayHarness.run { harness in
            let ids = Self.actions(harness, GroupDecision.lookEvery + 5, .queued)
            let first = try await harness.send("/admin/attention", Self.form("retry", ids))
            #expect(first.status == 200, "\(first.text)")
            #expect(Self.decided(harness) == Array(ids.prefix(GroupDecision.firstCount)))
            let rest = Array(ids.dropFirst(GroupDecision.firstCount))
            for id in rest { #expect(first.text.contains("name=\"id\" value=\"\(id)\"")) }
            let second = try await harness.send(
                "/admin/attention",
                Self.form("retry", rest, done: Array(ids.prefix(GroupDecision.firstCount))))
            #expect(Self.decided(harness) == ids)
            #expect(!second.text.contains("name=\"id\""))
        }
    }

    @Test func `the rest stops where what was retried fails again`() async throws {
        try await GatewayHarness.run { harness in
            let ids = Self.actions(harness, GroupDecision.lookEvery + 5, .failed)
            let answer = try await harness.send("/admin/attention", Self.form("retry", ids, done: [ids[0]]))
            #expect(answer.text.contains("have failed again"), "\(answer.text)")
            #expect(Self.decided(harness) == Array(ids.prefix(GroupDecision.lookEvery)))
            for id in ids.dropFirst(GroupDecision.lookEvery) {
                #expect(answer.text.contains("name=\"id\" value=\"\(id)\""))
            }
        }
    }

    @Test func `a count that stopped at its limit says so`() async throws {
        try await GatewayHarness.run { harness in
            let page = try await harness.page("/admin/attention").text
            #expect(page.contains("Failed (2)"))
            #expect(page.contains("Unsure (\(Attention.countLimit)+)"))
            #expect(page.contains("Stuck (0)"))
            let overview = try await harness.page("/admin").text
            #expect(overview.contains("\(Attention.countLimit)+"))
        }
    }

    @Test func `what is no decision of ours, or no action, is not carried out`() async throws {
        try await GatewayHarness.run { harness in
            let ids = Self.actions(harness, 1, .failed)
            let foreign = try await harness.send("/admin/attention", Self.form("delete", ids))
            #expect(foreign.status == 422)
            let nothing = try await harness.send("/admin/attention", Self.form("retry", ["act_x", "../x"]))
            #expect(nothing.status == 303)
            #expect(Self.decided(harness).isEmpty)
        }
    }
}

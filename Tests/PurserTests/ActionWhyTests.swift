import Models
import Testing

@testable import Purser

/// What the command line says of why an action stands where it does.
@Suite struct ActionWhyTests {
    private static let id = ActionID.make().rawValue
    private static let other = ActionID.make().rawValue

    private static func action(_ state: String, _ because: String? = nil) -> JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(id), "state": .string(state), "category": "hosting", "function": "create",
            "requested_by": "operator (tok_1)", "created_at": "2026-02-03T10:11:12.000Z",
            "waiting_until": "2026-02-03T11:00:00.000Z",
        ]
        members["waiting_because"] = because.map { .string($0) }
        return .object(members)
    }

    @Test(arguments: [
        ("scheduled", "It runs by itself at 2026-02-03T11:00:00.000Z."),
        ("waiting", "purser action retry"), ("unsure", "purser action adopt"),
        ("unsure", "purser action abandon"),
        ("failed", "purser action retry"), ("dispatched", "the hosting adapter answers"),
        ("deferred", "looked at again by itself at 2026-02-03T11:00:00.000Z"),
        ("awaitingApproval", "approve or reject"), ("succeeded", "it has ended"),
    ])
    func `every state says what moves it`(_ state: String, _ move: String) {
        let moves = ActionMoves.of(Self.action(state))
        #expect(moves.contains { $0.contains(move) }, "\(moves)")
    }

    @Test func `no state is without an answer`() {
        for state in ActionState.allCases { #expect(!ActionMoves.of(Self.action(state.rawValue)).isEmpty) }
    }

    @Test func `a queued action names the one that it waits for`() {
        let sentence = "It waits for \(Self.other) (create) on the same product, which is unsure."
        let action = Self.action("queued", sentence)
        #expect(ActionWhy.blocker(of: action) == Self.other)
        #expect(ActionMoves.of(action).contains("purser action why \(Self.other)"))
        #expect(ActionWhy.blocker(of: Self.action("queued", "It is about to be handed over.")) == nil)
        #expect(ActionWhy.blocker(of: Self.action("waiting", sentence)) == nil)
    }

    @Test func `the history is in order, with errors, and says nothing twice`() {
        var members = Self.action("failed").objectValue ?? [:]
        members["attempts"] = [
            [
                "number": 1, "outcome": "failed", "possible_duplicate": false,
                "error": ["kind": "timedOut", "message": "It took too long."],
                "dispatched_at": "2026-02-03T10:11:12.000Z", "begun_at": "2026-02-03T10:11:13.000Z",
                "ended_at": "2026-02-03T10:12:00.000Z",
            ],
            ["number": 2, "possible_duplicate": true, "dispatched_at": "2026-02-03T10:13:00.000Z"],
        ]
        let log: [JSONValue] = [
            ["time": "2026-02-03T10:11:13.500Z", "service": "hosting-adapter", "message": "Began attempt"],
            [
                "time": "2026-02-03T10:12:30.000Z", "service": "orchestrator", "message": "Decided on action",
                "metadata": ["decision": "retry"],
            ],
        ]
        let history = ActionHistory.of(.object(members), log: log)
        #expect(
            history.map { $0.text("what") } == [
                "accepted", "attempt 1 handed over", "attempt 1 begun", "attempt 1 failed",
                "orchestrator: Decided on action", "attempt 2 handed over",
            ])
        #expect(history[3].text("detail") == "timedOut: It took too long.")
        #expect(history[4].text("detail") == "decision=retry")
        #expect(history[5].text("detail")?.contains("looked at first") == true)
    }

    @Test func `the answer is shown with what it waits for`() {
        let text = ActionWhy.text([
            "id": .string(Self.id), "state": "queued", "function": "suspend", "because": "It waits.",
            "moves": ["It runs by itself."],
            "waits_for": [
                [
                    "id": .string(Self.other), "function": "create", "state": "unsure",
                    "because": "Nobody knows.",
                ]
            ],
            "history": [["time": "2026-02-03T10:11:12.000Z", "what": "accepted"]],
            "log_missing": "The log collector is away.",
        ])
        for part in ["It waits.", Self.other, "Nobody knows.", "It runs by itself.", "accepted", "is away"] {
            #expect(text.contains(part), "\(text)")
        }
    }
}

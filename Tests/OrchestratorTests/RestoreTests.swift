import Bus
import Foundation
import Models
import Orchestrator
import Synchronization
import TestSupport
import Testing

/// Starting on a backup: what happened since it was made, nobody here knows.
struct RestoreTests {
    /// Actions that were open when the backup was made, each on a product of its own.
    private struct Open: Sendable {
        var created: ActionID
        var suspended: ActionID
        var terminated: ActionID
        var lookedUp: ActionID
        var scheduled: ActionID
        var pending: ContractProductID
    }

    /// Makes a data folder in whose middle nothing is answered, and marks it as a backup.
    private static func backup(in folder: URL, clock: TestClock) async throws -> Open {
        let open = Mutex<Open?>(nil)
        try await OrchestratorHarness.run(folder: folder, clock: clock, adapter: { _ in nil }) { harness in
            let created = try await harness.submit(
                "create", on: try await harness.product(), ActionServiceTests.create)
            let suspended = try await harness.submit("suspend", on: try await harness.activeProduct())
            let terminated = try await harness.submit("terminate", on: try await harness.activeProduct())
            let lookedUp = try await harness.submit("getInfo", on: try await harness.activeProduct())
            let scheduled = try await harness.submit(
                "suspend", on: try await harness.activeProduct(),
                runAt: harness.clock.now.advanced(by: .seconds(86_400)))
            let found = Open(
                created: created.action.id, suspended: suspended.action.id, terminated: terminated.action.id,
                lookedUp: lookedUp.action.id, scheduled: scheduled.action.id,
                pending: try await harness.product())
            open.withLock { $0 = found }
        }
        let file = folder.appending(path: "orchestrator/purser.sqlite")
        try Store.mark(backup: file, madeAt: clock.now)
        return try #require(open.withLock { $0 })
    }

    @Test func `What was open is looked at, or waits for a person, and nothing is done blindly`() async throws
    {
        let folder = try TemporaryFolder()
        let clock = TestClock()
        let open = try await Self.backup(in: folder.url, clock: clock)
        clock.advance(by: .seconds(3600))
        try await OrchestratorHarness.run(
            folder: folder.url, clock: clock, adapter: ActionServiceTests.obliging
        ) {
            harness in
            for id in [open.created, open.terminated] {
                #expect(try await harness.wait(for: id, .succeeded).attempts.last?.possibleDuplicate == true)
            }
            _ = try await harness.wait(for: open.lookedUp, .succeeded)
            let unsure = try await harness.show(open.suspended)
            #expect(unsure.state == .unsure)
            #expect(unsure.error?.message.contains("backup") == true)
            #expect(try await harness.show(open.scheduled).state == .scheduled)
            let executed = harness.executions.withLock { $0 }
            #expect(executed.allSatisfy { $0.actionID != open.suspended && $0.actionID != open.scheduled })
            // Of what was sent before the backup no outcome can be taken for one of these.
            let attempts = executed.filter { [open.created, open.terminated].contains($0.actionID) }.map(
                \.attempt)
            #expect(attempts.allSatisfy { $0 > ActionMachine.restoredAttempts })
            let stale = ActionOutcome(executed[0], .failed, error: .rejected)
            var old = stale
            old.attempt = 2
            #expect(await harness.parts.actions.apply(old, traceparent: nil) == .done)
        }
    }

    @Test func `Every product is compared, and what cannot be stays doubtful until it is confirmed`()
        async throws
    {
        let folder = try TemporaryFolder()
        let clock = TestClock()
        let open = try await Self.backup(in: folder.url, clock: clock)
        let theirs = ActionServiceTests.account.merging(["username": "janedoe", "suspended": true]) {
            _, new in new
        }
        try await OrchestratorHarness.run(folder: folder.url, clock: clock) { attempt in
            ActionOutcome(attempt, .succeeded, result: attempt.function == "terminate" ? [:] : theirs)
        } body: { harness in
            _ = try await harness.wait(for: open.created, .succeeded)
            // The two whose status is active here, and suspended there, and nothing confirmed them.
            let unsure = try await harness.show(open.suspended).contractProductID
            try await eventually("the sweep's report") {
                try await harness.listed(differs: true).contains(unsure)
            }
            #expect(try await harness.shown(unsure).status == .active, "nothing is taken over by itself")
            try await eventually("the products that could not be compared") {
                try await harness.listed(doubtful: true).contains(open.pending)
            }
            // What is not known to have been done may have been, so it is looked for first.
            let again = try await harness.submit("create", on: open.pending, ActionServiceTests.create).action
            _ = try await harness.wait(for: again.id, .succeeded)
            let sent = harness.executions.withLock { $0.first { $0.actionID == again.id } }
            #expect(sent?.possibleDuplicate == true)
            #expect(try await !harness.listed(doubtful: true).contains(open.pending))
        }
    }

    @Test func `A second start on it is an ordinary one`() async throws {
        let folder = try TemporaryFolder()
        let clock = TestClock()
        let open = try await Self.backup(in: folder.url, clock: clock)
        for _ in 1...2 {
            try await OrchestratorHarness.run(folder: folder.url, clock: clock, adapter: { _ in nil }) {
                harness in
                #expect(try await harness.show(open.suspended).state == .unsure)
                let attempt = try #require(try await harness.show(open.created).attempts.last)
                #expect(attempt.number < 2 * ActionMachine.restoredAttempts)
            }
        }
    }
}

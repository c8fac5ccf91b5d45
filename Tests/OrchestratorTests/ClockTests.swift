import Foundation
import Models
import Orchestrator
import Synchronization
import Testing

/// Clocks that are set by an hour, forward and back, while everything waits for something.
///
/// Waits are lengths of time and keep their length. Moments that people named are the wall clock's.
struct ClockTests {
    private static let steps: [Duration] = [.seconds(3600), .seconds(-3600)]

    @Test(arguments: steps)
    func `A retry comes after the wait that was asked for, not earlier and not later`(step: Duration)
        async throws
    {
        try await OrchestratorHarness.run { attempt in
            attempt.attempt == 1
                ? ActionOutcome(attempt, .failed, error: .rateLimited, retryAfter: 90)
                : ActionOutcome(attempt, .succeeded, result: ActionServiceTests.account)
        } body: { harness in
            let action = try await harness.submit("suspend", on: try await harness.activeProduct()).action
            _ = try await harness.wait(for: action.id, .waiting)
            try await expectSecondAttempt(of: action.id, after: .seconds(90), harness, step)
            _ = try await harness.wait(for: action.id, .succeeded)
        }
    }

    @Test(arguments: steps)
    func `A poll comes after its wait`(step: Duration) async throws {
        try await OrchestratorHarness.run { attempt in
            attempt.attempt == 1
                ? ActionOutcome(attempt, .deferred, pollAfter: 300, reference: "job-7")
                : ActionOutcome(attempt, .succeeded, result: ActionServiceTests.account)
        } body: { harness in
            let action = try await harness.submit("suspend", on: try await harness.activeProduct()).action
            _ = try await harness.wait(for: action.id, .deferred)
            try await expectSecondAttempt(of: action.id, after: .seconds(300), harness, step)
            _ = try await harness.wait(for: action.id, .succeeded)
        }
    }

    @Test(arguments: steps)
    func `An attempt is given up after lease, limit and grace`(step: Duration) async throws {
        try await OrchestratorHarness.run { attempt in
            attempt.possibleDuplicate ? ActionOutcome(attempt, .succeeded, result: [:]) : nil
        } body: { harness in
            let action = try await harness.submit("terminate", on: try await harness.activeProduct()).action
            let function = try #require(Hosting.blueprint.function("terminate"))
            let whole =
                ActionDispatcher.lease + .seconds(function.timeoutSeconds) + ActionDispatcher.answerGrace
            try await expectSecondAttempt(of: action.id, after: whole, harness, step)
            _ = try await harness.wait(for: action.id, .succeeded)
            #expect(harness.executions.withLock { $0.map(\.attempt) } == [1, 2])
        }
    }

    @Test(arguments: steps)
    func `A result is kept as long as it is to be kept`(step: Duration) async throws {
        try await OrchestratorHarness.run { attempt in
            ActionOutcome(attempt, .succeeded, result: ["login_url": "https://panel.example.com/x"])
        } body: { harness in
            let product = try await harness.activeProduct()
            let action = try await harness.submit("getLoginUrl", on: product, ["user_ip": "192.0.2.1"]).action
            _ = try await harness.wait(for: action.id, .succeeded)
            harness.clock.step(by: step)
            _ = try await harness.parts.actions.moveDueActions()
            harness.clock.advance(by: .seconds(299))
            _ = try await harness.parts.actions.moveDueActions()
            #expect(try await harness.show(action.id).resultExpired == nil)
            harness.clock.advance(by: .seconds(1))
            _ = try await harness.parts.actions.moveDueActions()
            #expect(try await harness.show(action.id).resultExpired == true)
        }
    }

    @Test func `What is scheduled starts when the clock says so, and not before`() async throws {
        try await OrchestratorHarness.run(adapter: ActionServiceTests.obliging) { harness in
            let runAt = harness.clock.now.advanced(by: .seconds(1800))
            let early = try await harness.submit(
                "suspend", on: try await harness.activeProduct(), runAt: runAt
            )
            .action
            harness.clock.step(by: .seconds(-3600))
            harness.clock.advance(by: .seconds(1800))
            _ = try await harness.parts.actions.moveDueActions()
            #expect(try await harness.show(early.id).state == .scheduled)
            #expect(try await harness.show(early.id).waitingUntil == runAt)
            harness.clock.advance(by: .seconds(3600))
            _ = try await harness.parts.actions.moveDueActions()
            _ = try await harness.wait(for: early.id, .succeeded)

            let next = harness.clock.now.advanced(by: .seconds(1800))
            let late = try await harness.submit(
                "unsuspend", on: try await harness.activeProduct(), runAt: next
            )
            .action
            harness.clock.step(by: .seconds(3600))
            _ = try await harness.parts.actions.moveDueActions()
            _ = try await harness.wait(for: late.id, .succeeded)
        }
    }

    @Test(arguments: steps)
    func `An adapter that was heard of stays online, and one that fell silent goes`(step: Duration)
        async throws
    {
        try await OrchestratorHarness.run(adapter: { _ in nil }) { harness in
            let parts = harness.parts
            harness.clock.step(by: step)
            _ = try await parts.actions.moveDueActions()
            #expect(parts.catalogue.isServed("hosting", now: parts.clock.now))
            harness.clock.advance(by: Catalogue.onlineFor)
            #expect(!parts.catalogue.isServed("hosting", now: parts.clock.now))
        }
    }

    @Test func `Small corrections are followed, and add up to nothing`() {
        let clock = TestClock()
        let steady = SteadyClock(wall: { clock.now }, uptime: { clock.uptime })
        for _ in 0..<100 {
            clock.advance(by: .seconds(60))
            clock.step(by: .milliseconds(-400))
            #expect(steady.step() == nil)
            #expect(steady.now == clock.now)
        }
        clock.step(by: .seconds(1))
        #expect(steady.step() == .seconds(1))
        #expect(steady.now == clock.now.advanced(by: .seconds(-1)))
        steady.follow(.seconds(1))
        #expect(steady.step() == nil)
        #expect(steady.now == clock.now)
    }

    /// Sets the clock in the middle of a wait, and expects another attempt exactly when the wait is over.
    private func expectSecondAttempt(
        of action: ActionID, after wait: Duration, _ harness: OrchestratorHarness, _ step: Duration
    ) async throws {
        func attempts() async throws -> Int {
            _ = try await harness.parts.actions.moveDueActions()
            return try await harness.show(action).attempts.count
        }
        harness.clock.step(by: step)
        #expect(try await attempts() == 1, "at once")
        harness.clock.advance(by: wait - .milliseconds(1))
        #expect(try await attempts() == 1, "before its time")
        harness.clock.advance(by: .milliseconds(1))
        #expect(try await attempts() == 2, "at its time")
    }
}

extension OrchestratorHarness {
    /// An active account's product.
    func activeProduct() async throws -> ContractProductID {
        let id = try await product(["username": "janedoe"])
        try await parts.store.write { transaction in
            guard var product = try transaction.product(id) else { return }
            product.status = .active
            try transaction.update(product)
        }
        return id
    }
}

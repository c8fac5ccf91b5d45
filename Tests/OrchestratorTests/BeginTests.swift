import Models
import Orchestrator
import Synchronization
import TestSupport
import Testing

/// Which of several adapter processes carries an attempt out.
struct BeginTests {
    /// What no adapter has answered yet.
    private static func withDispatched(
        _ body: @Sendable (OrchestratorHarness, ActionID) async throws -> Void
    ) async throws {
        try await OrchestratorHarness.run { _ in
            nil
        } body: { harness in
            let product = try await harness.product()
            let action = try await harness.submit("create", on: product, ActionServiceTests.create).action
            try await body(harness, action.id)
        }
    }

    private static func ask(
        _ instance: String, _ action: ActionID, attempt: Int = 1, on harness: OrchestratorHarness
    ) async throws -> AttemptPermission {
        try await harness.parts.actions.begin(
            BeginAttempt(actionID: action, attempt: attempt, instance: instance)
        ).permission
    }

    /// What the adapter was given.
    private static func handOver(on harness: OrchestratorHarness) async throws -> ExecuteAction {
        try await eventually("the hand-over") { harness.executions.withLock { !$0.isEmpty } }
        return try #require(harness.executions.withLock { $0.first })
    }

    @Test func `The first that asks begins, the same again looks, and another waits`() async throws {
        try await Self.withDispatched { harness, action in
            var answers: [AttemptPermission] = []
            for instance in ["one", "two", "one"] {
                answers.append(try await Self.ask(instance, action, on: harness))
            }
            #expect(answers == [.begin, .wait, .look])
        }
    }

    @Test func `Of many that ask at once one begins`() async throws {
        try await Self.withDispatched { harness, action in
            let answers = try await withThrowingTaskGroup(of: AttemptPermission.self) { group in
                for number in 0..<32 {
                    group.addTask { try await Self.ask("adapter-\(number)", action, on: harness) }
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(answers == [.begin: 1, .wait: 31])
        }
    }

    @Test func `Another looks once the call of the first has surely ended, and the first then waits`()
        async throws
    {
        try await Self.withDispatched { harness, action in
            let timeout = try #require(Hosting.blueprint.function("create")).timeoutSeconds
            let limit = Duration.seconds(timeout) + ActionDispatcher.answerGrace
            #expect(try await Self.ask("one", action, on: harness) == .begin)
            harness.clock.advance(by: limit - .milliseconds(1))
            #expect(try await Self.ask("two", action, on: harness) == .wait)
            harness.clock.advance(by: .milliseconds(1))
            #expect(try await Self.ask("two", action, on: harness) == .look)
            #expect(try await Self.ask("one", action, on: harness) == .wait)
        }
    }

    @Test func `What is not dispatched, or another attempt, is over`() async throws {
        try await Self.withDispatched { harness, action in
            #expect(try await Self.ask("one", action, attempt: 2, on: harness) == .over)
            #expect(try await Self.ask("one", action, attempt: 0, on: harness) == .over)
            #expect(try await Self.ask("one", .make(), on: harness) == .over)
            let attempt = try await Self.handOver(on: harness)
            _ = await harness.parts.actions.apply(
                ActionOutcome(attempt, .succeeded, result: ActionServiceTests.account), traceparent: nil)
            #expect(try await Self.ask("one", action, on: harness) == .over)
        }
    }

    @Test func `What was lost with its bus is begun by whoever comes`() async throws {
        try await Self.withDispatched { harness, action in
            #expect(try await Self.ask("one", action, on: harness) == .begin)
            try await harness.parts.actions.redispatchLost()
            #expect(try await Self.ask("two", action, attempt: 2, on: harness) == .begin)
        }
    }

    @Test func `An attempt that was handed back may still be at it in another process`() async throws {
        try await Self.withDispatched { harness, action in
            #expect(try await Self.ask("one", action, on: harness) == .begin)
            var attempt = try await Self.handOver(on: harness)
            _ = await harness.parts.actions.apply(ActionOutcome(handedBack: attempt), traceparent: nil)
            #expect(try await Self.ask("two", action, attempt: 2, on: harness) == .wait)
            #expect(try await Self.ask("one", action, attempt: 2, on: harness) == .look)
            attempt.attempt = 2
            _ = await harness.parts.actions.apply(
                ActionOutcome(attempt, .failed, error: .providerUnavailable), traceparent: nil)
            _ = try await harness.decide("retry", action)
            #expect(try await Self.ask("two", action, attempt: 3, on: harness) == .begin)
        }
    }
}

extension ActionOutcome {
    /// That of a delivery that came again.
    fileprivate init(handedBack attempt: ExecuteAction) {
        self.init(attempt, .expired)
        mayHaveBegun = true
    }
}

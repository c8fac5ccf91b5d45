import AdapterKit
package import Models
import TestSupport

extension AttemptBench {
    /// Runs an action that waits for time to pass, and lets it pass.
    package func runLettingTimePass(_ action: ExecuteAction) async throws -> ActionOutcome {
        let outcomes = Recorder<ActionOutcome>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await deadlines.run() }
            group.addTask {
                outcomes.record(await runner.run(action, isRedelivered: false, traceparent: nil))
            }
            try await eventually("the outcome") {
                clock.advance(by: .milliseconds(100))
                return outcomes.count > 0
            }
            group.cancelAll()
        }
        guard let outcome = outcomes.elements.first else { throw CancellationError() }
        return outcome
    }
}

import Metrics
import Models
import ServiceRuntime

/// Counts what happens to actions.
enum ActionMetrics {
    static func accepted(_ action: Action) {
        Counter(.actionsAccepted, [("category", action.category), ("function", action.function)]).increment()
    }

    /// Counts an action that has ended; of any other it counts nothing.
    static func ended(_ action: Action) {
        guard action.state.isTerminal, let finishedAt = action.finishedAt else { return }
        let state = action.state.rawValue
        Counter(
            .actionsEnded,
            [
                ("category", action.category), ("provider", action.provider), ("function", action.function),
                ("state", state),
            ]
        ).increment()
        Timer(
            .actionDuration, [("category", action.category), ("function", action.function), ("state", state)]
        )
        .record(duration: action.createdAt.duration(to: finishedAt))
    }
}

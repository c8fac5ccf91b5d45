import Models
import Synchronization

/// The attempts whose outcomes the bus has taken, the last 10,000 of them. A message that was sent twice comes again after
/// its first delivery was carried out and told; it is then only to be settled: by now a later action may have changed what
/// it would change back.
final class ToldAttempts: Sendable {
    /// About 1 MB, and some seconds of the highest throughput.
    static let limit = 10_000

    private struct Attempt: Hashable {
        let action: ActionID
        let number: Int
    }

    private struct State {
        var known: Set<Attempt> = []
        /// In the order in which they were told; the oldest gives way.
        var order: [Attempt] = []
        var oldest = 0
    }

    private let state = Mutex(State())

    func note(_ outcome: ActionOutcome) {
        let attempt = Attempt(action: outcome.actionID, number: outcome.attempt)
        state.withLock { state in
            guard state.known.insert(attempt).inserted else { return }
            guard state.order.count == Self.limit else { return state.order.append(attempt) }
            state.known.remove(state.order[state.oldest])
            state.order[state.oldest] = attempt
            state.oldest = (state.oldest + 1) % Self.limit
        }
    }

    func contains(_ action: ExecuteAction) -> Bool {
        state.withLock { $0.known.contains(Attempt(action: action.actionID, number: action.attempt)) }
    }
}

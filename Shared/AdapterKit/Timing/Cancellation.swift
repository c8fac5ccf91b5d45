import Synchronization

/// The cancellation of the task at hand.
enum Cancellation {
    private enum State {
        case idle
        case waiting(CheckedContinuation<Void, Never>)
        case cancelled
    }

    private final class Gate: Sendable {
        let state = Mutex(State.idle)
    }

    /// Returns when the task is cancelled.
    static func wait() async {
        let gate = Gate()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = gate.state.withLock { state in
                    if case .cancelled = state { return true }
                    state = .waiting(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let before = gate.state.withLock { state in
                defer { state = .cancelled }
                return state
            }
            if case .waiting(let continuation) = before { continuation.resume() }
        }
    }
}

import ServiceLifecycle
import Synchronization

/// Wakes one waiting loop. Nudges that come while it is awake are kept as one.
package final class Nudge: Sendable {
    private struct State {
        var isPending = false
        var waiter: CheckedContinuation<Void, Never>?

        mutating func takePending() -> Bool {
            defer { isPending = false }
            return isPending
        }
    }

    private let state = Mutex(State())

    package init() {}

    package func callAsFunction() {
        state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let waiter = state.waiter.take() else {
                state.isPending = true
                return nil
            }
            return waiter
        }?.resume()
    }

    /// Returns at the next nudge, after `duration`, or when the task is cancelled or shut down. For one loop.
    package func wait(atMost duration: Duration) async {
        if state.withLock({ $0.takePending() }) { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                await withGracefulShutdownHandler {
                    await next()
                } onGracefulShutdown: { [self] in
                    self()
                }
            }
            group.addTask { try? await Task.sleep(for: duration) }  // Cut short only by the end of the task.
            await group.next()
            group.cancelAll()
        }
    }

    private func next() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.takePending() || Task.isCancelled { return true }
                    state.waiter = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume()
        }
    }
}

import Synchronization

/// Wakes one waiting task. Set before anyone waits, it is remembered once.
package final class Pulse: Sendable {
    private struct State {
        var isSet = false
        var waiter: (id: Int, continuation: CheckedContinuation<Void, Never>)?
        var lastID = 0
    }

    private let state = Mutex(State())

    package init() {}

    package func set() {
        let waiter = state.withLock { state in
            state.isSet = state.waiter == nil
            return state.waiter.take()
        }
        waiter?.continuation.resume()
    }

    /// Returns when set, or when the task is cancelled. One task waits at a time.
    package func wait() async {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resumesNow = state.withLock { state in
                    if state.isSet || Task.isCancelled {
                        state.isSet = false
                        return true
                    }
                    state.waiter = (id, continuation)
                    return false
                }
                if resumesNow { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiter?.id == id ? $0.waiter.take() : nil }
            waiter?.continuation.resume()
        }
    }

    /// Returns when set, at the latest after `limit`.
    package func wait(atMost limit: Duration, clock: any Clock<Duration>) async {
        await withTaskGroup { group in
            group.addTask { await self.wait() }
            group.addTask {
                // A cancelled sleep ends the wait as well.
                try? await clock.sleep(for: limit)
            }
            await group.next()
            group.cancelAll()
        }
    }
}

import Synchronization

/// Something that happens once, and can be waited for.
package final class Signal: Sendable {
    private struct State {
        var isSet = false
        var lastWaiter = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package var isSet: Bool { state.withLock { $0.isSet } }

    package func set() {
        let waiters = state.withLock { state in
            state.isSet = true
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume() }
    }

    /// Returns when it has happened, or when the calling task is cancelled.
    package func wait() async {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isSet || Task.isCancelled { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }

    /// Returns when it has happened, even if the calling task is cancelled before.
    package func waitUncancelled() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.isSet { return true }
                state.lastWaiter += 1
                state.waiters[state.lastWaiter] = continuation
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    /// Returns when it has happened, when `duration` has passed, or when the calling task is cancelled.
    package func wait(atMost duration: Duration) async {
        guard duration > .zero, !isSet else { return }
        await withDiscardingTaskGroup { group in
            let timer = Signal()
            group.addTask {
                // Cut short when the signal came first: then there is nothing left to wait for.
                try? await Task.sleep(for: duration)
                timer.set()
            }
            group.addTask {
                await self.wait()
                timer.set()
            }
            await timer.wait()
            group.cancelAll()
        }
    }
}

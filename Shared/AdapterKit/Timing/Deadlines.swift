import Synchronization

/// Waits for deadlines, all of them on one timer.
///
/// Nearly every deadline is dropped long before it is due, thousands a second; a cancelled `Task.sleep` would
/// keep its memory until it is due all the same. The price is precision: a deadline is noticed up to `tick`
/// late.
package final class Deadlines: Sendable {
    /// How often is looked: every 50 ms.
    package static let tick = Duration.milliseconds(50)

    private struct State {
        var lastID = 0
        var isEnded = false
        var waiting: [Int: (due: Duration, continuation: CheckedContinuation<Void, Never>)] = [:]
    }

    private let clock: any AdapterClock
    private let state = Mutex(State())

    package init(clock: any AdapterClock) {
        self.clock = clock
    }

    /// Looks for deadlines that are due until the task is cancelled; from then on every deadline is due at
    /// once.
    package func run() async {
        do {
            while true {
                try await clock.sleep(for: Self.tick)
                expire()
            }
        } catch {
            // Cancelled: whoever still waits is let go.
            let rest = state.withLock { state in
                state.isEnded = true
                defer { state.waiting = [:] }
                return state.waiting.values.map(\.continuation)
            }
            for continuation in rest { continuation.resume() }
        }
    }

    /// Returns after the duration, or as soon as the task is cancelled.
    package func wait(_ duration: Duration) async {
        let due = clock.uptime + duration
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isEnded || Task.isCancelled { return true }
                    state.waiting[id] = (due, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.continuation.resume()
        }
    }

    private func expire() {
        let now = clock.uptime
        let due = state.withLock { state in
            let ids = state.waiting.filter { $0.value.due <= now }.keys
            return ids.compactMap { state.waiting.removeValue(forKey: $0)?.continuation }
        }
        for continuation in due { continuation.resume() }
    }

    /// Runs the operation and cancels it when the limit has passed. Always waits for its end, so the
    /// operation must heed cancellation.
    ///
    /// - Returns: what it came to, and whether the limit passed first. The value is nil only in the case, not
    ///   known to happen, that the operation's task vanished.
    package func limit<Value: Sendable>(
        _ duration: Duration, _ operation: @escaping @Sendable () async -> Value
    ) async -> (value: Value?, ranOut: Bool) {
        await withTaskGroup(of: Value?.self) { group in
            group.addTask { await operation() }
            group.addTask {
                await self.wait(duration)
                return nil
            }
            var ranOut = false
            while let next = await group.next() {
                group.cancelAll()
                if let next { return (next, ranOut) }
                ranOut = true
            }
            return (nil, ranOut)
        }
    }
}

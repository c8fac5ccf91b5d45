import AdapterKit
package import Models
import Synchronization

/// A clock that stands still until a test moves it on.
package final class ManualClock: AdapterClock {
    private struct Sleeper {
        let due: Duration
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var uptime = Duration.zero
        var lastID = 0
        var sleepers: [Int: Sleeper] = [:]
    }

    private let start: Timestamp
    private let state = Mutex(State())

    package init(start: Timestamp = ManualClock.usualStart) {
        self.start = start
    }

    /// 2026-02-03T10:11:12Z, the moment of the wire recordings.
    package static let usualStart = Timestamp(milliseconds: 1_770_113_472_000)

    package var now: Timestamp { start.advanced(by: uptime) }
    package var uptime: Duration { state.withLock { $0.uptime } }
    /// How many are asleep.
    package var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    package func sleep(for duration: Duration) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let wasCancelled = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver: Bool? = state.withLock { state in
                    if Task.isCancelled { return true }
                    if duration <= .zero { return false }
                    state.sleepers[id] = Sleeper(due: state.uptime + duration, continuation: continuation)
                    return nil
                }
                if let isOver { continuation.resume(returning: isOver) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(returning: true)
        }
        if wasCancelled { throw CancellationError() }
    }

    /// Moves the time on and wakes whoever is due.
    package func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.uptime += duration
            let ids = state.sleepers.filter { $0.value.due <= state.uptime }.keys
            return ids.compactMap { state.sleepers.removeValue(forKey: $0)?.continuation }
        }
        for continuation in due { continuation.resume(returning: false) }
    }
}

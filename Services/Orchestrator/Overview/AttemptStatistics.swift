package import Models
import Synchronization

/// What attempts came to within the last hour, by provider and minute. Kept in memory: it begins anew with the process.
package final class AttemptStatistics: Sendable {
    /// How far back it reaches.
    static let minutes: Int64 = 60

    private struct Key: Hashable, Comparable {
        let category: String
        let provider: String

        static func < (left: Key, right: Key) -> Bool {
            (left.category, left.provider) < (right.category, right.provider)
        }
    }

    private struct Minute {
        var succeeded = 0
        var failed = 0
        var total: Int64 = 0
        var slowest: Int64 = 0
    }

    /// By provider, and by minutes since 1970.
    private let counts = Mutex<[Key: [Int64: Minute]]>([:])
    private let start: Timestamp

    package init(now: Timestamp) {
        start = now
    }

    /// Notes an attempt that succeeded or failed; its time is that from its beginning to the commit of its outcome.
    package func record(_ outcome: ActionOutcome, of action: Action, now: Timestamp) {
        guard outcome.outcome == .succeeded || outcome.outcome == .failed else { return }
        let minute = now.milliseconds / 60_000
        let duration = max(0, now.milliseconds - outcome.begunAt.milliseconds)
        let key = Key(category: action.category, provider: action.provider)
        counts.withLock { counts in
            var minutes = counts[key, default: [:]]
            if minutes[minute] == nil { minutes = minutes.filter { $0.key > minute - Self.minutes } }
            var entry = minutes[minute, default: Minute()]
            if outcome.outcome == .succeeded { entry.succeeded += 1 } else { entry.failed += 1 }
            entry.total += duration
            entry.slowest = max(entry.slowest, duration)
            minutes[minute] = entry
            counts[key] = minutes
        }
    }

    /// What there is, and from when on.
    package func snapshot(now: Timestamp) -> (since: Timestamp, providers: [ProviderStatistics]) {
        let oldest = now.milliseconds / 60_000 - Self.minutes + 1
        let providers = counts.withLock { counts in
            counts.sorted { $0.key < $1.key }.map { key, minutes in
                ProviderStatistics(
                    category: key.category, provider: key.provider,
                    minutes: minutes.filter { $0.key >= oldest }.sorted { $0.key < $1.key }.map {
                        Self.shown($0.key, $0.value)
                    })
            }
        }
        return (max(start, Timestamp(milliseconds: oldest * 60_000)), providers)
    }

    private static func shown(_ minute: Int64, _ entry: Minute) -> MinuteStatistics {
        let count = Int64(entry.succeeded + entry.failed)
        return MinuteStatistics(
            minute: Timestamp(milliseconds: minute * 60_000), succeeded: entry.succeeded,
            failed: entry.failed, meanMs: Int(count == 0 ? 0 : entry.total / count),
            slowestMs: Int(entry.slowest))
    }
}

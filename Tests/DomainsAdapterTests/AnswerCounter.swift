import Synchronization

/// Counts how often each name was asked for.
final class AnswerCounter: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    /// How often the name was asked for before.
    func next(_ name: String) -> Int {
        counts.withLock { counts in
            counts[name, default: 0] += 1
            return (counts[name] ?? 1) - 1
        }
    }
}

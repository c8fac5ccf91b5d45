import Models
import Synchronization

/// Slows guessing down: after so many failures for one name (an e-mail address, an Internet address, a user) the next try
/// has to wait, and twice as long after each further one. It is kept in memory: a restart forgets it.
///
/// A try counts as a failure from its beginning on, so that many at once are no way around it.
final class SignInThrottle: Sendable {
    /// How many failures cost nothing.
    static let freeFailures = 5
    static let firstWait: Duration = .seconds(1)
    static let longestWait: Duration = .seconds(15 * 60)
    /// How long after its wait a name is remembered.
    static let memory: Duration = .seconds(15 * 60)
    /// How many names are remembered. Beyond, further ones share one count.
    static let names = 10_000

    private struct Entry {
        var failures = 0
        var lastAt: Timestamp
        var lockedUntil: Timestamp?
    }

    private let entries = Mutex<[String: Entry]>([:])
    private let now: @Sendable () -> Timestamp

    init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    /// Begins a try for these names, which counts as failed until `forgive` is told otherwise.
    ///
    /// - Throws: `RequestFailure` (`tooMany`) with the seconds to wait, where one of them has to; nothing is counted then.
    func begin(_ names: [String]) throws(RequestFailure) {
        let now = now()
        let wait = entries.withLock { entries -> Duration? in
            if entries.count + names.count > Self.names { Self.forget(&entries, now: now) }
            let keys = names.map { Self.key($0, in: entries) }
            let waits = keys.compactMap { entries[$0]?.lockedUntil }.filter { $0 > now }
            if let latest = waits.max() { return now.duration(to: latest) }
            for key in keys { Self.count(key, in: &entries, now: now) }
            return nil
        }
        guard let wait else { return }
        let seconds = Int(wait.components.seconds) + (wait.components.attoseconds > 0 ? 1 : 0)
        throw RequestFailure(
            .tooMany, "Too many tries failed. Try again in \(seconds) s.", retryAfterSeconds: seconds)
    }

    /// The try that was begun succeeded: it does not count, and what failed before it for these names is forgotten.
    ///
    /// - Parameter once: names for which only the try itself is taken back, since others failed with them too.
    func forgive(_ names: [String], once: [String] = []) {
        entries.withLock { entries in
            for name in names { entries[name] = nil }
            for name in once {
                guard var entry = entries[name] else { continue }
                entry.failures -= 1
                entry.lockedUntil = nil
                entries[name] = entry.failures > 0 ? entry : nil
            }
        }
    }

    private static func count(_ key: String, in entries: inout [String: Entry], now: Timestamp) {
        var entry = entries[key] ?? Entry(lastAt: now)
        if now >= (entry.lockedUntil ?? entry.lastAt).advanced(by: memory) { entry = Entry(lastAt: now) }
        entry.failures += 1
        entry.lastAt = now
        let excess = entry.failures - freeFailures
        if excess >= 0 {
            // Beyond 2 to the 10th the longest wait is reached.
            entry.lockedUntil = now.advanced(by: min(firstWait * (1 << min(excess, 10)), longestWait))
        }
        entries[key] = entry
    }

    private static func key(_ name: String, in entries: [String: Entry]) -> String {
        entries[name] != nil || entries.count < names ? name : "others"
    }

    private static func forget(_ entries: inout [String: Entry], now: Timestamp) {
        entries = entries.filter { now < ($0.value.lockedUntil ?? $0.value.lastAt).advanced(by: memory) }
    }
}

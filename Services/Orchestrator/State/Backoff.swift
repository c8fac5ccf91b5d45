package import Models

/// When a failed attempt is tried again.
package struct Backoff: Sendable {
    /// The wait after the first failure: 2 s. It doubles with every further one.
    package var first: Duration = .seconds(2)
    /// The longest wait: 10 min.
    package var longest: Duration = .seconds(600)
    /// How much of the wait is random: the wait is between half of it and all of it.
    package var jitter: @Sendable () -> Double = { Double.random(in: 0.5...1) }

    package init() {}

    /// The moment of the next try.
    ///
    /// - Parameters:
    ///   - failures: how many failures there were before this one.
    ///   - retryAfter: how long the provider asked to wait, at most a day of which is heeded. It is never undercut.
    package func nextTry(failures: Int, retryAfter: Duration?, now: Timestamp) -> Timestamp {
        let doubled = first * (1 << min(failures, 20))
        let wait = min(doubled, longest) * jitter()
        let asked = min(retryAfter ?? .zero, .seconds(86_400))
        return now.advanced(by: max(wait, asked))
    }
}

package import Models

/// What time it is, and how to wait. Passed in, so that tests need not wait.
package protocol AdapterClock: Sendable {
    /// The moment now, as others count time.
    var now: Timestamp { get }
    /// Time passed since some fixed moment; never set back.
    var uptime: Duration { get }
    /// Returns after the duration; throws `CancellationError` as soon as the task is cancelled.
    func sleep(for duration: Duration) async throws
}

/// The system's clock.
package struct SystemClock: AdapterClock {
    private let start = ContinuousClock.now

    package init() {}

    package var now: Timestamp { .now }
    package var uptime: Duration { ContinuousClock.now - start }
    package func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}

import AdapterKit
package import Models
import TestSupport

/// A clock for adapters that stands still until a test moves it on.
package struct ManualAdapterClock: AdapterClock {
    /// 2026-02-03T10:11:12Z, the moment of the wire recordings.
    package static let usualStart = Timestamp(milliseconds: 1_770_113_472_000)

    private let start: Timestamp
    private let clock = ManualClock()

    package init(start: Timestamp = usualStart) {
        self.start = start
    }

    package var now: Timestamp { start.advanced(by: uptime) }
    package var uptime: Duration { clock.now.offset }

    package func sleep(for duration: Duration) async throws {
        try await clock.sleep(until: clock.now.advanced(by: duration), tolerance: nil)
    }

    /// Moves the time on and wakes whoever is due.
    package func advance(by duration: Duration) { clock.advance(by: duration) }
}

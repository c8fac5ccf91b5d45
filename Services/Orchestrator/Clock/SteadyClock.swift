package import Models
import Synchronization

/// The time that the orchestrator goes by: that of the wall clock, whose steps are not followed until the waits that they
/// would shorten or lengthen have been moved along.
///
/// Between two calls of `follow` it runs on with the time that passes, whatever is done to the wall clock.
package final class SteadyClock: Sendable {
    /// What counts as a step: a second or more. Less is followed as it is.
    package static let tolerance: Duration = .seconds(1)

    private let wall: @Sendable () -> Timestamp
    private let uptime: @Sendable () -> Duration
    /// What the wall clock said when `uptime` was zero.
    private let origin: Mutex<Timestamp>

    /// - Parameters:
    ///   - wall: the wall clock.
    ///   - uptime: time passed since some fixed moment; never set.
    package init(
        wall: @escaping @Sendable () -> Timestamp = { .now },
        uptime: @escaping @Sendable () -> Duration = systemUptime
    ) {
        self.wall = wall
        self.uptime = uptime
        origin = Mutex(wall().advanced(by: .zero - uptime()))
    }

    /// Time passed since this was asked for, also while the machine sleeps.
    package static var systemUptime: @Sendable () -> Duration {
        let start = ContinuousClock.now
        return { start.duration(to: .now) }
    }

    package var now: Timestamp { origin.withLock { $0 }.advanced(by: uptime()) }

    /// How far the wall clock was set since it was last followed; nil where it was not, and then it is followed.
    package func step() -> Duration? {
        let found = wall().advanced(by: .zero - uptime())
        return origin.withLock { origin in
            let step = origin.duration(to: found)
            if step >= Self.tolerance || step <= .zero - Self.tolerance { return step }
            origin = found
            return nil
        }
    }

    /// Goes by the wall clock again, together with what allows for its step.
    package func follow(_ step: Duration) {
        origin.withLock { $0 = $0.advanced(by: step) }
    }
}

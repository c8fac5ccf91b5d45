import Logging
import Models
import ServiceLifecycle
import ServiceRuntime

/// Moves actions on when their time has come: scheduled starts, retries, polls, outcomes that never came.
///
/// Times are those of the wall clock. The alarm looks at least every second, so a step of the clock delays nothing for
/// longer than that.
package struct Alarm: Service {
    /// The longest time between two looks.
    package static let longestSleep: Duration = .seconds(1)

    let actions: ActionService
    let set: Nudge
    let now: @Sendable () -> Timestamp
    let logger: Logger

    package func run() async throws {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            var pause = Self.longestSleep
            do {
                if let next = try await actions.moveDueActions() {
                    pause = min(max(now().duration(to: next), .milliseconds(1)), pause)
                }
            } catch {
                logger.error("Could not move due actions on", metadata: [LogKey.error: "\(error)"])
            }
            await set.wait(atMost: pause)
        }
    }
}

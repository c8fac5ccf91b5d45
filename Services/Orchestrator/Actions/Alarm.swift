import Logging
import Models
import ServiceLifecycle
import ServiceRuntime

/// Moves actions on when their time has come: scheduled starts, retries, polls, outcomes that never came.
///
/// Waits are lengths of time: where the wall clock is set while this runs, they are moved along with it, so that none ends
/// early or late. Moments that people named, as the start of a scheduled action, are the wall clock's: set forward over
/// one, it is due; set back before one, it waits for it. The alarm looks at least every second, which is how long either
/// may take to be noticed. A step while nothing runs cannot be told from time that passed.
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

import Logging
import Metrics
import Models
import ServiceLifecycle
import ServiceRuntime

/// Removes the oldest entries when they become too old, or the log too large.
struct LogRetention: Service {
    let store: LogStore
    let maximumAge: Duration
    let maximumBytes: Int
    let interval: Duration
    let clock: any Clock<Duration>
    let now: @Sendable () -> Timestamp
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await removeAll()
                await Pulse().wait(atMost: interval, clock: clock)
            }
        }
    }

    /// Removes what has to go, a page a commit, so that new entries do not wait for long.
    func removeAll() async {
        var removed = 0
        do {
            let oldest = now().advanced(by: .zero - maximumAge)
            while !Task.isCancelled {
                let count = try await store.removeOldest(olderThan: oldest, maximumBytes: maximumBytes)
                if count == 0 { break }
                removed += count
            }
            Gauge(.logStoreBytes).record(try await store.bytes())
        } catch {
            if Task.isCancelled { return }
            logger.error("Could not remove old log entries", error: error)
        }
        guard removed > 0 else { return }
        Counter(.logEntriesRemoved).increment(by: removed)
        logger.info("Removed old log entries", metadata: [LogKey.count: .stringConvertible(removed)])
    }
}

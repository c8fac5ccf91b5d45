import Logging
import Models
import ServiceLifecycle
import ServiceRuntime

/// Removes what is kept for a time only.
package struct Janitor: Service {
    /// How long idempotency keys are remembered: 30 days.
    package static let idempotencyKeysKept: Duration = .seconds(30 * 86_400)
    /// How long rows of the event table are kept: 7 days.
    package static let eventsKept: Duration = .seconds(7 * 86_400)
    /// How long an adapter that was not heard of is remembered: a day.
    package static let adaptersKept: Duration = .seconds(86_400)
    /// How long deliveries to webhooks are kept, whatever became of them: 30 days.
    package static let deliveriesKept: Duration = .seconds(30 * 86_400)
    /// How many rows are removed in one transaction.
    private static let rowLimit = 5000
    private static let interval: Duration = .seconds(600)

    let store: Store
    let now: @Sendable () -> Timestamp
    let logger: Logger

    package func run() async throws {
        repeat {
            do {
                try await tidy()
            } catch {
                logger.warning("Could not tidy up", metadata: [LogKey.error: "\(error)"])
            }
        } while await Pause.wait(Self.interval)
    }

    package func tidy() async throws {
        let now = now()
        try await store.write { transaction in
            try transaction.removeIdempotencyKeys(before: now.advanced(by: .zero - Self.idempotencyKeysKept))
            try transaction.removeSessions(notSeenSince: now.advanced(by: .zero - SessionRecord.idleLimit))
            try transaction.forgetAdapters(before: now.advanced(by: .zero - Self.adaptersKept))
            try transaction.removeSealingKeys(
                supersededBefore: now.advanced(by: .zero - KeyRotation.keptForDebugData))
        }
        try await remove { try $0.removeEvents(before: now.advanced(by: .zero - Self.eventsKept), limit: $1) }
        try await remove {
            try $0.removeDeliveries(before: now.advanced(by: .zero - Self.deliveriesKept), limit: $1)
        }
    }

    /// Removes rows a batch at a time, so that no one waits long for the writer.
    private func remove(
        _ batch: @escaping @Sendable (Transaction, _ limit: Int) throws -> Int
    ) async throws {
        while try await store.write({ try batch($0, Self.rowLimit) }) == Self.rowLimit {}
    }
}

package import Bus
import Foundation
package import Logging
package import Models
import ServiceLifecycle
import ServiceRuntime

/// Publishes events that are already in the event table. Events are transient: where the bus is away or too many wait,
/// they are dropped, and whoever missed them reads on from the table.
package final class EventPublisher: Service {
    /// How many events may wait: 10,000. The oldest are dropped first.
    package static let bufferLimit = 10_000
    /// How many are on their way to the bus at once.
    private static let inFlightLimit = 64

    private let bus: any MessageBus
    private let logger: Logger
    private let stream: AsyncStream<(Route, BusMessage)>
    private let continuation: AsyncStream<(Route, BusMessage)>.Continuation

    package init(bus: any MessageBus, logger: Logger) {
        self.bus = bus
        self.logger = logger
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.bufferLimit))
    }

    /// Queues an event under its topic, as in `action.changed`.
    package func publish(_ event: some MessagePayload, topic: String, subject: String?, traceparent: String? = nil) {
        let envelope = Envelope(
            source: Orchestrator.source, subject: subject, traceparent: traceparent, data: event)
        continuation.yield((.event(topic), BusMessage(envelope)))
    }

    package func run() async throws {
        let bus = bus
        let logger = logger
        await withDiscardingTaskGroup { group in
            let slots = AsyncSlots(Self.inFlightLimit)
            for await (route, message) in stream.cancelOnGracefulShutdown() {
                await slots.take()
                group.addTask {
                    do throws(BusError) {
                        try await bus.publish(message, to: route)
                    } catch {
                        logger.debug("Dropped an event", metadata: [LogKey.error: "\(error)"])
                    }
                    slots.give()
                }
            }
        }
    }
}

import AMQP
import Synchronization

/// The queue that answers to this process's requests come by: exclusive, made anew on every connection, with a name from
/// the broker that nobody can guess.
final class ReplyQueue: Sendable {
    private let current = Mutex("")

    /// Its name on the newest connection.
    var name: String { current.withLock { $0 } }

    /// Makes the queue, and hands what comes to who waits for it.
    func declare(
        for pendingAnswers: PendingAnswers, on connection: AMQPConnection
    ) async throws(AMQPError) {
        let channel = try await connection.openChannel()
        let queue = try await connection.declareQueue(
            AMQPQueueDeclaration(name: "", isDurable: false, isExclusive: true), on: channel)
        try await connection.bind(queue, to: Exchange.replies.name, routingKey: queue, on: channel)
        let consumer = AMQPConsumer(queue: queue, prefetch: nil) { delivery in
            guard let id = UInt64(delivery.message.correlationID) else { return }
            pendingAnswers.resolve(id, with: .success(BusMessage(delivery.message)))
        } onEnd: { _ in
            // The queue ends with its connection, which the link sees.
        }
        try await connection.consume(consumer, on: channel)
        current.withLock { $0 = queue }
    }
}

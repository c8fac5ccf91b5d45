import AMQP
import Logging

extension Topology {
    /// Declares everything at the broker. What is there already, and alike, stays as it is.
    ///
    /// A stream that is there and not served (its declaration is answered with 404 then) keeps nothing else waiting: what is
    /// published to it finds the broker away.
    func declare(on connection: AMQPConnection, logger: Logger) async throws(AMQPError) {
        let channel = try await connection.openChannel()
        for exchange in Set(exchanges).union([.replies]) {
            try await exchange.declare(on: connection, channel)
        }
        for queue in queues where queue.kind != .stream {
            try await queue.declare(on: connection, channel, deadExchange: deadExchange)
        }
        try await connection.close(channel)
        for stream in queues where stream.kind == .stream {
            // The broker closes the channel of a declaration that fails.
            let channel = try await connection.openChannel()
            do throws(AMQPError) {
                try await stream.declare(on: connection, channel, deadExchange: deadExchange)
                try await connection.close(channel)
            } catch {
                guard error.kind == .notFound else { throw error }
                logger.error(
                    "The broker does not serve a stream.",
                    metadata: ["queue": "\(stream.name)", "error": "\(error)"])
            }
        }
    }
}

extension Exchange {
    func declare(on connection: AMQPConnection, _ channel: AMQPChannel) async throws(AMQPError) {
        try await connection.declareExchange(name, kind: kind.rawValue, on: channel)
    }
}

extension Queue {
    /// Declares the queue with its binding. Its exchange must be there.
    func declare(
        on connection: AMQPConnection, _ channel: AMQPChannel, deadExchange: Exchange
    ) async throws(AMQPError) {
        let declaration = AMQPQueueDeclaration(name: name, arguments: arguments(deadExchange: deadExchange))
        _ = try await connection.declareQueue(declaration, on: channel)
        try await connection.bind(name, to: exchange.name, routingKey: routingKey, on: channel)
    }

    /// The arguments that make it a queue of its kind.
    func arguments(deadExchange: Exchange) -> [String: AMQPValue] {
        switch kind {
        case .requests:
            [
                "x-queue-type": .string("classic"),
                "x-max-length": .integer(Int64(Queue.requestLimit)),
                "x-overflow": .string("reject-publish"),
            ]
        case .work:
            [
                "x-queue-type": .string("quorum"),
                "x-delivery-limit": .integer(Int64(Queue.deliveryLimit)),
                "x-dead-letter-exchange": .string(deadExchange.name),
                "x-dead-letter-strategy": .string("at-least-once"),
                "x-overflow": .string("reject-publish"),
            ]
        case .dead: ["x-queue-type": .string("quorum")]
        case .stream:
            [
                "x-queue-type": .string("stream"),
                "x-max-age": .string(Queue.streamMaxAge),
                "x-max-length-bytes": .integer(Int64(Queue.streamMaxBytes)),
            ]
        }
    }

    /// Whether its messages outlive the broker.
    var isPersistent: Bool { kind != .requests }
}

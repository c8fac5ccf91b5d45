import AMQP
import Logging

extension AMQPBus {
    package func events(matching patterns: [String]) -> AsyncStream<EventDelivery> {
        let subscription = EventSubscription(patterns: patterns)
        if case .terminated = subscriptions.yield(subscription) { subscription.finish() }
        return AsyncStream(subscription)
    }

    /// Subscribes on each new connection, until no one iterates any more or the bus is shut down.
    func keep(_ subscription: EventSubscription) async {
        var backoff = Backoff()
        var generator = SystemRandomNumberGenerator()
        while !Task.isCancelled, !subscription.ended.isSet {
            do {
                let connection = try await consuming.connection()
                let over = Signal()
                let channel = try await subscribe(subscription, on: connection, over: over)
                // Whatever was published before this moment has been missed.
                subscription.interrupt()
                backoff.reset()
                await withTaskGroup { group in
                    group.addTask { await over.wait() }
                    group.addTask { await subscription.ended.wait() }
                    await group.next()
                    group.cancelAll()
                }
                try await connection.close(channel)
            } catch {
                logger.debug("A subscription to events was interrupted.", metadata: ["error": "\(error)"])
            }
            // Cut short by the subscription's end or by cancellation, which the loop's condition sees.
            await subscription.ended.wait(atMost: backoff.delay(using: &generator))
        }
        subscription.finish()
    }

    private func subscribe(
        _ subscription: EventSubscription, on connection: AMQPConnection, over: Signal
    ) async throws(AMQPError) -> AMQPChannel {
        let exchange = topology.eventsExchange
        let channel = try await connection.openChannel()
        if declares { try await exchange.declare(on: connection, channel) }
        let queue = try await connection.declareQueue(
            AMQPQueueDeclaration(name: "", isDurable: false, isExclusive: true), on: channel)
        for pattern in subscription.patterns {
            try await connection.bind(queue, to: exchange.name, routingKey: pattern, on: channel)
        }
        let consumer = AMQPConsumer(queue: queue, prefetch: nil) { delivery in
            subscription.yield(topic: delivery.routingKey, BusMessage(delivery.message))
        } onEnd: { _ in
            over.set()
        }
        try await connection.consume(consumer, on: channel)
        return channel
    }
}

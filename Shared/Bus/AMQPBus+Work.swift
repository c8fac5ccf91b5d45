import AMQP
import Logging

/// A delivery and the connection that it must be settled on.
struct AMQPWork: Sendable {
    let delivery: AMQPDelivery
    let connection: AMQPConnection
}

extension AMQPBus {
    /// How long a message waits before it is given back because its dead letter could not be published.
    private static let failedBurialDelay: Duration = .seconds(1)

    package func consume(
        _ queue: Queue, prefetch: Int, handler: @escaping @Sendable (Delivery) async -> Settlement
    ) async throws {
        guard queue.kind == .work || queue.kind == .dead else {
            throw BusError(.refused, "\(queue.name) is not a work queue.")
        }
        try await handleDeliveries(of: queue, prefetch: prefetch, workers: prefetch) { work, ended in
            let message = BusMessage(work.delivery.message)
            let isRedelivered = work.delivery.isRedelivered
            // Only others than this bus publish such.
            if queue.kind == .work, let reason = message.oversize {
                return await self.bury(work, message.cut, of: queue, reason: reason, ended: ended)
            }
            let settlement = await handler(Delivery(message: message, isRedelivered: isRedelivered))
            await self.settle(work, message, settlement, of: queue, ended: ended)
        }
    }

    /// Handles a queue's deliveries until the task is cancelled, then lets those under way finish.
    ///
    /// - Parameters:
    ///   - prefetch: how many deliveries the broker hands over unsettled.
    ///   - handle: handles and settles one. The signal tells that the consumer ends.
    func handleDeliveries(
        of queue: Queue, prefetch: Int, workers: Int,
        handle: @escaping @Sendable (AMQPWork, Signal) async -> Void
    ) async throws {
        let deliveries = DeliveryQueue<AMQPWork>()
        let end = await withTaskGroup(of: SubscriptionEnd.self) { group in
            group.addTask {
                let end = await self.keepConsuming(queue, prefetch: prefetch, into: deliveries)
                deliveries.close()
                return end
            }
            await deliveries.withWorkers(workers, work: handle)
            return await group.next() ?? SubscriptionEnd()
        }
        for work in deliveries.removeAll() { work.connection.giveBack(work.delivery) }
        if let (connection, channel) = end.open {
            do throws(AMQPError) {
                try await connection.close(channel)
            } catch {
                // The broker gives back by itself what was not settled.
                logger.debug("A channel was not closed in order.", metadata: ["error": "\(error)"])
            }
        }
        if let error = end.error { throw error }
    }

    /// How a subscription ended.
    private struct SubscriptionEnd: Sendable {
        var error: BusError?
        /// The channel that settlements still need.
        var open: (AMQPConnection, AMQPChannel)?
    }

    /// Consumes on each new connection, until the task is cancelled or the broker forbids it.
    private func keepConsuming(
        _ queue: Queue, prefetch: Int, into deliveries: DeliveryQueue<AMQPWork>
    ) async -> SubscriptionEnd {
        var backoff = Backoff()
        var generator = SystemRandomNumberGenerator()
        while !Task.isCancelled {
            do throws(BusError) {
                let connection = try await consuming.connection()
                let ended = Signal()
                let consumer = AMQPConsumer(queue: queue.name, prefetch: prefetch) { delivery in
                    _ = deliveries.offer(AMQPWork(delivery: delivery, connection: connection))
                } onEnd: { _ in
                    // The broker delivers again what was waiting here.
                    _ = deliveries.removeAll()
                    ended.set()
                }
                let channel = try await subscribe(consumer, to: queue, on: connection)
                backoff.reset()
                await ended.wait()
                if Task.isCancelled { return await stop(connection, channel) }
            } catch {
                if error.kind == .closed || error.kind == .refused, !Task.isCancelled {
                    return SubscriptionEnd(error: error)
                }
            }
            // Cut short by cancellation, which the loop's condition sees.
            try? await Task.sleep(for: backoff.delay(using: &generator))
        }
        return SubscriptionEnd()
    }

    /// Declares the queue, should the broker have lost it and this be who declares, and begins to consume.
    func subscribe(
        _ consumer: AMQPConsumer, to queue: Queue, on connection: AMQPConnection
    ) async throws(BusError) -> AMQPChannel {
        do throws(AMQPError) {
            let channel = try await connection.openChannel()
            if declares {
                try await queue.exchange.declare(on: connection, channel)
                try await queue.declare(on: connection, channel, deadExchange: deadExchange)
            }
            try await connection.consume(consumer, on: channel)
            return channel
        } catch {
            logger.warning(
                "A queue was not consumed.", metadata: ["queue": "\(queue.name)", "error": "\(error)"])
            throw BusError(error)
        }
    }

    private func stop(_ connection: AMQPConnection, _ channel: AMQPChannel) async -> SubscriptionEnd {
        do throws(AMQPError) {
            try await connection.cancel(channel)
            return SubscriptionEnd(open: (connection, channel))
        } catch {
            logger.debug("A consumer was not cancelled in order.", metadata: ["error": "\(error)"])
            return SubscriptionEnd()
        }
    }

    private func settle(
        _ work: AMQPWork, _ message: BusMessage, _ settlement: Settlement, of queue: Queue, ended: Signal
    ) async {
        switch settlement {
        case .done: work.connection.acknowledge(work.delivery)
        case .reject(let reason): await bury(work, message, of: queue, reason: reason, ended: ended)
        case .retry(let delay):
            // The broker's own limit lets one delivery more through, and is for consumers that die.
            if queue.kind == .work, work.delivery.earlierDeliveries + 1 >= Queue.deliveryLimit {
                return await bury(
                    work, message, of: queue, reason: DeadLetterHeader.undeliverable, ended: ended)
            }
            await ended.wait(atMost: Settlement.delay(delay))
            work.connection.giveBack(work.delivery)
        }
    }

    /// Puts the message to the dead letters, and only then settles it.
    private func bury(
        _ work: AMQPWork, _ message: BusMessage, of queue: Queue, reason: String, ended: Signal
    ) async {
        let letter = message.deadLetter(
            reason: reason, queue: queue.name, exchange: work.delivery.exchange,
            routingKey: work.delivery.routingKey)
        let route = Route(exchange: deadExchange, routingKey: work.delivery.routingKey)
        do throws(BusError) {
            try await publish(publication(of: letter, to: route), by: .now + Self.publishLimit)
            work.connection.acknowledge(work.delivery)
        } catch {
            logger.error(
                "A dead letter was not published; its message is delivered again.",
                metadata: ["message.id": "\(message.id)", "queue": "\(queue.name)", "error": "\(error)"])
            await ended.wait(atMost: Self.failedBurialDelay)
            work.connection.giveBack(work.delivery)
        }
    }
}

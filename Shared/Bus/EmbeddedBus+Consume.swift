import AMQP
import Logging

extension EmbeddedBus {
    package func consume(
        _ queue: Queue, prefetch: Int, handler: @escaping @Sendable (Delivery) async -> Settlement
    ) async throws {
        guard case .work(let work) = try target(of: queue) else {
            throw BusError(.refused, "\(queue.name) is not a work queue.")
        }
        await work.withWorkers(prefetch) { element, ended in
            let delivery = Delivery(message: element.message, isRedelivered: element.deliveries > 0)
            let settlement = await handler(delivery)
            await self.settle(element, settlement, of: queue, in: work, ended: ended)
        }
        if !Task.isCancelled { throw BusError.closedBus }
    }

    package func request(
        _ message: BusMessage, to route: Route, timeout: Duration
    ) async throws(BusError) -> BusMessage {
        let deadline = ContinuousClock.now + timeout
        return try await pendingAnswers.answer(by: deadline) { id in
            do throws(BusError) {
                try self.deliver(
                    message, exchange: route.exchange.name, routingKey: route.routingKey,
                    request: (id, deadline))
            } catch {
                self.pendingAnswers.resolve(id, with: .failure(error))
            }
        }
    }

    package func serve(
        _ queue: Queue, concurrency: Int, handler: @escaping @Sendable (BusMessage) async -> BusMessage?
    ) async throws {
        guard case .requests(let requests) = try target(of: queue) else {
            throw BusError(.refused, "\(queue.name) is not a request queue.")
        }
        await requests.withWorkers(concurrency) { request, _ in
            if request.isStale { return }
            guard let answer = await handler(request.message), let id = request.id else { return }
            do throws(BusError) {
                try answer.checkSize()
                self.pendingAnswers.resolve(id, with: .success(answer))
            } catch {
                self.pendingAnswers.resolve(id, with: .failure(error))
            }
        }
        if !Task.isCancelled { throw BusError.closedBus }
    }

    package func read(
        _ stream: Queue, from start: StreamStart, batchLimit: Int,
        handler: @escaping @Sendable ([StreamEntry]) async throws -> Void
    ) async throws {
        guard case .stream(let log) = try target(of: stream) else {
            throw BusError(.refused, "\(stream.name) is not a stream.")
        }
        var next: UInt64 =
            switch start {
            case .first: 0
            case .offset(let offset): offset > log.nextOffset ? 0 : offset
            }
        while !Task.isCancelled {
            let entries = await log.entries(from: next, limit: min(max(batchLimit, 1), 1_000))
            guard let last = entries.last else { break }
            try await handler(entries)
            next = last.offset + 1
        }
        if !Task.isCancelled { throw BusError.closedBus }
    }

    private func settle(
        _ element: EmbeddedWork, _ settlement: Settlement, of queue: Queue,
        in work: DeliveryQueue<EmbeddedWork>, ended: Signal
    ) async {
        switch settlement {
        case .done: return
        case .reject(let reason): bury(element, of: queue, reason: reason)
        case .retry(let delay):
            if queue.kind == .work, element.deliveries + 1 >= Queue.deliveryLimit {
                return bury(element, of: queue, reason: DeadLetterHeader.undeliverable)
            }
            var again = element
            again.deliveries += 1
            await ended.wait(atMost: Settlement.delay(delay))
            work.putBack(again)
        }
    }

    /// Puts the message to the dead letters.
    private func bury(_ element: EmbeddedWork, of queue: Queue, reason: String) {
        let letter = element.message.deadLetter(
            reason: reason, queue: queue.name, exchange: element.exchange, routingKey: element.routingKey)
        do throws(BusError) {
            try deliver(letter, exchange: deadExchange, routingKey: element.routingKey)
        } catch {
            logger.error(
                "A dead letter found no queue and was lost.",
                metadata: ["message.id": "\(element.message.id)", "error": "\(error)"])
        }
    }
}

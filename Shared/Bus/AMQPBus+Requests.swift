import AMQP
import Foundation
import Logging

extension AMQPBus {
    /// On an answer that stands for one that could not be sent: the kind of error.
    private static let errorHeader = "x-purser-error"

    package func request(
        _ message: BusMessage, to route: Route, timeout: Duration
    ) async throws(BusError) -> BusMessage {
        let deadline = ContinuousClock.now + timeout
        let publication = try publication(of: message, to: route)
        let connection = try await publishing.connection(by: deadline)
        let milliseconds = Int(max(timeout, .milliseconds(1)) / .milliseconds(1))
        let answer = try await pendingAnswers.answer(by: deadline) { id in
            var request = publication
            request.message.correlationID = String(id)
            request.message.replyTo = self.replyQueue.name
            // Nobody waits for the answer of a request that is taken from the queue later.
            request.message.expirationMilliseconds = milliseconds
            connection.send(request, by: deadline) { error in
                guard let error else { return }
                self.pendingAnswers.resolve(id, with: .failure(BusError(error)))
            }
        }
        if let kind = answer.headers[Self.errorHeader].flatMap({ BusError.Kind(rawValue: $0) }) {
            throw BusError(kind, "The request was carried out, but its answer could not be sent.")
        }
        return answer
    }

    package func serve(
        _ queue: Queue, concurrency: Int, handler: @escaping @Sendable (BusMessage) async -> BusMessage?
    ) async throws {
        guard queue.kind == .requests else {
            throw BusError(.refused, "\(queue.name) is not a request queue.")
        }
        // More than are handled at once, so that the next request is here when a handler is free.
        let prefetch = concurrency * 2
        try await handleDeliveries(of: queue, prefetch: prefetch, workers: concurrency) { work, _ in
            let delivery = work.delivery
            if let answer = await handler(BusMessage(delivery.message)) {
                await self.answer(delivery.message, with: answer)
            }
            work.connection.acknowledge(delivery)
        }
    }

    /// Sends an answer, without waiting for a confirm; where it is lost, the requester's limit passes. A request may be
    /// here before there is a connection to answer on: at a start, those that an earlier process left.
    private func answer(_ request: AMQPMessage, with answer: BusMessage) async {
        guard !request.replyTo.isEmpty else { return }
        var message = answer.amqp(isPersistent: false)
        if answer.body.count > BusMessage.bodyByteLimit {
            message.body = Data()
            message.headers[Self.errorHeader] = .string(BusError.Kind.tooLarge.rawValue)
        }
        message.correlationID = request.correlationID
        let publication = AMQPPublication(
            exchange: Exchange.replies.name, routingKey: request.replyTo, isMandatory: false, message: message
        )
        let deadline = ContinuousClock.now + Self.publishLimit
        do throws(BusError) {
            try await publishing.connection(by: deadline).send(publication, by: deadline)
        } catch {
            logger.warning("An answer was not sent.", metadata: ["error": "\(error)"])
        }
    }
}

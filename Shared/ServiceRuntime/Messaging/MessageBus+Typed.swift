package import Bus
import Foundation
package import Models

extension MessageBus {
    /// Publishes a payload in an envelope and returns when the bus has taken it.
    ///
    /// - Parameters:
    ///   - source: which service says so, as in `/orchestrator`.
    ///   - id: the envelope's id; give the same for a message that may be sent twice.
    ///   - signer: signs it; nil for what nobody checks, as most events.
    package func publish<Payload: MessagePayload>(
        _ payload: Payload, to route: Route, source: String, id: String = ULID.make(), subject: String? = nil,
        traceparent: String? = nil, signer: Sealer? = nil
    ) async throws(BusError) {
        let message = BusMessage(
            Envelope(id: id, source: source, subject: subject, traceparent: traceparent, data: payload))
        try await publish(signer?.signed(message, for: route) ?? message, to: route)
    }

    /// Sends a request and waits for its reply.
    ///
    /// - Parameters:
    ///   - signer: has the key that is shared with who answers.
    ///   - timeout: from the call to the reply, 10 s if not given.
    /// - Throws: the failure that was answered, or `unavailable` where no answer came; the request may then have been
    ///   carried out.
    package func send<Request: BusRequest>(
        _ request: Request, to queue: Queue, source: String, signer: Sealer, traceparent: String? = nil,
        timeout: Duration = .seconds(10)
    ) async throws(RequestFailure) -> Request.Reply {
        let answer: BusMessage
        do throws(BusError) {
            let message = BusMessage(Envelope(source: source, traceparent: traceparent, data: request))
            answer = try await self.request(
                signer.signed(message, for: queue.route), to: queue.route, timeout: timeout)
        } catch {
            throw RequestFailure(error)
        }
        do {
            return try Envelope<Reply<Request.Reply>>(decoding: answer.body).data.get()
        } catch let failure as RequestFailure {
            throw failure
        } catch {
            throw RequestFailure(.internal, "The answer of \(queue.name) could not be read: \(error)")
        }
    }

    /// Takes messages of one type from a work queue until the task is cancelled. What cannot be read, or is not signed by
    /// who may send it, becomes a dead letter with the reason.
    ///
    /// - Parameter isExpected: whether that one may send such.
    package func consume<Payload: MessagePayload>(
        _ type: Payload.Type, from queue: Queue, prefetch: Int, check: SignatureCheck,
        isExpected: @escaping @Sendable (MessageSender) -> Bool,
        handler:
            @escaping @Sendable (
                _ envelope: Envelope<Payload>, _ isRedelivered: Bool, _ sender: MessageSender
            ) async -> Settlement
    ) async throws {
        try await consume(queue, prefetch: prefetch) { delivery in
            let message = delivery.message
            do {
                // Before its signature: what is no such message at all is told as that.
                let envelope = try Envelope<Payload>(decoding: message.body)
                let sender = try check.sender(
                    of: message, on: queue.route, at: queue.name, isExpected: isExpected)
                return await handler(envelope, delivery.isRedelivered, sender)
            } catch {
                return .reject("\(error)")
            }
        }
    }
}

extension BusMessage {
    /// The envelope as a message of the bus.
    package init<Payload: MessagePayload>(_ envelope: Envelope<Payload>) {
        self.init(id: envelope.id, type: Payload.messageType, body: envelope.encoded())
    }
}

extension RequestFailure {
    /// What a failure of the bus means to whoever asked.
    package init(_ error: BusError) {
        switch error.kind {
        case .notConnected, .closed:
            self.init(.unavailable, "The message bus cannot be reached. Try again shortly.")
        case .blocked: self.init(.tooMany, "Too much is waiting already. Try again shortly.")
        case .timedOut, .unroutable: self.init(.unavailable, "No answer came in time. Try again shortly.")
        case .tooLarge: self.init(.invalid, "The request is larger than \(BusMessage.bodyByteLimit) bytes.")
        case .refused: self.init(.internal, "The request could not be sent.")
        }
    }
}

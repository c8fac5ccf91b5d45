package import Bus
import Foundation
package import Models

/// Answers requests: one handler a request type.
///
/// A handler answers its reply or throws `RequestFailure`; any other error is answered as what `explain` makes of it, or
/// else as `internal` without its text, and goes to `onDefect`. A message of an unknown type, or one that cannot be read, is
/// answered as `invalid`, and one that is not from who may ask as `forbidden`.
package struct RequestRouter: Sendable {
    package typealias Handler = @Sendable (BusMessage) async -> BusMessage?

    private var handlers: [String: Handler] = [:]
    private let source: String
    private let gate: RequestGate?
    private let explain: @Sendable (any Error) -> RequestFailure?
    private let onDefect: @Sendable (_ type: String, any Error) -> Void

    /// - Parameter gate: says who may ask; nil takes everything, for tests.
    package init(
        source: String, gate: RequestGate?,
        explain: @escaping @Sendable (any Error) -> RequestFailure? = { _ in nil },
        onDefect: @escaping @Sendable (_ type: String, any Error) -> Void
    ) {
        self.source = source
        self.gate = gate
        self.explain = explain
        self.onDefect = onDefect
    }

    /// Answers requests of this type from the gate's usual sender.
    package mutating func on<Request: BusRequest>(
        _ type: Request.Type,
        _ answer: @escaping @Sendable (Request, Envelope<Request>) async throws -> Request.Reply
    ) {
        add(type, adaptersAsk: false) { request, envelope, _ in try await answer(request, envelope) }
    }

    /// Answers requests of this type from adapters.
    ///
    /// - Parameter answer: gets the category that the adapter is of; nil where that is not known, because unsigned
    ///   requests are taken.
    package mutating func onAdapters<Request: BusRequest>(
        _ type: Request.Type,
        _ answer:
            @escaping @Sendable (Request, Envelope<Request>, _ category: String?) async throws ->
            Request.Reply
    ) {
        add(type, adaptersAsk: true) { try await answer($0, $1, $2.category) }
    }

    private mutating func add<Request: BusRequest>(
        _ type: Request.Type, adaptersAsk: Bool,
        _ answer:
            @escaping @Sendable (Request, Envelope<Request>, MessageSender) async throws -> Request.Reply
    ) {
        let (source, gate, explain, onDefect) = (source, gate, explain, onDefect)
        handlers[Request.messageType] = { message in
            let reply: Reply<Request.Reply>
            do {
                let envelope = try Envelope<Request>(decoding: message.body)
                var sender = MessageSender.unsigned
                if let gate {
                    guard
                        let found = try gate.admit(
                            message, madeAt: envelope.time, adaptersAsk: adaptersAsk)
                    else { return nil }
                    sender = found
                }
                reply = .success(try await answer(envelope.data, envelope, sender))
            } catch let failure as RequestFailure {
                reply = .failure(failure)
            } catch let error as EnvelopeError {
                reply = .failure(RequestFailure(.invalid, error.message))
            } catch {
                onDefect(Request.messageType, error)
                reply = .failure(
                    explain(error) ?? RequestFailure(.internal, "The request could not be carried out."))
            }
            return Self.encode(reply, source: source)
        }
    }

    /// The request types that are answered.
    package var types: [String] { handlers.keys.sorted() }

    /// Answers one request; nil where it was answered before.
    package func answer(_ message: BusMessage) async -> BusMessage? {
        guard message.body.count <= BusMessage.bodyByteLimit else {
            let failure = RequestFailure(
                .invalid, "The request is larger than \(BusMessage.bodyByteLimit) bytes.")
            onDefect(String(message.type.prefix(100)), failure)
            return Self.encode(Reply<NoReply>.failure(failure), source: source)
        }
        guard let handler = handlers[message.type] else {
            let failure = RequestFailure(.invalid, "There is no request \(message.type.prefix(100)).")
            return Self.encode(Reply<NoReply>.failure(failure), source: source)
        }
        return await handler(message)
    }

    private static func encode<Value>(_ reply: Reply<Value>, source: String) -> BusMessage {
        BusMessage(Envelope(source: source, data: reply))
    }
}

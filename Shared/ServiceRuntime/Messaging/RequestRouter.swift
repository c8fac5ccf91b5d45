package import Bus
import Foundation
package import Models

/// Answers requests: one handler a request type.
///
/// A handler answers its reply or throws `RequestFailure`; any other error is answered as what `explain` makes of it, or
/// else as `internal` without its text, and goes to `onDefect`. A message of an unknown type, or one that cannot be read, is answered as `invalid`.
package struct RequestRouter: Sendable {
    package typealias Handler = @Sendable (BusMessage) async -> BusMessage

    private var handlers: [String: Handler] = [:]
    private let source: String
    private let explain: @Sendable (any Error) -> RequestFailure?
    private let onDefect: @Sendable (_ type: String, any Error) -> Void

    package init(
        source: String, explain: @escaping @Sendable (any Error) -> RequestFailure? = { _ in nil },
        onDefect: @escaping @Sendable (_ type: String, any Error) -> Void
    ) {
        self.source = source
        self.explain = explain
        self.onDefect = onDefect
    }

    /// Answers requests of this type.
    package mutating func on<Request: BusRequest>(
        _ type: Request.Type,
        _ answer: @escaping @Sendable (Request, Envelope<Request>) async throws -> Request.Reply
    ) {
        let source = source
        let explain = explain
        let onDefect = onDefect
        handlers[Request.messageType] = { message in
            let reply: Reply<Request.Reply>
            do {
                let envelope = try Envelope<Request>(decoding: message.body)
                reply = .success(try await answer(envelope.data, envelope))
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

    /// Answers one request.
    package func answer(_ message: BusMessage) async -> BusMessage {
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

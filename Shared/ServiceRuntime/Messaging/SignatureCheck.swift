package import Bus
package import Logging
import Metrics

/// Tells who sent a message, by the keys that a service shares with others, and logs and counts what it refuses.
///
/// The broker knows connections, not senders: whoever may publish to an exchange may publish anything there. So what
/// changes something is signed by its sender, and this is the one place where signatures are checked.
package struct SignatureCheck: Sendable {
    /// Someone whose messages are expected, with the keys that are shared with them.
    package struct Known: Sendable {
        let sender: MessageSender
        let sealer: @Sendable () -> Sealer

        /// - Parameter sealer: asked for with every message, because keys are rotated.
        package init(_ sender: MessageSender, _ sealer: @escaping @Sendable () -> Sealer) {
            self.sender = sender
            self.sealer = sealer
        }
    }

    private let known: [Known]
    package let acceptsUnsigned: Bool
    private let logger: Logger

    /// - Parameter acceptsUnsigned: whether messages without a signature are taken: during the upgrade from a version that
    ///   signed none, so that what waits in queues is not lost. Signatures that are there are checked all the same.
    package init(_ known: [Known], acceptsUnsigned: Bool, logger: Logger) {
        self.known = known
        self.acceptsUnsigned = acceptsUnsigned
        self.logger = logger
    }

    /// Who sent the message.
    ///
    /// - Parameters:
    ///   - place: where it was taken from, for the log.
    ///   - route: where it was published to.
    ///   - isExpected: whether that one may send such.
    /// - Throws: the reason for which it is refused. That is logged and counted already.
    package func sender(
        of message: BusMessage, on route: Route, at place: String,
        isExpected: (MessageSender) -> Bool = { _ in true }
    ) throws(SignatureError) -> MessageSender {
        do throws(SignatureError) {
            let sender = try sender(of: message, on: route)
            guard sender == .unsigned || isExpected(sender) else { throw .wrongSender(sender) }
            return sender
        } catch {
            refuse(message, at: place, error)
            throw error
        }
    }

    /// Logs and counts a message that is refused.
    package func refuse(_ message: BusMessage, at place: String, _ error: SignatureError) {
        Counter(.messagesRefused, [("queue", place), ("reason", error.kind.rawValue)]).increment()
        logger.warning(
            "Refused a message that is not from who may send it",
            metadata: [
                LogKey.security: "message.refused", LogKey.queue: "\(place)",
                LogKey.messageID: "\(message.id.prefix(100))",
                LogKey.messageType: "\(message.type.prefix(100))", LogKey.reason: "\(error.message)",
            ])
    }

    private func sender(of message: BusMessage, on route: Route) throws(SignatureError) -> MessageSender {
        guard let signature = MessageSignature(of: message.body) else {
            guard acceptsUnsigned else { throw .missing }
            return .unsigned
        }
        // Looking for a key anew reads a file, so all are asked for what they know first.
        let holder =
            known.first { $0.sealer().known[signature.keyID] != nil }
            ?? known.first { $0.sealer().key(signature.keyID) != nil }
        guard let holder else { throw .unknownKey(signature.keyID) }
        try holder.sealer().verify(message, for: route)
        return holder.sender
    }
}

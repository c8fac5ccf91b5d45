/// Why a message is not taken for one of who may send it. Its text is the reason that a dead letter carries.
package struct SignatureError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: String, Sendable {
        /// There is no signature.
        case missing
        /// Signed with a key that is not known here: a stranger's, or one that was rotated away.
        case unknownKey = "unknown_key"
        /// Signed for another place, or changed since.
        case forged
        /// Signed by someone whose part this is not.
        case wrongSender = "wrong_sender"
        /// Older than requests may be, or from the future.
        case stale
        /// A request that was taken before.
        case repeated
    }

    package let kind: Kind
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }

    static let missing = SignatureError(.missing, "the message is not signed")
    static let forged = SignatureError(.forged, "the signature does not fit the message and its place")

    static func unknownKey(_ id: String) -> SignatureError {
        SignatureError(
            .unknownKey, "the message is signed with key \(id.prefix(16)), which is not known here")
    }

    package static func wrongSender(_ sender: MessageSender) -> SignatureError {
        SignatureError(.wrongSender, "the message is signed by \(sender), which may not send it")
    }
}

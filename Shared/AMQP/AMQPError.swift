/// What a broker connection could not do.
package struct AMQPError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: String, Sendable, CaseIterable {
        /// The URL says no endpoint.
        case invalidURL
        /// No connection could be made: no such host, nobody listens, no answer in time.
        case unreachable
        /// The TLS handshake failed: unknown authority, another host's certificate, an old protocol.
        case tls
        /// The broker refused user, password or virtual host.
        case loginRefused
        /// The broker refused an operation for lack of permission (403).
        case accessRefused
        /// The broker has no such exchange or queue (404).
        case notFound
        /// The broker has the exchange or queue with other properties (406), or a consumer was too slow.
        case preconditionFailed
        /// The broker closed the channel or ended the consumer for another reason.
        case channelClosed
        /// The connection was lost, or closed by the broker.
        case connectionLost
        /// No confirm or no answer in time.
        case timedOut
        /// The broker holds publishers back (a memory or disk alarm).
        case blocked
        /// A name, id or set of headers is too long for the protocol.
        case invalidMessage
        /// The broker refused to take the message: a queue is full.
        case rejected
        /// No queue takes messages of that route.
        case unroutable
        /// This side has closed the connection.
        case closed
    }

    package let kind: Kind
    /// Safe to show: never a body, never a credential.
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { "\(kind.rawValue): \(message)" }
}

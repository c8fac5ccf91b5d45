/// What the bus could not do.
package struct BusError: Error, Sendable, CustomStringConvertible {
    package enum Kind: String, Sendable, CaseIterable {
        /// No connection to the broker within the call's limit.
        case notConnected
        /// The broker holds publishers back, or a queue is full.
        case blocked
        /// No confirm or no answer within the limit; the message may have arrived.
        case timedOut
        /// No queue takes messages of that route.
        case unroutable
        /// The body is over `BusMessage.bodyByteLimit`.
        case tooLarge
        /// The broker refused the operation (permissions, a queue declared otherwise).
        case refused
        /// The bus has been shut down.
        case closed
    }

    package let kind: Kind
    /// Safe to show: never a body, never a credential.
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// Whether the same call may succeed later. The message may then arrive twice.
    package var isRetriable: Bool {
        switch kind {
        case .notConnected, .blocked, .timedOut: true
        case .unroutable, .tooLarge, .refused, .closed: false
        }
    }

    package var description: String { "\(kind.rawValue): \(message)" }
}

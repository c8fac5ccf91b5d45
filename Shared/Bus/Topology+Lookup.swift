import Foundation

extension Topology {
    /// The exchange that `MessageBus.events(matching:)` listens to: the first topic exchange.
    var eventsExchange: Exchange { exchanges.first { $0.kind == .topic } ?? .events }

    /// The exchange that dead letters are published to: that of the first queue for them.
    var deadExchange: Exchange { queues.first { $0.kind == .dead }?.exchange ?? .dead }
}

/// The headers that a dead letter bears, beside those that it had.
package enum DeadLetterHeader {
    package static let reason = "x-purser-reason"
    static let queue = "x-purser-queue"
    static let exchange = "x-purser-exchange"
    static let routingKey = "x-purser-routing-key"
    /// The reason of a message that was never settled with `done`.
    static let undeliverable = "delivered \(Queue.deliveryLimit) times without success"
}

extension BusMessage {
    /// The dead letter that this message becomes. It keeps its id, type, body and headers.
    ///
    /// - Parameters:
    ///   - queue: the name of the queue that it was taken from.
    ///   - exchange: where it was published to, with `routingKey`.
    package func deadLetter(
        reason: String, queue: String, exchange: String, routingKey: String
    ) -> BusMessage {
        var letter = self
        letter.headers[DeadLetterHeader.reason] = reason
        letter.headers[DeadLetterHeader.queue] = queue
        letter.headers[DeadLetterHeader.exchange] = exchange
        letter.headers[DeadLetterHeader.routingKey] = routingKey
        return letter
    }

    /// How much is kept of a body that is over the limit, in its dead letter: 64 KiB.
    static let keptBytes = 64 << 10

    /// Why a message that came from elsewhere is not handled; nil where its body is not over the limit.
    var oversize: String? {
        guard body.count > Self.bodyByteLimit else { return nil }
        return "a body of \(body.count) bytes is over the limit of \(Self.bodyByteLimit); the first "
            + "\(Self.keptBytes) are kept"
    }

    /// The message with as much of its body as a dead letter keeps, where that is over the limit.
    var cut: BusMessage {
        guard oversize != nil else { return self }
        var message = self
        message.body = Data(body.prefix(Self.keptBytes))
        return message
    }

    func checkSize() throws(BusError) {
        guard body.count <= Self.bodyByteLimit else {
            throw BusError(
                .tooLarge, "A body of \(body.count) bytes is over the limit of \(Self.bodyByteLimit) bytes.")
        }
    }
}

extension Settlement {
    /// The longest time that a message is held back before it is delivered again.
    static let longestRetryDelay: Duration = .seconds(30)

    static func delay(_ wanted: Duration) -> Duration {
        min(max(wanted, .zero), longestRetryDelay)
    }
}

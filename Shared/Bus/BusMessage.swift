package import Foundation

/// A message as it travels: an encoded envelope and the few facts that routing needs.
package struct BusMessage: Sendable, Equatable {
    /// The longest body that the bus takes: 1 MiB. A longer one is refused with `tooLarge`.
    package static let bodyByteLimit = 1 << 20

    /// The envelope's id; the same on every redelivery.
    package var id: String
    /// The envelope's type, as in `action.execute.v1`.
    package var type: String
    /// The envelope, JSON in UTF-8 (`application/cloudevents+json`).
    package var body: Data
    /// Further facts beside the body, such as the reason of a dead letter. Keys are lower-case.
    package var headers: [String: String]

    package init(id: String, type: String, body: Data, headers: [String: String] = [:]) {
        self.id = id
        self.type = type
        self.body = body
        self.headers = headers
    }
}

extension BusMessage {
    static let repeatHeader = "x-purser-repeat"

    /// Whether the message may have been published before: its publisher did not learn whether the bus had taken it.
    package var mayBeRepeat: Bool {
        get { headers[Self.repeatHeader] != nil }
        set { headers[Self.repeatHeader] = newValue ? "1" : nil }
    }
}

/// One hand-over of a message to a consumer.
package struct Delivery: Sendable {
    package let message: BusMessage
    /// Whether the message may have been delivered before: a consumer ended before it settled it, or its publisher sent
    /// it twice.
    package let isRedelivered: Bool

    package init(message: BusMessage, isRedelivered: Bool) {
        self.message = message
        self.isRedelivered = isRedelivered || message.mayBeRepeat
    }
}

/// How a handler settles a delivery.
package enum Settlement: Sendable, Equatable {
    /// The message is done with.
    case done
    /// Deliver it again, not before `after` has passed (at most 30 s; longer waits are the sender's to schedule).
    /// After `Queue.deliveryLimit` deliveries it goes to the dead letters.
    case retry(after: Duration)
    /// No one can process it: to the dead letters, with this reason.
    case reject(String)
}

/// What an event subscription yields.
package enum EventDelivery: Sendable {
    /// An event and the topic that it was published under.
    case event(topic: String, BusMessage)
    /// Events may have been missed before this point.
    case interrupted
}

/// One entry of a stream.
package struct StreamEntry: Sendable {
    /// Rises by at least one from entry to entry.
    package let offset: UInt64
    package let message: BusMessage

    package init(offset: UInt64, message: BusMessage) {
        self.offset = offset
        self.message = message
    }
}

/// Where reading a stream begins.
package enum StreamStart: Sendable, Equatable {
    /// At the oldest entry that is still kept.
    case first
    /// At this offset, or at the oldest later one that is kept. Where the stream ends before it, because it has been
    /// made anew meanwhile, at the oldest entry.
    case offset(UInt64)
}

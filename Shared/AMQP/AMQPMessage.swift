package import Foundation

/// A value in a table of headers or arguments.
package enum AMQPValue: Sendable, Equatable {
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case table([String: AMQPValue])
    case array([AMQPValue])

    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    package var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }
}

/// A message with the properties that we use.
package struct AMQPMessage: Sendable, Equatable {
    package var id = ""
    package var type = ""
    package var contentType = ""
    package var correlationID = ""
    package var replyTo = ""
    /// After how many milliseconds in a queue the broker drops it; nil for never.
    package var expirationMilliseconds: Int?
    /// Whether it is written to disk (delivery mode 2).
    package var isPersistent = false
    package var headers: [String: AMQPValue] = [:]
    package var body = Data()

    package init() {}
}

/// A message to be published.
package struct AMQPPublication: Sendable {
    package var exchange: String
    package var routingKey: String
    /// Whether it fails as `unroutable` where no queue takes it; otherwise it is then dropped.
    package var isMandatory: Bool
    package var message: AMQPMessage

    package init(exchange: String, routingKey: String, isMandatory: Bool, message: AMQPMessage) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.isMandatory = isMandatory
        self.message = message
    }
}

/// A channel of one connection. A number is used again after the channel has closed, an epoch never is.
package struct AMQPChannel: Sendable, Hashable {
    let number: UInt16
    let epoch: UInt64
}

/// A message that a consumer got.
package struct AMQPDelivery: Sendable {
    package let channel: AMQPChannel
    package let tag: UInt64
    package let isRedelivered: Bool
    package let exchange: String
    package let routingKey: String
    package var message: AMQPMessage
}

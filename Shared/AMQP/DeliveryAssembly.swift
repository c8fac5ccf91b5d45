import Foundation

/// Puts a message together from the frames of one channel: method, header, then bodies. A value without I/O.
struct DeliveryAssembly {
    /// How much of a body is kept: 2 MiB. The rest is dropped as it comes; the bus refuses what is over half of that, and
    /// many of the 128 MiB that the broker lets through would be more memory than there is.
    static let bodyByteLimit = 2 << 20

    /// What the method said.
    enum Start {
        case delivery(tag: UInt64, isRedelivered: Bool, exchange: String, routingKey: String)
        case returned(exchange: String, routingKey: String)
    }

    private var start: Start?
    private var message = AMQPMessage()
    private var missingBytes: Int?

    mutating func begin(_ start: Start) {
        self.start = start
        missingBytes = nil
    }

    /// - Returns: the finished message, when it has no body.
    mutating func header(_ message: AMQPMessage, bodyBytes: Int) -> (Start, AMQPMessage)? {
        guard start != nil else { return nil }
        self.message = message
        missingBytes = bodyBytes
        if bodyBytes == 0 { return finish() }
        return nil
    }

    /// - Returns: the finished message, with the last fragment.
    mutating func body(_ fragment: UnsafeRawBufferPointer) -> (Start, AMQPMessage)? {
        guard let missing = missingBytes else { return nil }
        if message.body.isEmpty, fragment.count == missing, missing <= Self.bodyByteLimit {
            message.body = Data(fragment)
            return finish()
        }
        if message.body.isEmpty { message.body.reserveCapacity(min(missing, Self.bodyByteLimit)) }
        message.body.append(contentsOf: fragment.prefix(Self.bodyByteLimit - message.body.count))
        missingBytes = missing - fragment.count
        return missing <= fragment.count ? finish() : nil
    }

    private mutating func finish() -> (Start, AMQPMessage)? {
        missingBytes = nil
        guard let start = start.take() else { return nil }
        let finished = message
        message = AMQPMessage()
        return (start, finished)
    }
}

import AMQP

extension BusMessage {
    static let contentType = "application/cloudevents+json"

    /// The message as the broker gets it.
    func amqp(isPersistent: Bool) -> AMQPMessage {
        var message = AMQPMessage()
        message.id = id
        message.type = type
        message.contentType = Self.contentType
        message.isPersistent = isPersistent
        message.body = body
        if !headers.isEmpty { message.headers = headers.mapValues { .string($0) } }
        return message
    }

    /// A message that came from the broker. Headers that the broker adds for itself are left out; where they tell of
    /// a dead letter that the broker made, it gets the headers of one that we make.
    init(_ message: AMQPMessage) {
        self.init(id: message.id, type: message.type, body: message.body)
        if message.headers.isEmpty { return }
        for (key, value) in message.headers where !key.hasPrefix("x-first-death-") {
            if let text = value.string { headers[key] = text }
        }
        guard headers[DeadLetterHeader.reason] == nil, case .array(let deaths)? = message.headers["x-death"],
            case .table(let death)? = deaths.first
        else { return }
        var routingKey: String?
        if case .array(let keys)? = death["routing-keys"] { routingKey = keys.first?.string }
        let reason = death["reason"]?.string ?? "unknown"
        self = deadLetter(
            reason: reason == "delivery_limit" ? DeadLetterHeader.undeliverable : "dead-lettered: \(reason)",
            queue: death["queue"]?.string ?? "", exchange: death["exchange"]?.string ?? "",
            routingKey: routingKey ?? "")
    }
}

extension AMQPDelivery {
    /// How often the message has been delivered before, as far as a quorum queue counts.
    var earlierDeliveries: Int {
        Int(message.headers["x-delivery-count"]?.integer ?? 0)
    }

    /// The place in a stream.
    var streamOffset: UInt64? {
        message.headers["x-stream-offset"]?.integer.map { UInt64(clamping: $0) }
    }
}

extension BusError {
    /// What a broker's error means to the caller of the bus.
    init(_ error: AMQPError) {
        let kind: Kind =
            switch error.kind {
            case .unreachable, .tls, .loginRefused: .notConnected
            case .connectionLost, .channelClosed, .timedOut: .timedOut
            case .blocked, .rejected: .blocked
            case .unroutable, .notFound: .unroutable
            case .accessRefused, .preconditionFailed, .invalidMessage, .invalidURL: .refused
            case .closed: .closed
            }
        self.init(kind, error.message)
    }
}

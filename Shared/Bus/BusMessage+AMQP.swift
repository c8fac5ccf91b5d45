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

    /// The longest header that is taken from the broker: 4 KiB with its key. A message with longer ones would fit no frame
    /// with the headers of a dead letter, and so never be one.
    static let headerByteLimit = 4 << 10
    /// How many are taken, ours before others.
    static let headerCountLimit = 16

    /// A message that came from the broker. Headers that the broker adds for itself are left out, as are those over the
    /// limits; where they tell of a dead letter that the broker made, it gets the headers of one that we make.
    init(_ message: AMQPMessage) {
        self.init(id: message.id, type: message.type, body: message.body)
        if message.headers.isEmpty { return }
        takeHeaders(of: message) { $0.hasPrefix("x-purser-") }
        takeHeaders(of: message) { !$0.hasPrefix("x-first-death-") }
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

extension BusMessage {
    /// Takes the headers with such keys, as many as there is room for.
    private mutating func takeHeaders(of message: AMQPMessage, where isWanted: (String) -> Bool) {
        for (key, value) in message.headers where isWanted(key) && headers.count < Self.headerCountLimit {
            guard let text = value.string, key.utf8.count + text.utf8.count <= Self.headerByteLimit else {
                continue
            }
            headers[key] = text
        }
    }
}

extension AMQPDelivery {
    /// How often the message has been delivered before, as far as a quorum queue counts; at a first delivery it counts
    /// nothing, and what is there is whatever the publisher wrote.
    var earlierDeliveries: Int {
        Int(min(max(message.headers["x-delivery-count"]?.integer ?? 0, 0), Int64(Queue.deliveryLimit)))
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

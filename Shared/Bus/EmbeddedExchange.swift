/// An exchange of the embedded bus, with the queues bound to it.
struct EmbeddedExchange: Sendable {
    /// Where a message ends.
    enum Target: Sendable {
        case work(DeliveryQueue<EmbeddedWork>)
        case requests(DeliveryQueue<EmbeddedRequest>)
        case stream(EmbeddedStream)
    }

    let kind: Exchange.Kind
    private var all: [Target] = []
    private var byKey: [String: [Target]] = [:]
    private var byPattern: [(pattern: TopicPattern, target: Target)] = []

    init(kind: Exchange.Kind) {
        self.kind = kind
    }

    mutating func bind(_ target: Target, key: String) {
        switch kind {
        case .direct: byKey[key, default: []].append(target)
        case .fanout: all.append(target)
        case .topic: byPattern.append((TopicPattern(key), target))
        }
    }

    func targets(for routingKey: String) -> [Target] {
        switch kind {
        case .direct: return byKey[routingKey] ?? []
        case .fanout: return all
        case .topic:
            if byPattern.isEmpty { return [] }
            let words = TopicPattern.words(of: routingKey)
            return byPattern.filter { $0.pattern.matches(words) }.map(\.target)
        }
    }
}

/// A message in a work queue.
struct EmbeddedWork: Sendable {
    let message: BusMessage
    let exchange: String
    let routingKey: String
    /// How often it has been delivered before.
    var deliveries = 0
}

/// A message in a request queue.
struct EmbeddedRequest: Sendable {
    let message: BusMessage
    /// The id under which the requester waits; nil where no one does.
    let id: UInt64?
    /// When the requester gives up.
    let deadline: ContinuousClock.Instant?

    var isStale: Bool {
        deadline.map { $0 <= ContinuousClock.now } ?? false
    }
}

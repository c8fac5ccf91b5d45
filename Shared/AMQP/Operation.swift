/// Something that the broker answers, done one at a time.
enum Operation: Sendable {
    case openChannel
    /// Opens the channel that all publishing goes through, with confirms; a second one is refused.
    case openPublishChannel
    case declareExchange(AMQPChannel, name: String, kind: String)
    case declareQueue(AMQPChannel, AMQPQueueDeclaration)
    case bind(AMQPChannel, queue: String, exchange: String, routingKey: String)
    case consume(AMQPChannel, AMQPConsumer)
    case cancel(AMQPChannel)
    case closeChannel(AMQPChannel)
    case deleteQueue(AMQPChannel, name: String)
    case deleteExchange(AMQPChannel, name: String)
}

/// What an operation came to.
enum OperationAnswer: Sendable {
    case done
    case channel(AMQPChannel)
    /// A queue's name, made by the broker where the declaration had none.
    case queue(String)
}

/// A queue as it should be.
package struct AMQPQueueDeclaration: Sendable {
    /// Empty for a name that the broker makes.
    package var name: String
    package var isDurable: Bool
    /// Whether only this connection uses it, and it ends with it.
    package var isExclusive: Bool
    package var arguments: [String: AMQPValue]

    package init(
        name: String, isDurable: Bool = true, isExclusive: Bool = false, arguments: [String: AMQPValue] = [:]
    ) {
        self.name = name
        self.isDurable = isDurable
        self.isExclusive = isExclusive
        self.arguments = arguments
    }
}

/// What takes messages from a queue. A channel has at most one.
package struct AMQPConsumer: Sendable {
    package var queue: String
    /// How many deliveries may be unsettled (1 to 65,535); nil where deliveries need no acknowledgement.
    package var prefetch: Int?
    package var arguments: [String: AMQPValue]
    /// Called on the connection's thread, in order; must return at once.
    package var onDelivery: @Sendable (AMQPDelivery) -> Void
    /// Called once, on the connection's thread, when no more deliveries come, unless this side cancelled.
    package var onEnd: @Sendable (AMQPError) -> Void

    package init(
        queue: String, prefetch: Int?, arguments: [String: AMQPValue] = [:],
        onDelivery: @escaping @Sendable (AMQPDelivery) -> Void,
        onEnd: @escaping @Sendable (AMQPError) -> Void
    ) {
        self.queue = queue
        self.prefetch = prefetch
        self.arguments = arguments
        self.onDelivery = onDelivery
        self.onEnd = onEnd
    }
}

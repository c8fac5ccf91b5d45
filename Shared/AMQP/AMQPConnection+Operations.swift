extension AMQPConnection {
    package func openChannel() async throws(AMQPError) -> AMQPChannel {
        try Self.channel(await perform(.openChannel))
    }

    /// Opens the channel that all publishing of this connection goes through, in confirm mode.
    package func openPublishChannel() async throws(AMQPError) -> AMQPChannel {
        try Self.channel(await perform(.openPublishChannel))
    }

    /// Closes a channel; what it had not settled is delivered again. Without effect when it is not open any more.
    package func close(_ channel: AMQPChannel) async throws(AMQPError) {
        _ = try await perform(.closeChannel(channel))
    }

    /// Declares a durable exchange.
    package func declareExchange(
        _ name: String, kind: String, on channel: AMQPChannel
    ) async throws(AMQPError) {
        _ = try await perform(.declareExchange(channel, name: name, kind: kind))
    }

    /// - Returns: the queue's name, made by the broker where the declaration had none.
    package func declareQueue(
        _ declaration: AMQPQueueDeclaration, on channel: AMQPChannel
    ) async throws(AMQPError) -> String {
        guard case .queue(let name) = try await perform(.declareQueue(channel, declaration)) else {
            throw .unexpectedAnswer
        }
        return name
    }

    package func bind(
        _ queue: String, to exchange: String, routingKey: String, on channel: AMQPChannel
    ) async throws(AMQPError) {
        _ = try await perform(.bind(channel, queue: queue, exchange: exchange, routingKey: routingKey))
    }

    /// Lets a consumer begin. One a channel.
    package func consume(_ consumer: AMQPConsumer, on channel: AMQPChannel) async throws(AMQPError) {
        _ = try await perform(.consume(channel, consumer))
    }

    /// Ends the channel's consumer; when this returns, no more deliveries come.
    package func cancel(_ channel: AMQPChannel) async throws(AMQPError) {
        _ = try await perform(.cancel(channel))
    }

    package func deleteQueue(_ name: String, on channel: AMQPChannel) async throws(AMQPError) {
        _ = try await perform(.deleteQueue(channel, name: name))
    }

    package func deleteExchange(_ name: String, on channel: AMQPChannel) async throws(AMQPError) {
        _ = try await perform(.deleteExchange(channel, name: name))
    }

    private static func channel(_ answer: OperationAnswer) throws(AMQPError) -> AMQPChannel {
        guard case .channel(let channel) = answer else { throw .unexpectedAnswer }
        return channel
    }
}

extension AMQPError {
    static let unexpectedAnswer = AMQPError(.connectionLost, "The broker gave another answer than expected.")
}

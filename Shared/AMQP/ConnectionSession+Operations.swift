import CRabbitMQ

extension ConnectionSession {
    /// How many channels a connection has at most (the broker's default is 2,047).
    private static let channelLimit = 2_000

    func perform(_ operation: Operation) throws(AMQPError) -> OperationAnswer {
        memory.reset()
        switch operation {
        case .openChannel: return .channel(try openChannel().channel)
        case .openPublishChannel: return .channel(try openPublishChannel())
        case .declareExchange(let channel, let name, let kind):
            let number = try state(of: channel).number
            _ = amqp_exchange_declare(
                library, number, memory.bytes(name), memory.bytes(kind), 0, 1, 0, 0, amqp_empty_table)
            try check(amqp_get_rpc_reply(library), on: number)
        case .declareQueue(let channel, let declaration):
            return .queue(try declare(declaration, on: state(of: channel).number))
        case .bind(let channel, let queue, let exchange, let routingKey):
            let number = try state(of: channel).number
            _ = amqp_queue_bind(
                library, number, memory.bytes(queue), memory.bytes(exchange), memory.bytes(routingKey),
                amqp_empty_table)
            try check(amqp_get_rpc_reply(library), on: number)
        case .consume(let channel, let consumer): try consume(consumer, on: state(of: channel))
        case .cancel(let channel): try cancel(state(of: channel))
        case .closeChannel(let channel):
            guard let state = open(channel) else { break }
            state.consumer = nil
            try check(amqp_channel_close(library, state.number, AMQP_REPLY_SUCCESS), on: state.number)
            channels[Int(state.number)] = nil
        case .deleteQueue(let channel, let name):
            let number = try state(of: channel).number
            _ = amqp_queue_delete(library, number, memory.bytes(name), 0, 0)
            try check(amqp_get_rpc_reply(library), on: number)
        case .deleteExchange(let channel, let name):
            let number = try state(of: channel).number
            _ = amqp_exchange_delete(library, number, memory.bytes(name), 0)
            try check(amqp_get_rpc_reply(library), on: number)
        }
        return .done
    }

    private func state(of channel: AMQPChannel) throws(AMQPError) -> ChannelState {
        guard let state = open(channel) else {
            throw AMQPError(.channelClosed, "The channel has been closed.")
        }
        return state
    }

    private func openChannel() throws(AMQPError) -> ChannelState {
        let free = channels.dropFirst().firstIndex { $0 == nil } ?? channels.count
        guard free <= Self.channelLimit else {
            throw AMQPError(.channelClosed, "The connection has no channel left.")
        }
        let number = UInt16(free)
        _ = amqp_channel_open(library, number)
        try check(amqp_get_rpc_reply(library), on: number)
        lastEpoch += 1
        let state = ChannelState(AMQPChannel(number: number, epoch: lastEpoch))
        if free == channels.count { channels.append(state) } else { channels[free] = state }
        return state
    }

    private func openPublishChannel() throws(AMQPError) -> AMQPChannel {
        guard publishChannel == nil else {
            throw AMQPError(.preconditionFailed, "The connection has a channel for publishing.")
        }
        let state = try openChannel()
        _ = amqp_confirm_select(library, state.number)
        try check(amqp_get_rpc_reply(library), on: state.number)
        unconfirmedChannel = try openChannel()
        publishChannel = state
        return state.channel
    }

    private func declare(
        _ declaration: AMQPQueueDeclaration, on number: UInt16
    ) throws(AMQPError) -> String {
        let answer = amqp_queue_declare(
            library, number, memory.bytes(declaration.name), 0, declaration.isDurable ? 1 : 0,
            declaration.isExclusive ? 1 : 0, declaration.isExclusive ? 1 : 0,
            memory.table(declaration.arguments))
        // Copied at once: the answer belongs to librabbitmq's buffers.
        let name = answer.map { String($0.pointee.queue) } ?? declaration.name
        try check(amqp_get_rpc_reply(library), on: number)
        return name
    }

    private func consume(_ consumer: AMQPConsumer, on state: ChannelState) throws(AMQPError) {
        if let prefetch = consumer.prefetch {
            _ = amqp_basic_qos(library, state.number, 0, UInt16(clamping: max(1, prefetch)), 0)
            try check(amqp_get_rpc_reply(library), on: state.number)
        }
        let answer = amqp_basic_consume(
            library, state.number, memory.bytes(consumer.queue), amqp_empty_bytes, 0,
            consumer.prefetch == nil ? 1 : 0, 0, memory.table(consumer.arguments))
        let tag = answer.map { String($0.pointee.consumer_tag) } ?? ""
        try check(amqp_get_rpc_reply(library), on: state.number)
        // Deliveries that came with the answer are queued inside librabbitmq and are looked at later.
        state.consumer = consumer
        state.consumerTag = tag
    }

    private func cancel(_ state: ChannelState) throws(AMQPError) {
        guard let consumer = state.consumer else { return }
        _ = amqp_basic_cancel(library, state.number, memory.bytes(state.consumerTag))
        let reply = amqp_get_rpc_reply(library)
        // What came before the broker's answer still goes to the consumer, who settles or returns it.
        if reply.reply_type == AMQP_RESPONSE_NORMAL { drain() }
        state.consumer = nil
        try check(reply, on: state.number, consumer: consumer)
    }

    /// Turns an answer of librabbitmq into an error, and closes here what the broker closed.
    private func check(
        _ reply: amqp_rpc_reply_t, on number: UInt16, consumer: AMQPConsumer? = nil
    ) throws(AMQPError) {
        switch reply.reply_type {
        case AMQP_RESPONSE_NORMAL: return
        case AMQP_RESPONSE_SERVER_EXCEPTION where reply.reply.id == Self.channelCloseID:
            let close = reply.reply.decoded.assumingMemoryBound(to: amqp_channel_close_t.self).pointee
            throw channelClosed(number, close)
        case AMQP_RESPONSE_SERVER_EXCEPTION where reply.reply.id == Self.connectionCloseID:
            let close = reply.reply.decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
            throw connectionClosed(close)
        default: throw lost(reply.library_error)
        }
    }
}

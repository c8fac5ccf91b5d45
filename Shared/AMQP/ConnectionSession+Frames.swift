import CRabbitMQ
import Synchronization

extension ConnectionSession {
    static let channelCloseID: UInt32 = 0x0014_0028
    static let connectionCloseID: UInt32 = 0x000A_0032
    private static let connectionCloseOKID: UInt32 = 0x000A_0033
    private static let connectionBlockedID: UInt32 = 0x000A_003C
    private static let connectionUnblockedID: UInt32 = 0x000A_003D
    private static let channelCloseOKID: UInt32 = 0x0014_0029
    private static let deliverID: UInt32 = 0x003C_003C
    private static let returnID: UInt32 = 0x003C_0032
    private static let cancelID: UInt32 = 0x003C_001E
    private static let ackID: UInt32 = 0x003C_0050
    private static let nackID: UInt32 = 0x003C_0078

    /// How many frames are handled before commands are looked at again.
    private static let framesPerTurn = 1_024

    /// Handles the frames that are there, without waiting for more. librabbitmq looks after heartbeats meanwhile.
    func drain() {
        var none = timeval(tv_sec: 0, tv_usec: 0)
        var frame = amqp_frame_t()
        for count in 1...Self.framesPerTurn {
            guard failure == nil else { return }
            let status = amqp_simple_wait_frame_noblock(library, &frame, &none)
            if status == AMQP_STATUS_TIMEOUT.rawValue {
                mayHaveFrames = false
                amqp_maybe_release_buffers(library)
                return
            }
            guard status == AMQP_STATUS_OK.rawValue else {
                failure = lost(status)
                return
            }
            handle(frame)
            // Everything has been copied out of the frame. Unreleased buffers would only grow.
            if count % 128 == 0 { amqp_maybe_release_buffers(library) }
        }
        mayHaveFrames = true
    }

    private func handle(_ frame: amqp_frame_t) {
        if frame.channel == 0 { return handleConnectionMethod(frame) }
        let number = Int(frame.channel)
        guard number < channels.count, let state = channels[number] else { return }
        switch Int32(frame.frame_type) {
        case AMQP_FRAME_METHOD: handleMethod(frame.payload.method, on: state)
        case AMQP_FRAME_HEADER:
            let header = frame.payload.properties
            let properties = header.decoded.assumingMemoryBound(to: amqp_basic_properties_t.self)
            let message = AMQPMessage(properties.pointee)
            finished(state.assembly.header(message, bodyBytes: Int(clamping: header.body_size)), on: state)
        case AMQP_FRAME_BODY:
            let fragment = frame.payload.body_fragment
            let bytes = UnsafeRawBufferPointer(start: fragment.bytes, count: fragment.len)
            finished(state.assembly.body(bytes), on: state)
        default: break
        }
    }

    private func finished(_ result: (DeliveryAssembly.Start, AMQPMessage)?, on state: ChannelState) {
        guard let (start, message) = result else { return }
        switch start {
        case .delivery(let tag, let isRedelivered, let exchange, let routingKey):
            state.consumer?.onDelivery(
                AMQPDelivery(
                    channel: state.channel, tag: tag, isRedelivered: isRedelivered, exchange: exchange,
                    routingKey: routingKey, message: message))
        case .returned(let exchange, let routingKey):
            window.returned(messageID: message.id, exchange: exchange, routingKey: routingKey)
        }
    }

    private func handleMethod(_ method: amqp_method_t, on state: ChannelState) {
        switch method.id {
        case Self.deliverID:
            let deliver = method.decoded.assumingMemoryBound(to: amqp_basic_deliver_t.self).pointee
            state.assembly.begin(
                .delivery(
                    tag: deliver.delivery_tag, isRedelivered: deliver.redelivered != 0,
                    exchange: String(deliver.exchange), routingKey: String(deliver.routing_key)))
        case Self.ackID:
            let ack = method.decoded.assumingMemoryBound(to: amqp_basic_ack_t.self).pointee
            settle(ack.delivery_tag, multiple: ack.multiple != 0, isTaken: true)
        case Self.nackID:
            let nack = method.decoded.assumingMemoryBound(to: amqp_basic_nack_t.self).pointee
            settle(nack.delivery_tag, multiple: nack.multiple != 0, isTaken: false)
        case Self.returnID:
            let returned = method.decoded.assumingMemoryBound(to: amqp_basic_return_t.self).pointee
            state.assembly.begin(
                .returned(exchange: String(returned.exchange), routingKey: String(returned.routing_key)))
        case Self.cancelID:
            state.consumer?.onEnd(AMQPError(.channelClosed, "The broker ended the consumer."))
            state.consumer = nil
        case Self.channelCloseID:
            let close = method.decoded.assumingMemoryBound(to: amqp_channel_close_t.self).pointee
            // Whoever uses the channel is told by its consumer's end; the publish channel ends the connection.
            _ = channelClosed(state.number, close)
        default: break
        }
    }

    private func handleConnectionMethod(_ frame: amqp_frame_t) {
        guard Int32(frame.frame_type) == AMQP_FRAME_METHOD else { return }
        let method = frame.payload.method
        switch method.id {
        case Self.connectionBlockedID:
            let blocked = method.decoded.assumingMemoryBound(to: amqp_connection_blocked_t.self).pointee
            isBlocked = true
            let reason = String(blocked.reason)
            shared.status.state.withLock { $0.blockedReason = reason }
        case Self.connectionUnblockedID:
            isBlocked = false
            shared.status.state.withLock { $0.blockedReason = nil }
        case Self.connectionCloseID:
            let close = method.decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
            _ = connectionClosed(close)
        default: break
        }
    }

    private func settle(_ sequence: UInt64, multiple: Bool, isTaken: Bool) {
        window.settle(sequence, multiple: multiple, isTaken: isTaken) { publishing, error in
            publishing.completion?(error)
        }
    }

    /// Answers the broker's closing of a channel and forgets the channel.
    func channelClosed(_ number: UInt16, _ close: amqp_channel_close_t) -> AMQPError {
        let error = brokerError(close.reply_code, close.reply_text)
        var answer = amqp_channel_close_ok_t()
        let status = amqp_send_method(library, number, Self.channelCloseOKID, &answer)
        if status != AMQP_STATUS_OK.rawValue { failure = lost(status) }
        guard Int(number) < channels.count, let state = channels[Int(number)] else { return error }
        channels[Int(number)] = nil
        if state === publishChannel || state === unconfirmedChannel {
            // Which publications the broker had taken is not to be known any more, and its numbers begin anew.
            failure = failure ?? error
        }
        state.consumer?.onEnd(error)
        state.consumer = nil
        return error
    }

    func connectionClosed(_ close: amqp_connection_close_t) -> AMQPError {
        let told = brokerError(close.reply_code, close.reply_text)
        var answer = amqp_connection_close_ok_t()
        // The connection ends in any case.
        _ = amqp_send_method(library, 0, Self.connectionCloseOKID, &answer)
        let error = AMQPError(.connectionLost, "The broker closed the connection: \(told.message)")
        failure = failure ?? error
        return error
    }

    /// The error for a status below zero, which ends the connection.
    func lost(_ status: Int32) -> AMQPError {
        let error = AMQPError(
            .connectionLost, "The connection to \(endpoint) was lost: \(Self.text(of: status)).")
        failure = failure ?? error
        return error
    }

    private func brokerError(_ code: UInt16, _ text: amqp_bytes_t) -> AMQPError {
        let kind: AMQPError.Kind =
            switch Int32(code) {
            case AMQP_ACCESS_REFUSED, AMQP_RESOURCE_LOCKED: .accessRefused
            case AMQP_NOT_FOUND: .notFound
            case AMQP_PRECONDITION_FAILED: .preconditionFailed
            default: .channelClosed
            }
        return AMQPError(kind, endpoint.withoutCredentials(String(text)))
    }
}

extension AMQPMessage {
    /// Reads properties as they are in a header frame, behind its length; nil where librabbitmq does not take them.
    ///
    /// - SeeAlso: AMQP 0-9-1 specification, 4.2.6.1 "The Content Header".
    init?(encodedProperties bytes: [UInt8]) {
        var pool = amqp_pool_t()
        init_amqp_pool(&pool, 4_096)
        defer { empty_amqp_pool(&pool) }
        let message = bytes.withUnsafeBytes { buffer -> AMQPMessage? in
            let encoded = amqp_bytes_t(
                len: buffer.count, bytes: UnsafeMutableRawPointer(mutating: buffer.baseAddress))
            var decoded: UnsafeMutableRawPointer?
            guard amqp_decode_properties(Self.basicClass, &pool, encoded, &decoded) == 0, let decoded else {
                return nil
            }
            return AMQPMessage(decoded.assumingMemoryBound(to: amqp_basic_properties_t.self).pointee)
        }
        guard let message else { return nil }
        self = message
    }

    private static let basicClass: UInt16 = 60

    /// A copy of properties that librabbitmq owns.
    init(_ properties: amqp_basic_properties_t) {
        self.init()
        let flags = Int32(bitPattern: properties._flags)
        if flags & AMQP_BASIC_MESSAGE_ID_FLAG != 0 { id = String(properties.message_id) }
        if flags & AMQP_BASIC_TYPE_FLAG != 0 { type = String(properties.type) }
        if flags & AMQP_BASIC_CONTENT_TYPE_FLAG != 0 { contentType = String(properties.content_type) }
        if flags & AMQP_BASIC_CORRELATION_ID_FLAG != 0 { correlationID = String(properties.correlation_id) }
        if flags & AMQP_BASIC_REPLY_TO_FLAG != 0 { replyTo = String(properties.reply_to) }
        if flags & AMQP_BASIC_DELIVERY_MODE_FLAG != 0 { isPersistent = properties.delivery_mode == 2 }
        if flags & AMQP_BASIC_HEADERS_FLAG != 0 { headers = AMQPValue.table(properties.headers) }
    }
}

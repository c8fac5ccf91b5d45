import CRabbitMQ
import Foundation

extension ConnectionSession {
    /// How much is gathered before it is written.
    private static let writeBytes = 64 << 10
    /// How long a write may stand still before the connection counts as dead: as long as a missing heartbeat.
    private static let stalledWriteMilliseconds = 2 * ConnectionSession.heartbeatSeconds * 1_000

    func publish(_ publishing: Publishing) {
        if held.isEmpty, !isBlocked, window.admits(publishing) {
            sendNow(publishing)
        } else {
            held.append(publishing)
        }
    }

    /// Sends what had to wait, as far as that is possible now.
    func sendHeld() {
        guard !held.isEmpty, !isBlocked, failure == nil else { return }
        var count = 0
        for publishing in held {
            guard failure == nil, window.admits(publishing) else { break }
            sendNow(publishing)
            count += 1
        }
        held.removeFirst(count)
    }

    func giveBack(_ tag: UInt64, on channel: AMQPChannel) {
        guard let state = open(channel) else { return }
        state.acks.settled(tag)
        guard endpoint.usesTLS else {
            encoder.giveBack(tag, on: state.number)
            return
        }
        checkSent(amqp_basic_nack(library, state.number, tag, 0, 1))
    }

    func flushAcknowledgements() {
        for state in channels {
            guard let state, !state.acks.isEmpty else { continue }
            for ack in state.acks.flush() where failure == nil {
                if endpoint.usesTLS {
                    checkSent(amqp_basic_ack(library, state.number, ack.tag, ack.multiple ? 1 : 0))
                } else {
                    encoder.acknowledge(ack.tag, multiple: ack.multiple, on: state.number)
                }
            }
        }
    }

    /// Writes what was encoded. Afterwards librabbitmq may write again: what was encoded is never left half written.
    func flush() {
        guard !encoder.buffer.isEmpty, failure == nil else { return }
        defer { encoder.removeAll() }
        let socket = amqp_get_sockfd(library)
        encoder.buffer.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty, failure == nil {
                let written = Foundation.send(
                    socket, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count,
                    Int32(MSG_NOSIGNAL))
                if written > 0 {
                    rest = rest.dropFirst(written)
                } else if errno == EAGAIN {
                    waitUntilWritable(socket)
                } else if errno != EINTR {
                    failure = lost(AMQP_STATUS_SOCKET_ERROR.rawValue)
                }
            }
        }
    }

    private func waitUntilWritable(_ socket: Int32) {
        var descriptor = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
        if poll(&descriptor, 1, Self.stalledWriteMilliseconds) == 0 {
            failure = lost(AMQP_STATUS_HEARTBEAT_TIMEOUT.rawValue)
        }
    }

    private func sendNow(_ publishing: Publishing) {
        let isConfirmed = publishing.completion != nil
        guard let channel = isConfirmed ? publishChannel : unconfirmedChannel else {
            publishing.completion?(AMQPError(.channelClosed, "The connection has no channel for publishing."))
            return
        }
        if endpoint.usesTLS {
            guard sendByLibrary(publishing.publication, on: channel.number) else {
                return fail(publishing)
            }
        } else {
            guard encoder.publish(publishing.publication, on: channel.number) else { return fail(publishing) }
            if encoder.buffer.count >= Self.writeBytes { flush() }
        }
        if isConfirmed { window.sent(publishing) }
    }

    private func fail(_ publishing: Publishing) {
        publishing.completion?(
            AMQPError(.invalidMessage, "The message's names or headers are too long for the broker."))
    }

    /// Publishes over TLS, where only librabbitmq can write.
    ///
    /// - Returns: false, having sent nothing, where a text is too long for the protocol.
    private func sendByLibrary(_ publication: AMQPPublication, on number: UInt16) -> Bool {
        // Encoded for the sake of its check alone: librabbitmq would find out only after the method was sent.
        var check = FrameEncoder(frameLimit: encoder.frameLimit)
        var bodyless = publication
        bodyless.message.body = Data()
        guard check.publish(bodyless, on: number) else { return false }
        memory.reset()
        var properties = self.properties(of: publication.message)
        let exchange = memory.bytes(publication.exchange)
        let routingKey = memory.bytes(publication.routingKey)
        let status = publication.message.body.withUnsafeBytes { body in
            amqp_basic_publish(
                library, number, exchange, routingKey, publication.isMandatory ? 1 : 0, 0, &properties,
                amqp_bytes_t(len: body.count, bytes: UnsafeMutableRawPointer(mutating: body.baseAddress)))
        }
        checkSent(status)
        return true
    }

    private func properties(of message: AMQPMessage) -> amqp_basic_properties_t {
        var properties = amqp_basic_properties_t()
        var flags = AMQP_BASIC_DELIVERY_MODE_FLAG
        properties.delivery_mode = message.isPersistent ? 2 : 1
        func set(
            _ text: String, _ flag: Int32, _ field: WritableKeyPath<amqp_basic_properties_t, amqp_bytes_t>
        ) {
            guard !text.isEmpty else { return }
            flags |= flag
            properties[keyPath: field] = memory.bytes(text)
        }
        set(message.contentType, AMQP_BASIC_CONTENT_TYPE_FLAG, \.content_type)
        set(message.correlationID, AMQP_BASIC_CORRELATION_ID_FLAG, \.correlation_id)
        set(message.replyTo, AMQP_BASIC_REPLY_TO_FLAG, \.reply_to)
        set(message.id, AMQP_BASIC_MESSAGE_ID_FLAG, \.message_id)
        set(message.type, AMQP_BASIC_TYPE_FLAG, \.type)
        let expiration = message.expirationMilliseconds.map { String($0) } ?? ""
        set(expiration, AMQP_BASIC_EXPIRATION_FLAG, \.expiration)
        if !message.headers.isEmpty {
            flags |= AMQP_BASIC_HEADERS_FLAG
            properties.headers = memory.table(message.headers)
        }
        properties._flags = amqp_flags_t(bitPattern: flags)
        return properties
    }

    private func checkSent(_ status: Int32) {
        if status != AMQP_STATUS_OK.rawValue { failure = lost(status) }
    }
}

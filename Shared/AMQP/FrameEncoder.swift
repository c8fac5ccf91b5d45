import Foundation

/// Encodes the frames that are sent most, so that many go out in one write: a value without I/O.
///
/// librabbitmq makes three system calls a message and one an acknowledgement, and blocks without a limit when the
/// socket is full; that was most of the cost of a message.
/// - SeeAlso: AMQP 0-9-1 specification, 2.3 "Delimiting Frames" and 4.2 "AMQP Wire-Level Format".
struct FrameEncoder {
    /// The longest name, id or type: they are short strings.
    static let shortStringLimit = 255
    private static let frameEnd: UInt8 = 0xCE
    /// What a frame takes beside its payload.
    private static let frameOverhead = 8

    /// The longest frame that the broker takes.
    let frameLimit: Int
    private(set) var buffer: [UInt8] = []

    init(frameLimit: Int) {
        self.frameLimit = frameLimit
    }

    mutating func removeAll() {
        buffer.removeAll(keepingCapacity: buffer.capacity <= 1 << 20)
    }

    mutating func acknowledge(_ tag: UInt64, multiple: Bool, on channel: UInt16) {
        method(60, 80, on: channel) { frame in
            frame.append(tag)
            frame.buffer.append(multiple ? 1 : 0)
        }
    }

    /// Puts a delivery back into its queue.
    mutating func giveBack(_ tag: UInt64, on channel: UInt16) {
        method(60, 120, on: channel) { frame in
            frame.append(tag)
            frame.buffer.append(0b10)
        }
    }

    /// - Returns: false, having encoded nothing, where a text is too long for the protocol.
    mutating func publish(_ publication: AMQPPublication, on channel: UInt16) -> Bool {
        let message = publication.message
        let names = [
            publication.exchange, publication.routingKey, message.id, message.type, message.contentType,
            message.correlationID, message.replyTo,
        ]
        guard names.allSatisfy({ $0.utf8.count <= Self.shortStringLimit }) else { return false }
        let start = buffer.count
        method(60, 40, on: channel) { frame in
            frame.append(UInt16(0))
            frame.append(short: publication.exchange)
            frame.append(short: publication.routingKey)
            frame.buffer.append(publication.isMandatory ? 1 : 0)
        }
        let headerBytes = frame(2, on: channel) { $0.properties(of: message) }
        guard headerBytes + Self.frameOverhead <= frameLimit else {
            buffer.removeSubrange(start...)
            return false
        }
        var rest = message.body[...]
        while !rest.isEmpty {
            let part = rest.prefix(frameLimit - Self.frameOverhead)
            _ = frame(3, on: channel) { $0.buffer.append(contentsOf: part) }
            rest = rest.dropFirst(part.count)
        }
        return true
    }

    private mutating func properties(of message: AMQPMessage) {
        append(UInt16(60))
        append(UInt16(0))
        append(UInt64(message.body.count))
        let flagsAt = buffer.count
        var flags: UInt16 = 1 << 12
        append(flags)
        if !message.contentType.isEmpty {
            flags |= 1 << 15
            append(short: message.contentType)
        }
        if !message.headers.isEmpty {
            flags |= 1 << 13
            append(message.headers)
        }
        buffer.append(message.isPersistent ? 2 : 1)
        if !message.correlationID.isEmpty {
            flags |= 1 << 10
            append(short: message.correlationID)
        }
        if !message.replyTo.isEmpty {
            flags |= 1 << 9
            append(short: message.replyTo)
        }
        if let expiration = message.expirationMilliseconds {
            flags |= 1 << 8
            append(short: String(expiration))
        }
        if !message.id.isEmpty {
            flags |= 1 << 7
            append(short: message.id)
        }
        if !message.type.isEmpty {
            flags |= 1 << 5
            append(short: message.type)
        }
        buffer[flagsAt] = UInt8(truncatingIfNeeded: flags >> 8)
        buffer[flagsAt + 1] = UInt8(truncatingIfNeeded: flags)
    }

    private mutating func method(
        _ classID: UInt16, _ methodID: UInt16, on channel: UInt16, fields: (inout Self) -> Void
    ) {
        _ = frame(1, on: channel) { frame in
            frame.append(classID)
            frame.append(methodID)
            fields(&frame)
        }
    }

    /// - Returns: the payload's length.
    private mutating func frame(
        _ type: UInt8, on channel: UInt16, payload: (inout Self) -> Void
    ) -> Int {
        buffer.append(type)
        append(channel)
        let length = withLength(payload)
        buffer.append(Self.frameEnd)
        return length
    }

    /// Writes a length of four bytes, then the content that it counts.
    private mutating func withLength(_ content: (inout Self) -> Void) -> Int {
        let lengthAt = buffer.count
        append(UInt32(0))
        content(&self)
        let length = buffer.count - lengthAt - 4
        let bytes = UInt32(length)
        for place in 0..<4 {
            buffer[lengthAt + place] = UInt8(truncatingIfNeeded: bytes >> UInt32(24 - 8 * place))
        }
        return length
    }

    private mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.bigEndian) { buffer.append(contentsOf: $0) }
    }

    private mutating func append(short text: String) {
        buffer.append(UInt8(truncatingIfNeeded: text.utf8.count))
        buffer.append(contentsOf: text.utf8)
    }

    private mutating func append(_ table: [String: AMQPValue]) {
        _ = withLength { table_ in
            for (key, value) in table where key.utf8.count <= Self.shortStringLimit {
                table_.append(short: key)
                table_.append(value)
            }
        }
    }

    private mutating func append(_ value: AMQPValue) {
        switch value {
        case .bool(let value):
            buffer.append(UInt8(ascii: "t"))
            buffer.append(value ? 1 : 0)
        case .integer(let value):
            buffer.append(UInt8(ascii: "l"))
            append(value)
        case .string(let value):
            buffer.append(UInt8(ascii: "S"))
            _ = withLength { $0.buffer.append(contentsOf: value.utf8) }
        case .table(let values):
            buffer.append(UInt8(ascii: "F"))
            append(values)
        case .array(let values):
            buffer.append(UInt8(ascii: "A"))
            _ = withLength { array in
                for value in values { array.append(value) }
            }
        }
    }
}

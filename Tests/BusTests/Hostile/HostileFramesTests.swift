import Foundation
import TestSupport
import Testing

@testable import AMQP
@testable import Bus

/// What a stranger who may publish can put into a message beside its body, and how long that may be.
@Suite("Hostile frames")
struct HostileFramesTests {
    /// The properties of a message as its header frame has them, behind the length of its body.
    private static func encoded(_ message: AMQPMessage) -> [UInt8] {
        var encoder = FrameEncoder(frameLimit: 131_072)
        let publication = AMQPPublication(exchange: "", routingKey: "", isMandatory: false, message: message)
        guard encoder.publish(publication, on: 1) else { return [] }
        // Behind the frame of the method: type, channel, length; then class, weight and the body's length.
        let bytes = encoder.buffer
        func length(at index: Int) -> Int { bytes[index..<index + 4].reduce(0) { $0 << 8 | Int($1) } }
        let header = 7 + length(at: 3) + 1
        return Array(bytes[(header + 7 + 12)..<(header + 7 + length(at: header + 3))])
    }

    private static let message: AMQPMessage = {
        var message = AMQPMessage()
        message.id = "01hzy3v7q8r9s0t1v2w3x4y5z6"
        message.type = "action.execute.v1"
        message.contentType = BusMessage.contentType
        message.correlationID = "17"
        message.replyTo = "amq.rabbitmq.reply-to.x"
        message.isPersistent = true
        message.headers = [
            "x-purser-repeat": .string("1"), "x-delivery-count": .integer(3), "flag": .bool(true),
            "x-death": .array([
                .table(["reason": .string("expired"), "routing-keys": .array([.string("k")])])
            ]),
        ]
        return message
    }()

    @Test("Properties come back as they were")
    func back() {
        #expect(AMQPMessage(encodedProperties: Self.encoded(Self.message)) == Self.message)
    }

    @Test("Properties with changed bytes are read or refused")
    func fuzz() async throws {
        let encoded = Self.encoded(Self.message)
        let pieces = Mutator([
            "F", "A", "S", "x", "T", "I", "l", "\u{0}\u{0}\u{0}\u{1}F", "\u{7F}\u{7F}\u{7F}\u{7F}",
        ])
        try await Fuzz.run("AMQP properties", count: 5_000) { generator in
            let bytes = pieces.mutate(encoded, using: &generator)
            guard let message = AMQPMessage(encodedProperties: bytes) else { return }
            let taken = BusMessage(message)
            guard taken.headers.count <= BusMessage.headerCountLimit + 4 else {
                throw FuzzFailure(description: "\(taken.headers.count) headers were taken.")
            }
            _ = AMQPMessage(encodedProperties: Self.encoded(message))
        }
    }

    /// A table, or an array in a table, so deep.
    private static func nested(_ kind: Character, depth: Int) -> [UInt8] {
        func length(_ count: Int) -> [UInt8] {
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }
        }
        // Written from its end to its beginning, so that it takes no longer than it is long.
        var reversed: [UInt8] = []
        for _ in 0..<depth {
            let count = length(reversed.count)
            reversed.append(contentsOf: count.reversed())
            reversed.append(contentsOf: kind == "F" ? [UInt8(ascii: "F"), 0] : [UInt8(ascii: "A")])
        }
        if kind == "A" { reversed.append(0) }
        reversed.append(contentsOf: length(reversed.count).reversed())
        let headersAlone: [UInt8] = [0x20, 0]
        return headersAlone + reversed.reversed()
    }

    @Test(
        "Tables and arrays as deep as a frame has room for end no process",
        arguments: ["F", "A"] as [Character])
    func deep(kind: Character) throws {
        let bytes = Self.nested(kind, depth: 20_000)
        #expect(bytes.count < 131_072)
        var value = try #require(AMQPMessage(encodedProperties: bytes)).headers.values.first
        var depth = 1
        while let inner = value {
            depth += 1
            switch inner {
            case .table(let values): value = values.values.first
            case .array(let values): value = values.first
            default: value = nil
            }
        }
        #expect(depth == AMQPValue.depthLimit)
    }

    @Test("Headers over the limits are left out, and a dead letter still fits a frame")
    func headers() {
        var message = AMQPMessage()
        message.headers = ["long": .string(String(repeating: "a", count: 100_000)), "short": .string("b")]
        #expect(BusMessage(message).headers == ["short": "b"])
        for index in 0..<1_000 { message.headers["key-\(index)"] = .string("value") }
        message.headers["x-purser-repeat"] = .string("1")
        let taken = BusMessage(message)
        #expect(taken.headers.count == BusMessage.headerCountLimit)
        #expect(taken.mayBeRepeat)
        let letter = taken.deadLetter(reason: "none", queue: "q", exchange: "e", routingKey: "k")
        #expect(!Self.encoded(letter.amqp(isPersistent: true)).isEmpty)
    }

    @Test("A count of deliveries that a publisher made up is bounded", arguments: [Int64.max, .min, -1, 3])
    func counts(count: Int64) {
        var message = AMQPMessage()
        message.headers = ["x-delivery-count": .integer(count)]
        let delivery = AMQPDelivery(
            channel: AMQPChannel(number: 1, epoch: 1), tag: 1, isRedelivered: false, exchange: "",
            routingKey: "",
            message: message)
        #expect((0...Queue.deliveryLimit).contains(delivery.earlierDeliveries))
    }

    @Test(
        "Of a body without end only the beginning is kept, whatever its header said",
        arguments: [Int.max, 64 << 20])
    func bodies(announced: Int) throws {
        var assembly = DeliveryAssembly()
        assembly.begin(.delivery(tag: 1, isRedelivered: false, exchange: "e", routingKey: "k"))
        #expect(assembly.header(AMQPMessage(), bodyBytes: announced) == nil)
        let fragment = [UInt8](repeating: 7, count: 1 << 20)
        var finished: AMQPMessage?
        for _ in 0..<64 where finished == nil {
            finished = fragment.withUnsafeBytes { assembly.body($0)?.1 }
        }
        #expect((finished == nil) == (announced == .max))
        if let finished {
            #expect(finished.body.count == DeliveryAssembly.bodyByteLimit)
            #expect(BusMessage(finished).oversize != nil)
        }
    }
}

import Foundation
import Synchronization
import Testing

@testable import AMQP

@Suite("What a connection keeps in mind")
struct AMQPStateTests {
    private static func publishing(
        _ id: String, bytes: Int = 0, after: Duration = .seconds(1), isMandatory: Bool = true,
        key: String = "k"
    ) -> Publishing {
        var message = AMQPMessage()
        message.id = id
        message.body = Data(count: bytes)
        let publication = AMQPPublication(
            exchange: "e", routingKey: key, isMandatory: isMandatory, message: message)
        return Publishing(publication, deadline: .now + after, completion: nil)
    }

    /// What `settle` tells: ids, with the kind of error.
    private static func settle(
        _ window: inout ConfirmWindow, _ sequence: UInt64, multiple: Bool = false, isTaken: Bool = true
    ) -> [String] {
        var told: [String] = []
        window.settle(sequence, multiple: multiple, isTaken: isTaken) { publishing, error in
            told.append(publishing.publication.message.id + (error.map { " \($0.kind)" } ?? ""))
        }
        return told
    }

    @Test("Confirms settle one publication, or all up to it, once")
    func confirms() {
        var window = ConfirmWindow()
        for id in ["1", "2", "3", "4", "5"] { window.sent(Self.publishing(id)) }
        #expect(Self.settle(&window, 2) == ["2"])
        #expect(Self.settle(&window, 2) == [])
        #expect(Self.settle(&window, 3, multiple: true) == ["1", "3"])
        #expect(Self.settle(&window, 99) == [])
        #expect(Self.settle(&window, 4, isTaken: false) == ["4 rejected"])
        #expect(Self.settle(&window, 0, multiple: true) == ["5"])
        #expect(window.isEmpty && window.bytes == 0)
        window.sent(Self.publishing("6"))
        #expect(Self.settle(&window, 6, multiple: true) == ["6"])
    }

    @Test("A returned publication fails as unroutable when it is confirmed, others of that id do not")
    func returns() {
        var window = ConfirmWindow()
        window.sent(Self.publishing("same", key: "other"))
        window.sent(Self.publishing("same", isMandatory: false))
        window.sent(Self.publishing("same"))
        window.sent(Self.publishing("same"))
        window.returned(messageID: "same", exchange: "e", routingKey: "k")
        #expect(Self.settle(&window, 4, multiple: true) == ["same", "same", "same unroutable", "same"])
    }

    @Test("The window is bounded in bytes, and lets one longer message through alone")
    func bound() {
        var window = ConfirmWindow()
        let long = Self.publishing("long", bytes: ConfirmWindow.byteLimit * 2)
        #expect(window.admits(long))
        window.sent(long)
        #expect(!window.admits(Self.publishing("short")))
        _ = Self.settle(&window, 1)
        var count = 0
        while window.admits(Self.publishing("short", bytes: 1_000)) {
            window.sent(Self.publishing("short", bytes: 1_000))
            count += 1
        }
        #expect(count == ConfirmWindow.byteLimit / (1_000 + ConfirmWindow.overheadBytes))
        #expect(!window.admits(long))
    }

    @Test("A publication whose time is up is told once, and still counts as under way")
    func expiry() {
        var window = ConfirmWindow()
        window.sent(Self.publishing("soon", after: .zero))
        window.sent(Self.publishing("late", after: .seconds(60)))
        let now = ContinuousClock.now
        #expect(window.expire(at: now).map(\.publication.message.id) == ["soon"])
        #expect(window.expire(at: now).isEmpty)
        #expect(window.bytes == 2 * ConfirmWindow.overheadBytes)
        #expect(window.removeAll().map(\.publication.message.id) == ["late"])
        #expect(window.bytes == 0)
    }

    @Test("Acknowledgements are gathered into the fewest, and never cover what is open")
    func acknowledgements() {
        var window = AckWindow()
        for tag: UInt64 in [1, 2, 3] { window.acknowledge(tag) }
        #expect(window.flush() == [.init(tag: 3, multiple: true)])
        #expect(window.isEmpty)
        for tag: UInt64 in [5, 7] { window.acknowledge(tag) }
        #expect(window.flush() == [.init(tag: 5, multiple: false), .init(tag: 7, multiple: false)])
        window.settled(6)
        window.acknowledge(4)
        #expect(window.flush() == [.init(tag: 4, multiple: false)])
        window.acknowledge(8)
        window.acknowledge(9)
        window.acknowledge(7)
        #expect(window.flush() == [.init(tag: 9, multiple: true)])
        #expect(window.flush() == [])
    }

    @Test("Acknowledgements in any order cover each tag exactly once", arguments: 1...20)
    func anyOrder(seed: UInt64) {
        var generator = SplitMix(state: seed)
        var window = AckWindow()
        var given: Set<UInt64> = []
        var open = Set(1...UInt64(60))
        var returned: Set<UInt64> = []
        for tag in Array(1...UInt64(60)).shuffled(using: &generator) {
            open.remove(tag)
            if tag % 7 == 0 {
                window.settled(tag)
                returned.insert(tag)
            } else {
                window.acknowledge(tag)
            }
            guard generator.next() % 3 == 0 else { continue }
            for ack in window.flush() {
                let covered =
                    ack.multiple ? Set(1...ack.tag).subtracting(given).subtracting(returned) : [ack.tag]
                #expect(covered.isDisjoint(with: open), "An open delivery was acknowledged.")
                #expect(covered.isDisjoint(with: given), "A delivery was acknowledged twice.")
                given.formUnion(covered)
            }
        }
        for ack in window.flush() {
            given.formUnion(ack.multiple ? Set(1...ack.tag).subtracting(returned) : [ack.tag])
        }
        #expect(given.union(returned) == Set(1...60))
    }

    @Test("A message is put together from its frames")
    func assembly() throws {
        var assembly = DeliveryAssembly()
        let start = DeliveryAssembly.Start.delivery(
            tag: 1, isRedelivered: false, exchange: "e", routingKey: "k")
        #expect(
            [1, 2].withUnsafeBytes { assembly.body($0) } == nil, "A body without a method counts for nothing."
        )
        assembly.begin(start)
        #expect(assembly.header(AMQPMessage(), bodyBytes: 5) == nil)
        #expect([UInt8]("ab".utf8).withUnsafeBytes { assembly.body($0) } == nil)
        let (_, message) = try #require([UInt8]("cde".utf8).withUnsafeBytes { assembly.body($0) })
        #expect(message.body == Data("abcde".utf8))
        assembly.begin(start)
        let empty = assembly.header(AMQPMessage(), bodyBytes: 0)
        #expect(empty?.1.body.isEmpty == true)
        #expect([1].withUnsafeBytes { assembly.body($0) } == nil)
    }
}

@Suite("Frames")
struct FrameEncoderTests {
    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String(format: "%02x", $0) }.joined()
    }

    @Test("Acknowledgements are encoded as the specification says")
    func acknowledgements() {
        var encoder = FrameEncoder(frameLimit: 131_072)
        encoder.acknowledge(258, multiple: true, on: 3)
        #expect(Self.hex(encoder.buffer) == "0100030000000d" + "003c0050" + "0000000000000102" + "01" + "ce")
        encoder.removeAll()
        encoder.giveBack(1, on: 1)
        #expect(Self.hex(encoder.buffer) == "0100010000000d" + "003c0078" + "0000000000000001" + "02" + "ce")
    }

    @Test("A publication is encoded as method, header and bodies")
    func publication() {
        var message = AMQPMessage()
        message.id = "i"
        message.type = "t"
        message.contentType = "c"
        message.isPersistent = true
        message.headers = ["h": .string("v")]
        message.body = Data("body".utf8)
        var encoder = FrameEncoder(frameLimit: 131_072)
        let publication = AMQPPublication(exchange: "e", routingKey: "k", isMandatory: true, message: message)
        let isEncoded = encoder.publish(publication, on: 1)
        #expect(isEncoded)
        let method = "0100010000000b" + "003c0028" + "0000" + "0165" + "016b" + "01" + "ce"
        let properties =
            "b0a0" + "0163" + "00000008" + "0168" + "53" + "00000001" + "76" + "02" + "0169" + "0174"
        let header = "02000100000021" + "003c" + "0000" + "0000000000000004" + properties + "ce"
        let body = "03000100000004" + "626f6479" + "ce"
        #expect(Self.hex(encoder.buffer) == method + header + body)
    }

    @Test("A body longer than a frame is cut", arguments: [92, 93, 184, 185])
    func bodies(bytes: Int) {
        var message = AMQPMessage()
        message.body = Data(repeating: 7, count: bytes)
        var encoder = FrameEncoder(frameLimit: 100)
        let publication = AMQPPublication(exchange: "", routingKey: "", isMandatory: false, message: message)
        let isEncoded = encoder.publish(publication, on: 1)
        #expect(isEncoded)
        var sizes: [Int] = []
        var rest = encoder.buffer[...]
        while rest.count > 7 {
            let start = rest.startIndex
            let size = rest[(start + 3)..<(start + 7)].reduce(0) { $0 << 8 | Int($1) }
            if rest[start] == 3 { sizes.append(size) }
            rest = rest.dropFirst(size + 8)
        }
        #expect(rest.isEmpty)
        #expect(sizes == (bytes > 92 ? [92] : []) + (bytes > 184 ? [92] : []) + [(bytes - 1) % 92 + 1])
    }

    @Test("What is too long for the protocol is not encoded at all")
    func tooLong() {
        var message = AMQPMessage()
        message.id = String(repeating: "i", count: 256)
        var encoder = FrameEncoder(frameLimit: 1_000)
        func expectRefusal(_ publication: AMQPPublication) {
            let isEncoded = encoder.publish(publication, on: 1)
            #expect(!isEncoded)
        }
        expectRefusal(AMQPPublication(exchange: "", routingKey: "", isMandatory: false, message: message))
        message.id = "short"
        message.headers = ["h": .string(String(repeating: "v", count: 1_000))]
        expectRefusal(AMQPPublication(exchange: "", routingKey: "", isMandatory: false, message: message))
        #expect(encoder.buffer.isEmpty)
    }
}

@Suite("A broker's URL")
struct AMQPEndpointTests {
    @Test("Its parts are read, and credentials decoded")
    func parts() throws {
        let full = try AMQPEndpoint(
            url: "amqps://us%40er:p%2Fss%3A@mq.example:5999/v%2Fh?cacertfile=/etc/ca.pem")
        #expect(full.host == "mq.example" && full.port == 5999 && full.vhost == "v/h" && full.usesTLS)
        #expect(full.user == "us@er" && full.password == "p/ss:")
        #expect(full.authoritiesFile == "/etc/ca.pem")
        let short = try AMQPEndpoint(url: "amqp://mq")
        #expect(short.port == 5672 && short.vhost == "/" && short.user == "guest" && !short.usesTLS)
        #expect(try AMQPEndpoint(url: "amqps://mq/").port == 5671)
        #expect(try AMQPEndpoint(url: "amqp://[::1]:1").host == "::1")
    }

    @Test(
        "What it cannot be is refused, without repeating it",
        arguments: [
            "", "mq", "http://user:secret@mq", "amqp://", "amqp://user:secret@mq?verify=none",
            "amqp://user:secret@mq:0", "amqp://user:secret@mq:70000", "amqp://user:sec%00ret@mq",
            "amqp://user:secret@mq?cacertfile=/x", "amqp://user:secret@mq:port",
        ])
    func refused(url: String) {
        let error = #expect(throws: AMQPError.self) { try AMQPEndpoint(url: url) }
        #expect(error?.kind == .invalidURL)
        #expect(error?.message.contains("secret") == false && error?.message.contains("user:") == false)
    }

    @Test("Its description has no credential")
    func description() throws {
        let endpoint = try AMQPEndpoint(url: "amqp://somebody:secret@mq:1/v")
        #expect("\(endpoint)" == "amqp://mq:1/v")
        #expect(endpoint.withoutCredentials("refused for user 'somebody'") == "refused for user '…'")
    }
}

/// A small generator with a seed, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

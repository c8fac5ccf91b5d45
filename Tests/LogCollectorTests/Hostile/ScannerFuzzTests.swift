import Bus
import Foundation
import Models
import TestSupport
import Testing

@testable import LogCollector

/// The two readers of log entries: what the quick one takes, the decoder takes too, and as the same.
@Suite("Hostile log entries")
struct ScannerFuzzTests {
    private static let bodies: [[UInt8]] = {
        let full = LogEntry(
            time: Timestamp(milliseconds: 1_770_113_472_345), level: .error, service: "gateway",
            instance: "gateway-1", message: "Answered \"a\" request", actionID: .make(),
            contractProductID: .make(), clientID: .make(), category: "hosting", provider: "demo",
            function: "create", traceID: "4bf92f3577b34da6a3ce929d0e0e4736",
            metadata: ["http.status": 200, "é": "\u{1}", "a": [1, 2.5, true, .null, ["b": ["c": [:]]]]],
            error: "It broke.", debug: "sealed:v1:k:x")
        let plain = LogEntry(
            time: .init(milliseconds: 0), level: .info, service: "s", instance: "i", message: "m",
            metadata: [:])
        return [[full], [plain], [plain, full, plain]].map { entries in
            Array(Envelope(id: "m1", source: "/test", data: LogEntries(entries: entries)).encoded())
        }
    }()

    /// - Returns: whether the quick reader took it.
    private static func compare(_ body: Data) throws -> Bool {
        guard let quick = IncomingBatch(quicklyReading: body) else { return false }
        let envelope: Envelope<LogEntries>
        do {
            envelope = try Envelope<LogEntries>(decoding: body)
        } catch {
            throw FuzzFailure(
                description: "Only one takes \(String(decoding: body, as: UTF8.self)): \(error)")
        }
        let slow = IncomingBatch(
            messageID: envelope.id, entries: try envelope.data.entries.map(IncomingEntry.init))
        guard try comparable(quick) == comparable(slow) else {
            throw FuzzFailure(description: "read otherwise: \(String(decoding: body, as: UTF8.self))")
        }
        return true
    }

    /// The batch with its metadata in one spelling.
    private static func comparable(_ batch: IncomingBatch) throws -> IncomingBatch {
        var batch = batch
        for index in batch.entries.indices {
            let value = try JSONText.parse(batch.entries[index].metadata)
            batch.entries[index].metadata = String(decoding: value.text, as: UTF8.self)
        }
        return batch
    }

    @Test("Messages with changed bytes mean the same to both readers")
    func bytes() async throws {
        try await Fuzz.run("log entries, bytes", count: 2_000) { generator in
            let body = Self.bodies.randomElement(using: &generator) ?? []
            let changed = Mutator.json.mutate(body, with: Self.bodies, using: &generator)
            _ = try Self.compare(Data(changed))
        }
    }

    @Test("Messages with other values in them mean the same to both readers")
    func values() async throws {
        let golden = try Self.bodies.map { try JSONText.parse(Data($0)) }
        try await Fuzz.run("log entries, values", count: 1_500) { generator in
            let body = golden.randomElement(using: &generator)?.mutated(using: &generator) ?? .null
            _ = try Self.compare(Data(body.text))
        }
    }

    private static func entry(_ more: String = "", metadata: String = "{}", message: String = "m") -> String {
        #"{"specversion":"1.0","id":"m1","source":"/test","type":"log.entries.v1","time":"2026-02-03T10:11:12Z","#
            + #""datacontenttype":"application/json","data":{"entries":[{"time":"2026-02-03T10:11:12.345Z","level":"info","#
            + #""service":"s","instance":"i","message":"\#(message)","metadata":\#(metadata)\#(more)}]}}"#
    }

    /// What only one of the readers took, or took otherwise, before they were made to agree.
    @Test(
        "What the decoder refuses the quick reader does not take",
        arguments: [
            entry(#","message":"other""#), entry(#","\u006dessage":"other""#), entry(#","x":1,"x":2"#),
            entry(#","id":"7""#), entry(metadata: #"{"a":1,"a":2}"#), entry(metadata: #"{"a":1,"\u0061":2}"#),
            entry(metadata: #"{"é":1,"e\#u{301}":2}"#), entry(metadata: #"{"a":"\ud800"}"#),
            entry(metadata: #"{"a":"\udc00\ud800"}"#), entry(metadata: #"{"a":1e999}"#),
            entry(metadata: #"{"a":[{"b":0,"b":0}]}"#), entry(metadata: #"{"\ud800":1}"#),
            entry(metadata: "{\"a\":\(String(repeating: "9", count: 400))}"),
            entry(
                metadata: "{\"a\":\(String(repeating: "[", count: 61))\(String(repeating: "]", count: 61))}"),
            entry().replacing(#""id":"m1""#, with: #""id":"","id":"m1""#),
            entry().replacing(#""source""#, with: #""subject":5,"source""#),
            entry().replacing(#""entries""#, with: #""entries":[],"entries""#),
            entry().replacing(
                #""time":"2026-02-03T10:11:12Z""#, with: #""time":"x","time":"2026-02-03T10:11:12Z""#),
        ])
    func disagreements(body: String) {
        #expect(throws: EnvelopeError.self) { try Envelope<LogEntries>(decoding: Data(body.utf8)) }
        #expect(IncomingBatch(quicklyReading: Data(body.utf8)) == nil)
    }

    @Test("Bytes that are no UTF-8 are taken by neither", arguments: ["message", "metadata"])
    func notUTF8(place: String) {
        let text = place == "message" ? Self.entry(message: "X") : Self.entry(metadata: #"{"a":"X"}"#)
        for bad in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82]] as [[UInt8]] {
            let body = text.utf8.flatMap { $0 == UInt8(ascii: "X") ? bad : [$0] }
            #expect(IncomingBatch(quicklyReading: Data(body)) == nil)
            #expect(throws: UnreadableMessage.self) {
                try IncomingBatch(BusMessage(id: "m", type: LogEntries.messageType, body: Data(body)))
            }
        }
    }

    @Test("A null character is replaced by both readers")
    func null() throws {
        let body = Self.entry(message: "a\\u0000b")
        let slow = Self.entry(#","error":null"#, message: "a\\u0000b")
        #expect(IncomingBatch(quicklyReading: Data(body.utf8)) != nil)
        #expect(IncomingBatch(quicklyReading: Data(slow.utf8)) == nil)
        for text in [body, slow] {
            let message = BusMessage(id: "m", type: LogEntries.messageType, body: Data(text.utf8))
            #expect(try IncomingBatch(message).entries.map(\.message) == ["a\u{FFFD}b"])
        }
    }

    @Test("What is stored is listed, whatever it is")
    func stored() async throws {
        let folder = try TemporaryFolder()
        let store = try LogStore(path: folder.url.appending(path: "log.sqlite").path)
        let golden = try Self.bodies.map { try JSONText.parse(Data($0)) }
        var count = 0
        var generator = SeededGenerator(seed: Fuzz.seed)
        for index in 0..<200 {
            var body = golden.randomElement(using: &generator)?.mutated(using: &generator) ?? .null
            if case .object(var members) = body {
                members["id"] = .string("m\(index)")
                body = .object(members)
            }
            let message = BusMessage(id: "m\(index)", type: LogEntries.messageType, body: Data(body.text))
            guard let batch = try? IncomingBatch(message) else { continue }  // Those are dead letters.
            count += try await store.append([batch], through: nil).count
        }
        #expect(count > 20)
        var listed = 0
        var after = 0
        while true {
            let list = try await store.list(ListLogEntries(after: after, limit: 1_000))
            guard let last = list.items.last?.id else { break }
            listed += list.items.count
            after = last
        }
        #expect(listed == count)
    }
}

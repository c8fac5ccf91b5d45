import Bus
import Foundation
import Models
import Testing

@testable import LogCollector

@Suite struct IncomingBatchTests {
    private func message(_ body: String) -> BusMessage {
        BusMessage(id: "m", type: LogEntries.messageType, body: Data(body.utf8))
    }

    private func envelope(_ entries: String) -> String {
        #"{"specversion":"1.0","id":"m1","source":"/test","type":"log.entries.v1","time":"2026-02-03T10:11:12.345Z","#
            + #""datacontenttype":"application/json","data":{"entries":[\#(entries)]}}"#
    }

    private static let plain =
        #""time":"2026-02-03T10:11:12.345Z","level":"info","service":"s","instance":"i","message":"m","metadata":{}"#

    @Test func `The quick reader reads what the decoder reads`() throws {
        let texts = ["plain", "", #"a "b" \ / c"#, "\n\r\t\u{8}\u{c}\u{1f}", "é 漢 🧾 \u{2028}", "\u{fffd}"]
        for text in texts {
            let full = LogEntry(
                time: Timestamp(milliseconds: 1_770_113_472_345), level: .error, service: text,
                instance: text,
                message: text, actionID: ActionID(rawValue: text),
                contractProductID: ContractProductID(rawValue: text),
                clientID: ClientID(rawValue: text), category: text, provider: text, function: text,
                traceID: text,
                metadata: [text: .string(text), "n": [1, 2.5, true, .null, ["a": ["b": [:]]]]], error: text,
                debug: text)
            let message = try BusMessage.entries([full, .make("second")])
            let quick = try #require(IncomingBatch(quicklyReading: message.body))
            let entries = try Envelope<LogEntries>(decoding: message.body).data.entries
            #expect(quick.messageID == message.id)
            #expect(quick.entries.count == 2)
            for (read, expected) in zip(quick.entries, entries) {
                var read = read
                var stored = try IncomingEntry(expected)
                let metadata = try [read, stored].map {
                    try JSONDecoder().decode([String: JSONValue].self, from: Data($0.metadata.utf8))
                }
                #expect(metadata[0] == metadata[1])
                read.metadata = ""
                stored.metadata = ""
                #expect(read == stored)
            }
        }
    }

    @Test(arguments: [
        #"{ "metadata" : {"a":[ ]} , "unknown": [1e5, -0.5E-3, {}], "time":"2026-02-03T11:11:12.345+01:00","level":"info","service":"s","instance":"i","message":"\u00e9\ud83e\uddfe"}"#,
        "{\(plain)}", "", "{\(plain)},{\(plain)}",
    ])
    func `Another spelling of the same is read`(entries: String) throws {
        let body = envelope(entries)
        let quick = try #require(IncomingBatch(quicklyReading: Data(body.utf8)))
        #expect(quick == (try IncomingBatch(message(body))))
        #expect(
            quick.entries.count == (try Envelope<LogEntries>(decoding: Data(body.utf8)).data.entries.count))
        #expect(quick.entries.allSatisfy { $0.time.milliseconds == 1_770_113_472_345 })
    }

    @Test func `What the quick reader does not know is left to the decoder`() throws {
        let body = envelope(#"{\#(Self.plain),"action_id":null,"error":null}"#)
        #expect(IncomingBatch(quicklyReading: Data(body.utf8)) == nil)
        #expect(try IncomingBatch(message(body)).entries.map(\.message) == ["m"])
    }

    @Test(arguments: [
        ("", "the message is not JSON"), ("{", "the message is not JSON"), ("[]", nil), ("null", nil),
        (#"{"specversion":"1.0"}"#, nil),
        (
            #"{"specversion":"0.3","id":"a","source":"/t","type":"log.entries.v1","time":"2026-02-03T10:11:12Z","data":{"entries":[]}}"#,
            "specversion 0.3 is not 1.0"
        ),
        (
            #"{"specversion":"1.0","id":"a","source":"/t","type":"other.v1","time":"2026-02-03T10:11:12Z","data":{"entries":[]}}"#,
            "the type other.v1 is not log.entries.v1"
        ),
        (
            #"{"specversion":"1.0","id":"","source":"/t","type":"log.entries.v1","time":"2026-02-03T10:11:12Z","data":{"entries":[]}}"#,
            "the id is empty"
        ),
        (
            #"{"specversion":"1.0","id":"a","type":"log.entries.v1","time":"2026-02-03T10:11:12Z","data":{"entries":[]}}"#,
            nil
        ),
        (
            #"{"specversion":"1.0","id":"a","source":"/t","type":"log.entries.v1","time":"2026-02-03T10:11:12Z","data":{}}"#,
            "/data has no member entries"
        ),
        (
            #"{"specversion":"1.0","id":"a","source":"/t","type":"log.entries.v1","time":"2026-02-03T10:11:12Z","data":{"entries":[{}]}}"#,
            nil
        ),
        (
            #"{"specversion":"1.0","id":"a","source":"/t","type":"log.entries.v1","time":"2026-02-03T10:11:12Z","data":{"entries":[1,]}}"#,
            nil
        ),
        (
            #"{"specversion":"1.0","id":"a","source":"/t","type":"log.entries.v1","time":"2026-02-03T10:11:12Z","data":{"entries":[]}} x"#,
            "the message is not JSON"
        ),
    ])
    func `What is no batch is refused with a reason`(body: String, reason: String?) {
        #expect(IncomingBatch(quicklyReading: Data(body.utf8)) == nil)
        let error = #expect(throws: UnreadableMessage.self) { try IncomingBatch(message(body)) }
        if let reason { #expect(error?.reason == reason) }
        #expect(error?.reason.isEmpty == false)
    }

    @Test(arguments: [
        #"{"time":"yesterday","level":"info","service":"s","instance":"i","message":"m","metadata":{}}"#,
        #"{"time":"2026-02-03T10:11:12.345Z","level":"loud","service":"s","instance":"i","message":"m","metadata":{}}"#,
        #"{"time":"2026-02-03T10:11:12.345Z","level":"info","service":"s","instance":"i","message":"m","metadata":[]}"#,
        #"{"time":"2026-02-03T10:11:12.345Z","level":"info","service":"s","instance":"i","message":"m","metadata":{"a":01}}"#,
        #"{"time":"2026-02-03T10:11:12.345Z","level":"info","service":"s","instance":"i","message":"m","metadata":{"a":tru}}"#,
        #"{"time":"2026-02-03T10:11:12.345Z","level":"info","service":"s","instance":"i","message":"m","metadata":{"a":"\x"}}"#,
        #"{"time":"2026-02-03T10:11:12.345Z","level":"info","service":"s","instance":"i","message":"m","metadata":{"a" "b"}}"#,
        #"{"time":"2026-02-03T10:11:12.345Z","level":"info","service":"s","instance":"i","metadata":{}}"#,
        #"{"time":"2026-02-03T10:11:12.345Z","level":"info","service":"s","instance":"i","message":"a\#u{1}","metadata":{}}"#,
        #"{"time":"2026-02-03T10:11:12.345Z","level":"info","service":"s","instance":"i","message":"\ud800","metadata":{}}"#,
    ])
    func `One bad entry refuses its message`(entry: String) {
        #expect(IncomingBatch(quicklyReading: Data(envelope(entry).utf8)) == nil)
        #expect(throws: UnreadableMessage.self) { try IncomingBatch(message(envelope(entry))) }
    }

    @Test func `Deep nesting is not followed by the quick reader`() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(IncomingBatch(quicklyReading: Data(envelope(#"{"x":\#(deep)"#).utf8)) == nil)
    }

    @Test func `A message has at most 500 entries`() throws {
        let entries = Array(repeating: "{\(Self.plain)}", count: 500).joined(separator: ",")
        #expect(try IncomingBatch(message(envelope(entries))).entries.count == 500)
        #expect(throws: UnreadableMessage(reason: "/data/entries has more than 500 elements")) {
            try IncomingBatch(message(envelope(entries + ",{\(Self.plain)}")))
        }
    }

    @Test func `A null character does not cut a text short`() throws {
        let body = envelope(Self.plain.replacing(#""message":"m""#, with: #""message":"a\u0000b""#))
        let batch = try IncomingBatch(
            message(envelope("{\(Self.plain.replacing(#""message":"m""#, with: #""message":"a\u0000b""#))}")))
        #expect(batch.entries.map(\.message) == ["a\u{fffd}b"])
        #expect(!body.isEmpty)
    }
}

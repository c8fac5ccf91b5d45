import Foundation
import Logging
import Models
import Testing

@testable import ServiceRuntime

/// The hand-written encoder says what the decoder of everyone else understands.
@Suite struct EncodedLogEntryTests {
    static let hostileTexts = [
        "", "plain", #"a "quoted" \ back/slash"#, "line\nfeed\r\ttab", "\u{0}\u{1}\u{8}\u{c}\u{1f}\u{7f}",
        "é ü 漢字 🧾 e\u{301}", "\u{2028}\u{2029}\u{feff}", "</script><!--", #"\u0041 \n"#, "{\"a\":[1,2]}",
        String(repeating: "x", count: 5_000), "\u{fffd}\u{10ffff}",
    ]

    private func decode(_ entry: EncodedLogEntry) throws -> LogEntry {
        try JSONDecoder().decode(LogEntry.self, from: Data(entry.bytes))
    }

    private func encode(
        _ message: String, level: Logger.Level = .info, error: (any Error)? = nil,
        metadata: Logger.Metadata = [:], bound: Logger.Metadata = [:]
    ) -> EncodedLogEntry {
        let event = LogEvent(
            level: level, message: "\(message)", error: error, metadata: metadata, source: nil, file: "",
            function: "",
            line: 1)
        return EncodedLogEntry(
            event: event, time: Timestamp(milliseconds: 1_770_113_472_345),
            origin: LogOrigin(service: "test", instance: "test-1"),
            metadata: MergedMetadata(statement: metadata, bound: bound, provided: nil))
    }

    @Test(arguments: hostileTexts)
    func `Hostile text comes back as it was, wherever it stands`(text: String) throws {
        let metadata: Logger.Metadata = [
            LogKey.actionID: "\(text)", LogKey.productID: "\(text)", LogKey.clientID: "\(text)",
            LogKey.category: "\(text)", LogKey.provider: "\(text)", LogKey.function: "\(text)",
            LogKey.traceID: "\(text)", LogKey.error: "\(text)", LogKey.debug: "\(text)", "key": "\(text)",
            "\(text) as a key": "value",
        ]
        let entry = try decode(encode(text, metadata: metadata))
        #expect(entry.message == text)
        #expect(entry.actionID?.rawValue == text)
        #expect(entry.contractProductID?.rawValue == text)
        #expect(entry.clientID?.rawValue == text)
        #expect(entry.category == text)
        #expect(entry.provider == text)
        #expect(entry.function == text)
        #expect(entry.traceID == text)
        #expect(entry.error == text)
        #expect(entry.debug == text)
        #expect(entry.metadata == ["key": .string(text), "\(text) as a key": "value"])
    }

    @Test func `An entry says when, how much, who and what`() throws {
        for level in Logger.Level.allCases {
            let entry = try decode(encode("Something happened", level: level))
            let expected = LogEntry(
                time: Timestamp(milliseconds: 1_770_113_472_345),
                level: try #require(LogLevel(rawValue: level.rawValue)),
                service: "test", instance: "test-1", message: "Something happened", metadata: [:])
            #expect(entry == expected)
        }
    }

    @Test func `Numbers and truth values stay what they are`() throws {
        let entry = try decode(
            encode(
                "m",
                metadata: [
                    "int": .stringConvertible(12), "long": .stringConvertible(Int64.min),
                    "unsigned": .stringConvertible(UInt8.max), "double": .stringConvertible(1.5),
                    "infinite": .stringConvertible(Double.infinity), "true": .stringConvertible(true),
                    "text": "12",
                    "list": ["a", .stringConvertible(2)], "object": ["b": ["c": "d"]],
                    "id": .stringConvertible(ActionID(rawValue: "act_1")),
                ]))
        #expect(
            entry.metadata == [
                "int": 12, "long": .integer(.min), "unsigned": 255, "double": 1.5, "infinite": "inf",
                "true": true,
                "text": "12", "list": ["a", 2], "object": ["b": ["c": "d"]], "id": "act_1",
            ])
    }

    @Test func `A statement's metadata wins over what is bound to its logger`() throws {
        let entry = try decode(
            encode(
                "m", metadata: ["a": "statement", LogKey.category: "hosting"],
                bound: ["a": "bound", "b": "bound", LogKey.category: "seo"]))
        #expect(entry.metadata == ["a": "statement", "b": "bound"])
        #expect(entry.category == "hosting")
    }

    @Test func `The error of a statement is shown, and wins over its metadata`() throws {
        struct Failure: Error, CustomStringConvertible { let description = "it failed" }
        #expect(
            try decode(encode("m", error: Failure(), metadata: [LogKey.error: "other"])).error == "it failed")
        #expect(try decode(encode("m", metadata: [LogKey.error: "other"])).error == "other")
    }

    @Test func `What is too long is cut between characters`() throws {
        let limit = EncodedLogEntry.textLimit
        for text in ["a", "é", "漢", "🧾"].map({ "x" + String(repeating: $0, count: limit) }) {
            let entry = try decode(encode(text))
            #expect(entry.message.utf8.count <= limit + 3)
            #expect(entry.message.utf8.count > limit - 4)
            #expect(entry.message.hasSuffix("…"))
            #expect(text.hasPrefix(entry.message.dropLast()))
        }
    }

    @Test func `An entry never outgrows a message`() throws {
        let text = String(repeating: "x", count: 20_000)
        var metadata: Logger.Metadata = [:]
        for number in 0..<100 { metadata["key\(number)"] = "\(text)" }
        metadata[LogKey.debug] = "\(String(repeating: "y", count: EncodedLogEntry.byteLimit))"
        let entry = encode(text, metadata: metadata)
        #expect(entry.bytes.count < EncodedLogEntry.byteLimit)
        #expect(try decode(entry).debug == nil)
    }

    @Test func `Debug data is not shown`() throws {
        let entry = encode("m", metadata: [LogKey.debug: "sealed:v1:k:abc", "key": "value"])
        let shown = try JSONDecoder().decode(LogEntry.self, from: Data(entry.shown) + Data("}".utf8))
        #expect(shown.debug == nil)
        #expect(shown.metadata == ["key": "value"])
        #expect(try decode(entry).debug == "sealed:v1:k:abc")
        #expect(!String(decoding: entry.shown, as: UTF8.self).contains("sealed"))
    }
}

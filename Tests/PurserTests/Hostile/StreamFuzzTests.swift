import Models
import TestSupport
import Testing

@testable import Purser

/// A stream, or an answer, of something that is not Purser.
@Suite("Hostile streams and texts")
struct StreamFuzzTests {
    private static let pieces = Mutator([
        "data:", "data: ", "id:", "id: \u{0}", "event: x", "retry: 99999999999999999999", ":", "\n", "\r",
        "\r\n", "\n\n",
        "data", " ", "\u{301}", "data:\u{301}", "data: \u{301}",
    ])

    @Test("Any bytes, cut anywhere, give the same events")
    func cuts() async throws {
        let text =
            "\u{FEFF}retry: 2000\n\nid: 1\nevent: a.b\ndata: {\"a\":1}\r\n\r\nid: 2\rdata: x\rdata: y\r\r: z\n\n"
        try await Fuzz.run("server-sent events", count: 3_000) { generator in
            let bytes = Self.pieces.mutate(Array(text.utf8), using: &generator)
            var whole = ServerSentEventParser()
            let events = whole.events(in: bytes)
            var cut = ServerSentEventParser()
            var pieces: [ServerSentEvent] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let size = Int.random(in: 1...7, using: &generator)
                pieces += cut.events(in: rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            guard pieces == events, cut.lastID == whole.lastID else {
                throw FuzzFailure(description: "\(bytes)")
            }
            guard events.allSatisfy({ !$0.name.contains("\n") && !($0.id ?? "").utf8.contains(0) }) else {
                throw FuzzFailure(description: "\(events)")
            }
        }
    }

    @Test("A character that joins the one before it hides neither colon nor space")
    func joined() {
        var parser = ServerSentEventParser()
        let events = parser.events(in: "data:\u{301}x\ndata: \u{301}y\n\n".utf8)
        #expect(events.map { Array($0.data.unicodeScalars) } == [Array("\u{301}x\n\u{301}y".unicodeScalars)])
    }

    @Test("An event without end is not kept", arguments: ["x", "data: x\n"])
    func endless(unit: String) {
        var parser = ServerSentEventParser()
        let chunk = Array(String(repeating: unit, count: 100_000).utf8)
        var count = 0
        while !parser.isTooLong, count < 1_000 {
            _ = parser.events(in: chunk)
            count += 1
        }
        #expect(parser.isTooLong)
        #expect(count * chunk.count <= 6 * ServerSentEventParser.byteLimit)
        #expect(parser.events(in: "\n\ndata: y\n\n".utf8).isEmpty)
    }

    @Test("No text steers the terminal")
    func terminal() {
        let evil = "a\u{1B}]0;x\u{7}\u{9B}31m\r\u{8}\u{202E}b\u{2066}\nc"
        let entry: JSONValue = [
            "time": .string("2026-02-03T10:11:12.345Z\(evil)"), "level": .string(evil),
            "service": .string(evil),
            "message": .string(evil), "metadata": [evil: .string(evil)], "error": .string(evil),
            "action_id": .string(evil),
        ]
        for text in [LogText.line(entry), Cell(evil).text, Table(["a"], empty: "", [[Cell(evil)]]).text] {
            let rest = text.replacing("\n", with: "", maxReplacements: 1)
            #expect(
                !rest.unicodeScalars.contains { $0.properties.generalCategory == .control },
                "\(text.debugDescription)")
            #expect(!rest.unicodeScalars.contains { $0.value == 0x202E || $0.value == 0x2066 })
        }
    }
}

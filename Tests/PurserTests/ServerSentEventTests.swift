import Testing

@testable import Purser

/// Reading streams of events.
@Suite struct ServerSentEventTests {
    private static let text = """
        retry: 2000
        : connected

        id: 1
        event: action.changed
        data: {"a":1}

        : still here

        id: 2
        data:two
        data: lines

        id: 3

        data


        """ + "data: cut"

    private static let expected = [
        ServerSentEvent(id: "1", name: "action.changed", data: #"{"a":1}"#),
        ServerSentEvent(id: "2", data: "two\nlines"), ServerSentEvent(id: "3", data: ""),
    ]

    @Test(arguments: ["\n", "\r\n", "\r"], [1, 2, 7, 1000])
    func `events are whole however the bytes are cut`(_ newline: String, _ size: Int) {
        let bytes = Array(Self.text.replacing("\n", with: newline).utf8)
        var parser = ServerSentEventParser()
        var events: [ServerSentEvent] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            events += parser.events(in: bytes[start..<min(start + size, bytes.count)])
        }
        #expect(events == Self.expected)
        #expect(parser.lastID == "3")
    }

    @Test func `the last id is that of the last whole event`() {
        var parser = ServerSentEventParser(lastID: "7")
        #expect(parser.events(in: "id: 8\ndata: x".utf8).isEmpty)
        #expect(parser.lastID == "7")
        #expect(parser.events(in: "\n\n".utf8).map(\.id) == ["8"])
    }
}

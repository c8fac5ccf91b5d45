/// One event of a stream.
struct ServerSentEvent: Sendable, Equatable {
    var id: String?
    /// `message` where the stream names none.
    var name = "message"
    var data: String
}

/// Takes a stream's bytes apart.
///
/// - SeeAlso: the HTML standard, section 9.2.6.
struct ServerSentEventParser {
    /// The longest event that is kept: 4 MiB, many times what a gateway sends.
    static let byteLimit = 4 << 20

    private var line: [UInt8] = []
    private var lastWasReturn = false
    private var isFirstLine = true
    private var id: String?
    private var name: String?
    private var data: [String] = []
    private var dataBytes = 0

    /// The id of the last event, which a reader sends as `Last-Event-ID`.
    private(set) var lastID: String?
    /// Whether an event was longer than the limit. Nothing more is read then.
    private(set) var isTooLong = false

    init(lastID: String? = nil) {
        self.lastID = lastID
        id = lastID
    }

    /// The events that these bytes complete.
    mutating func events(in bytes: some Sequence<UInt8>) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes where !isTooLong {
            let isReturn = byte == 0x0D
            if byte == 0x0A && lastWasReturn {
                lastWasReturn = false
                continue
            }
            lastWasReturn = isReturn
            if isReturn || byte == 0x0A {
                if let event = endLine() { events.append(event) }
            } else {
                line.append(byte)
                isTooLong = line.count + dataBytes > Self.byteLimit
            }
        }
        return events
    }

    private mutating func endLine() -> ServerSentEvent? {
        // By bytes: a character that joins the one before it must not hide a colon or a space.
        var text = line[...]
        if isFirstLine, text.starts(with: Self.byteOrderMark) { text.removeFirst(Self.byteOrderMark.count) }
        isFirstLine = false
        defer { line.removeAll(keepingCapacity: true) }
        guard !text.isEmpty else { return endEvent() }
        let colon = text.firstIndex(of: UInt8(ascii: ":")) ?? text.endIndex
        var value = text[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value.removeFirst() }
        take(String(decoding: text[..<colon], as: UTF8.self), value)
        return nil
    }

    private mutating func take(_ field: String, _ bytes: ArraySlice<UInt8>) {
        let value = String(decoding: bytes, as: UTF8.self)
        switch field {
        case "id" where !bytes.contains(0): id = value
        case "event": name = value
        case "data":
            data.append(value)
            dataBytes += bytes.count + 1
        default: break
        }
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private mutating func endEvent() -> ServerSentEvent? {
        lastID = id
        defer {
            name = nil
            data = []
            dataBytes = 0
        }
        guard !data.isEmpty else { return nil }
        return ServerSentEvent(id: id, name: name ?? "message", data: data.joined(separator: "\n"))
    }
}

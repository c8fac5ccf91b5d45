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
    private var line: [UInt8] = []
    private var lastWasReturn = false
    private var id: String?
    private var name: String?
    private var data: [String] = []

    /// The id of the last event, which a reader sends as `Last-Event-ID`.
    private(set) var lastID: String?

    init(lastID: String? = nil) {
        self.lastID = lastID
        id = lastID
    }

    /// The events that these bytes complete.
    mutating func events(in bytes: some Sequence<UInt8>) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
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
            }
        }
        return events
    }

    private mutating func endLine() -> ServerSentEvent? {
        let text = String(decoding: line, as: UTF8.self)
        line.removeAll(keepingCapacity: true)
        guard !text.isEmpty else { return endEvent() }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count > 1 ? String(parts[1].hasPrefix(" ") ? parts[1].dropFirst() : parts[1]) : ""
        switch parts[0] {
        case "id": id = value
        case "event": name = value
        case "data": data.append(value)
        default: break
        }
        return nil
    }

    private mutating func endEvent() -> ServerSentEvent? {
        lastID = id
        defer {
            name = nil
            data = []
        }
        guard !data.isEmpty else { return nil }
        return ServerSentEvent(id: id, name: name ?? "message", data: data.joined(separator: "\n"))
    }
}

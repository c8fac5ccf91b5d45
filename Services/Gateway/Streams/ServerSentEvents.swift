import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models
import NIOCore

/// Something that a stream reads on from.
protocol StreamSource: Sendable {
    /// What is new since the last call, at most so much at once.
    ///
    /// - Throws: where it cannot be told now; it is asked again a second later.
    mutating func next() async throws -> StreamChunk
}

/// A part of a stream.
struct StreamChunk: Sendable {
    /// Whole events; empty where there is nothing new.
    var bytes = ByteBuffer()
    /// Whether there is more at once.
    var hasMore = false

    /// Adds an event.
    ///
    /// - Parameter data: line ends in it, which in JSON can only be space between values, are written as spaces: an event
    ///   must not be two.
    /// - SeeAlso: the HTML standard, section 9.2.5.
    mutating func add(id: Int, event: String?, data: RawJSON) {
        bytes.writeString("id: \(id)\n")
        if let event { bytes.writeString("event: \(event)\n") }
        bytes.writeString("data: ")
        if data.bytes.contains(where: Self.isLineEnd) {
            bytes.writeBytes(data.bytes.map { Self.isLineEnd($0) ? UInt8(ascii: " ") : $0 })
        } else {
            bytes.writeBytes(data.bytes)
        }
        bytes.writeString("\n\n")
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }

    /// Adds that what lay between two numbers is no longer kept.
    mutating func addGap(from first: Int, to last: Int) {
        add(id: last, event: "gap", data: RawJSON(["from": .integer(first), "to": .integer(last)]))
    }
}

/// Answers with a stream of server-sent events.
enum ServerSentEvents {
    /// Tells readers to connect again after 2 s, and makes the headers go out at once.
    private static let greeting = ByteBuffer(string: "retry: 2000\n: connected\n\n")
    private static let heartbeat = ByteBuffer(string: ": still here\n\n")
    private static let farewell = ByteBuffer(string: ": connect again with Last-Event-ID\n\n")

    /// - Parameter isAdmitted: whether the reader still may; asked at wakes, `Limits.principalAge` apart at least, of which
    ///   there is one every `Limits.heartbeat`. So what a token or session has no longer ends within 20 s.
    static func response(
        _ stream: OpenStream, of topic: StreamTopic, source: some StreamSource,
        while isAdmitted: @escaping @Sendable () async -> Bool,
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) -> Response {
        stream.topic = topic
        stream.wake()
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream", .cacheControl: "no-store", .accelBuffering: "no",
            ],
            body: .init { writer in
                var source = source
                var lastWrite = now()
                var lastCheck = now()
                @concurrent func write(_ bytes: ByteBuffer) async throws {
                    stream.beginWrite(now: now())
                    try await writer.write(bytes)
                    stream.endWrite()
                    lastWrite = now()
                }
                try await write(greeting)
                for await _ in stream.wakes {
                    if now() >= lastCheck.advanced(by: Limits.principalAge) {
                        lastCheck = now()
                        guard await isAdmitted() else { break }
                    }
                    do {
                        var chunk: StreamChunk
                        repeat {
                            chunk = try await source.next()
                            if chunk.bytes.readableBytes > 0 { try await write(chunk.bytes) }
                        } while chunk.hasMore
                        stream.wake(at: lastWrite.advanced(by: Limits.heartbeat))
                    } catch is RequestFailure {
                        stream.wake(at: now().advanced(by: Limits.streamRetry))
                    }
                    if now() >= lastWrite.advanced(by: Limits.heartbeat) { try await write(heartbeat) }
                }
                try await write(farewell)
                try await writer.finish(nil)
            })
    }

    /// Where a reader was, by its `Last-Event-ID`; nil where it begins.
    ///
    /// - Throws: 422 where it is no number that was given out.
    static func lastEventID(_ header: String?) throws(Problem) -> Int? {
        guard let header, !header.isEmpty else { return nil }
        guard let id = Int(header), (0...Self.greatestID).contains(id) else {
            throw .invalid("/header/Last-Event-ID", "must be the id of an event of this stream")
        }
        return id
    }

    /// More than any number given out, and still exact in every JSON reader.
    static let greatestID = 1 << 53

    static let lastEventIDHeader = FieldDefinition(
        name: "Last-Event-ID", type: .integer, rules: [.min(0), .max(greatestID)],
        help: "The last event that was received; the stream goes on behind it")
}

extension HTTPField.Name {
    static let accelBuffering = constant("X-Accel-Buffering")
}

import AsyncHTTPClient
import Foundation
package import Models
import NIOCore
import TestSupport

/// One event of a stream.
package struct StreamedEvent: Sendable, Equatable {
    package var id: Int
    /// As in `action.changed`; `message` where none was named.
    package var type = "message"
    package var data: JSONValue
}

/// A stream of server-sent events that is being read.
///
/// - SeeAlso: the HTML standard, section 9.2.6.
package struct EventStream {
    private var chunks: AsyncThrowingStream<ByteBuffer, any Error>.AsyncIterator
    private var unread = Data()

    /// - Parameter deadline: until when all of it must have been read. The client's own is over once an answer has begun,
    ///   and heartbeats keep a quiet stream open for ever.
    init(_ body: HTTPClientResponse.Body, until deadline: ContinuousClock.Instant) {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: ByteBuffer.self)
        let reading = Task {
            do {
                for try await chunk in body { continuation.yield(chunk) }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        let limit = Task {
            try await Task.sleep(until: deadline, clock: .continuous)
            continuation.finish(throwing: WaitingError(description: "The stream was read too long."))
        }
        continuation.onTermination = { _ in
            reading.cancel()
            limit.cancel()
        }
        chunks = stream.makeAsyncIterator()
    }

    /// The next event.
    ///
    /// - Throws: where the stream ends, or its limit is over.
    package mutating func next() async throws -> StreamedEvent {
        while true {
            while let end = unread.firstRange(of: Data("\n\n".utf8)) {
                let block = String(decoding: unread[..<end.lowerBound], as: UTF8.self)
                unread = Data(unread[end.upperBound...])
                if let event = try Self.event(block) { return event }
            }
            guard let chunk = try await chunks.next(isolation: #isolation) else {
                throw WaitingError(description: "The stream ended.")
            }
            unread.append(contentsOf: chunk.readableBytesView)
        }
    }

    /// All events up to and with the first that fits.
    package mutating func events(until fits: (StreamedEvent) -> Bool) async throws -> [StreamedEvent] {
        var events: [StreamedEvent] = []
        while true {
            let event = try await next()
            events.append(event)
            if fits(event) { return events }
        }
    }

    /// Nil for a block without data, such as a comment.
    private static func event(_ block: String) throws -> StreamedEvent? {
        var id: Int?
        var type = "message"
        var data: [String] = []
        for line in block.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            switch line[..<colon] {
            case "id": id = Int(value)
            case "event": type = String(value)
            case "data": data.append(String(value))
            default: break
            }
        }
        guard !data.isEmpty else { return nil }
        guard let id else { throw WaitingError(description: "An event has no number: \(block)") }
        let json = try JSONDecoder().decode(JSONValue.self, from: Data(data.joined(separator: "\n").utf8))
        return StreamedEvent(id: id, type: type, data: json)
    }
}

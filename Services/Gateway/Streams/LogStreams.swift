import Bus
import Hummingbird
import HummingbirdCore
import Models
import NIOCore
import ServiceRuntime

/// Streams of the log: what is stored, then what comes.
struct LogStreams: Sendable {
    let upstream: Upstream
    let slots: StreamSlots
    let now: @Sendable () -> ContinuousClock.Instant

    /// Begins behind `Last-Event-ID`; without it at `since` where that is given, otherwise with what comes from now on.
    func response(_ call: Call) async throws -> Response {
        let last = try ServerSentEvents.lastEventID(call.request.headers[.lastEventID])
        var filter = try LogFilter.request(call)
        let stream = try slots.open(channel: call.channel)
        filter.limit = 1
        let range = try await upstream.fetch(filter, of: .logRequests, trace: call.trace)
        let begin = filter.since == nil ? range.lastID : max(0, range.firstID - 1)
        filter.limit = Limits.streamBatch
        let source = LogSource(
            streams: self, filter: filter, audience: try call.audience, trace: call.trace,
            position: min(last ?? begin, range.lastID))
        return ServerSentEvents.response(
            stream, of: .logs, source: source, while: call.isStillAdmitted, now: now)
    }
}

/// Reads log entries in order.
private struct LogSource: StreamSource {
    let streams: LogStreams
    var filter: ListLogEntries
    let audience: Audience
    let trace: TraceContext
    /// The number of the last entry that was looked at.
    var position: Int

    mutating func next() async throws -> StreamChunk {
        var chunk = StreamChunk()
        filter.after = position
        let list = try await streams.upstream.fetch(filter, of: .logRequests, trace: trace)
        if list.firstID > position + 1, list.lastID > position {
            chunk.addGap(from: position + 1, to: list.firstID - 1)
            position = list.firstID - 1
        }
        for entry in list.items {
            guard let id = entry.id, id > position else { continue }
            chunk.add(id: id, event: nil, data: try LogView.shown(entry, to: audience))
            position = id
        }
        // An answer ends early where its entries are large, so what lies behind its last entry was not looked at. Only an
        // empty one tells that nothing does.
        chunk.hasMore = !list.items.isEmpty && position < list.lastID
        if list.items.isEmpty { position = max(position, list.lastID) }
        return chunk
    }
}

import Hummingbird
import HummingbirdCore
import Models
import NIOCore
import ServiceRuntime

/// Streams of `action.changed`, `product.changed` and `adapter.changed`.
struct EventStreams: Sendable {
    let upstream: Upstream
    let recent: RecentEvents
    let slots: StreamSlots
    let view: ActionView
    let now: @Sendable () -> ContinuousClock.Instant

    /// Begins behind `Last-Event-ID`, or with what happens from now on.
    func response(_ call: Call) async throws -> Response {
        let client = try call.onlyClient
        let last = try ServerSentEvents.lastEventID(call.request.headers[.lastEventID])
        let stream = try slots.open(channel: call.channel)
        // Asked once the stream counts as open, so that nothing falls between this answer and the bus.
        let asked = ListEvents(after: last ?? ServerSentEvents.greatestID, clientID: client, limit: 1)
        let range = try await upstream.fetch(asked, trace: call.trace)
        // A number from before the data was wiped begins anew.
        let position = min(last ?? range.lastSequence, range.lastSequence)
        let source = EventSource(
            streams: self, client: client, audience: try call.audience, trace: call.trace,
            position: position)
        return ServerSentEvents.response(
            stream, of: .events, source: source, while: call.isStillAdmitted, now: now)
    }
}

/// Reads events in order: from the latest ones where they follow without a gap, otherwise from the event table.
private struct EventSource: StreamSource {
    let streams: EventStreams
    let client: ClientID?
    let audience: Audience
    let trace: TraceContext
    /// The number of the last event that was looked at.
    var position: Int

    mutating func next() async throws -> StreamChunk {
        var chunk = StreamChunk()
        switch streams.recent.events(after: position, limit: Limits.streamBatch) {
        case .none: return chunk
        case .events(let events):
            for event in events where client == nil || event.clientID == client {
                try add(event.type, event.sequence, event.data, to: &chunk)
            }
            position += events.count
            chunk.hasMore = true
        case .unknown(let mark):
            let request = ListEvents(after: position, clientID: client, limit: Limits.streamBatch)
            let list = try await streams.upstream.fetch(request, trace: trace)
            if list.firstSequence > position + 1, list.lastSequence > position {
                chunk.addGap(from: position + 1, to: list.firstSequence - 1)
                position = list.firstSequence - 1
            }
            for record in list.items {
                try add(record.type, record.sequence, RawJSON(record.shown), to: &chunk)
            }
            chunk.hasMore = list.items.count >= Limits.streamBatch
            let seen = list.items.last?.sequence ?? position
            position = chunk.hasMore ? seen : max(list.lastSequence, seen, position)
            if !chunk.hasMore { streams.recent.settle(newest: position, mark: mark) }
        }
        return chunk
    }

    private func add(_ type: String, _ sequence: Int, _ data: RawJSON, to chunk: inout StreamChunk) throws {
        chunk.add(id: sequence, event: type, data: try streams.view.listed(data, to: audience))
    }
}

extension EventRecord {
    /// The data in the form that the same event has on the bus.
    var shown: JSONValue {
        var members = data
        let inner = type == ActionChanged.topic ? "action" : type == AdapterChanged.topic ? "adapter" : nil
        if let inner, members[inner] == nil { members = [inner: .object(data)] }
        members["sequence"] = .integer(sequence)
        return .object(members)
    }
}

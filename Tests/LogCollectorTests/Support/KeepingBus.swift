import Bus
import TestSupport

/// An embedded bus that says of itself that it keeps messages, as a broker does, and notes where streams are read from.
///
/// With `isShort` it does as a broker whose stream does not reach the offset asked for: nothing comes.
final class KeepingBus: MessageBus {
    private let bus = EmbeddedBus(topology: .purser(categories: []))
    let starts = Recorder<StreamStart>()
    private let isShort: Bool

    init(isShort: Bool = false) {
        self.isShort = isShort
    }

    let keepsMessages = true
    var status: BusStatus { bus.status }

    func run() async throws { try await bus.run() }

    func publish(_ message: BusMessage, to route: Route) async throws(BusError) {
        try await bus.publish(message, to: route)
    }

    func consume(
        _ queue: Queue, prefetch: Int, handler: @escaping @Sendable (Delivery) async -> Settlement
    ) async throws {
        try await bus.consume(queue, prefetch: prefetch, handler: handler)
    }

    func request(
        _ message: BusMessage, to route: Route, timeout: Duration
    ) async throws(BusError) -> BusMessage {
        try await bus.request(message, to: route, timeout: timeout)
    }

    func serve(
        _ queue: Queue, concurrency: Int, handler: @escaping @Sendable (BusMessage) async -> BusMessage?
    ) async throws {
        try await bus.serve(queue, concurrency: concurrency, handler: handler)
    }

    func events(matching patterns: [String]) -> AsyncStream<EventDelivery> { bus.events(matching: patterns) }

    func read(
        _ stream: Queue, from start: StreamStart, batchLimit: Int,
        handler: @escaping @Sendable ([StreamEntry]) async throws -> Void
    ) async throws {
        starts.record(start)
        if isShort, start != .first {
            try await bus.read(stream, from: .offset(.max), batchLimit: 1) { _ in }
        }
        try await bus.read(stream, from: start, batchLimit: batchLimit, handler: handler)
    }
}

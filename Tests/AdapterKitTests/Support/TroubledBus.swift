import Bus
import Synchronization

/// An embedded bus that fails to publish to one exchange as often as a test wants.
final class TroubledBus: MessageBus {
    private let bus: EmbeddedBus
    private let failures = Mutex<(error: BusError?, left: Int)>((nil, 0))

    init(_ bus: EmbeddedBus) {
        self.bus = bus
    }

    /// The next outcomes are not taken.
    func failOutcomes(_ count: Int, with kind: BusError.Kind) {
        failures.withLock { $0 = (BusError(kind, "As the test wants."), count) }
    }

    var keepsMessages: Bool { bus.keepsMessages }
    var status: BusStatus { bus.status }
    func run() async throws { try await bus.run() }

    func publish(_ message: BusMessage, to route: Route) async throws(BusError) {
        if route.exchange == .outcomes {
            let error: BusError? = failures.withLock { failures in
                guard failures.left > 0 else { return nil }
                failures.left -= 1
                return failures.error
            }
            if let error { throw error }
        }
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
        try await bus.read(stream, from: start, batchLimit: batchLimit, handler: handler)
    }
}

/// Moves messages between services: work queues, requests with an answer, events and streams.
///
/// Two forms fill this role, `EmbeddedBus` (in process) and `AMQPBus` (RabbitMQ). Both keep the same rules, proven by
/// one conformance suite: at-least-once delivery, acknowledgement by the handler's answer, a redelivery flag, prefetch,
/// order per queue, dead letters with a reason. Nothing above this module may know which form it has.
package protocol MessageBus: Sendable {
    /// Whether a published message outlives a restart of this process. Where it does not, what was in flight at the
    /// last stop is gone, and its owner must send it again.
    var keepsMessages: Bool { get }

    /// Whether the bus can carry messages now, and otherwise why not.
    var status: BusStatus { get }

    /// Connects, keeps the connection up, and returns when the task is cancelled. Calls made before the first
    /// connection wait for it up to their own limit.
    func run() async throws

    /// Sends one message and returns when the bus has taken responsibility for it (a publisher confirm).
    ///
    /// - Throws: `notConnected`, `blocked` and `timedOut` may be retried (the message may then arrive twice);
    ///   `unroutable`, `tooLarge` may not.
    func publish(_ message: BusMessage, to route: Route) async throws(BusError)

    /// Takes messages from a work queue until the task is cancelled, then waits for the handlers under way, which
    /// do not see the cancellation. A message held for `retry(after:)` is then given back at once.
    ///
    /// - Parameters:
    ///   - prefetch: how many deliveries may be unsettled at once, which is also how many handlers run beside each other.
    ///   - handler: called once a delivery; its answer settles the message.
    func consume(
        _ queue: Queue, prefetch: Int, handler: @escaping @Sendable (Delivery) async -> Settlement
    ) async throws

    /// Sends a request and waits for its answer.
    ///
    /// - Parameter timeout: from the call to the answer. A request that timed out may have been carried out.
    func request(_ message: BusMessage, to route: Route, timeout: Duration) async throws(BusError)
        -> BusMessage

    /// Answers the requests of a queue until the task is cancelled. Requests are transient: one that is lost is a
    /// request that times out at the caller.
    ///
    /// - Parameters:
    ///   - concurrency: how many handlers run beside each other.
    ///   - handler: its answer; nil leaves the request without one.
    func serve(
        _ queue: Queue, concurrency: Int, handler: @escaping @Sendable (BusMessage) async -> BusMessage?
    ) async throws

    /// Receives the events whose topic matches one of `patterns` (`*` one word, `#` any number), from now on.
    ///
    /// Events are transient: where some may have been missed (a lost connection, a full buffer) the stream yields
    /// `.interrupted`, and the subscriber reads on from the event's owner. So the first element is always
    /// `.interrupted`: it comes when the subscription has begun. Ending the iteration ends the subscription.
    func events(matching patterns: [String]) -> AsyncStream<EventDelivery>

    /// Reads a stream in order until the task is cancelled or the handler throws.
    ///
    /// - Parameters:
    ///   - start: the first entry wanted.
    ///   - batchLimit: the most entries handed over at once (1 to 1,000). Fewer come when no more are there.
    ///   - handler: when it returns, its entries count as read.
    func read(
        _ stream: Queue, from start: StreamStart, batchLimit: Int,
        handler: @escaping @Sendable ([StreamEntry]) async throws -> Void
    ) async throws
}

/// Whether a bus can carry messages.
package enum BusStatus: Sendable, Equatable {
    case connected
    /// Publishing is held back by the broker, with its reason (a memory or disk alarm).
    case blocked(String)
    /// No connection, with the last error.
    case disconnected(String)
}

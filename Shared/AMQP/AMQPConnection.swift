import Foundation
import Synchronization

/// One connection to a broker, from its opening to its end; it is not opened again.
///
/// A librabbitmq connection belongs to one thread, so each has its own. Calls put commands into that thread's inbox and
/// wait for the answer. Everything that was under way when the connection fell fails with `connectionLost`, and later
/// calls too. Heartbeats of 5 s find a dead connection within 10 s.
package final class AMQPConnection: Sendable {
    /// What calls and the connection's thread both see.
    struct Shared: Sendable {
        let inbox: ConnectionInbox
        let ending = Signal()
        let status = StatusBox()
    }

    final class StatusBox: Sendable {
        let state = Mutex<(end: AMQPError?, blockedReason: String?)>((nil, nil))
    }

    private let shared: Shared

    private init(_ shared: Shared) {
        self.shared = shared
    }

    deinit {
        // Where nobody closed it, nobody uses it any more either. False: it has ended already.
        _ = shared.inbox.add(.close)
    }

    /// Connects and logs in, in at most 10 s.
    ///
    /// - Parameter name: shown by the broker beside the connection.
    /// - Throws: `unreachable`, `tls`, `loginRefused`; `closed` when the calling task is cancelled.
    package static func open(_ endpoint: AMQPEndpoint, name: String) async throws(AMQPError) -> AMQPConnection
    {
        let shared = Shared(inbox: try ConnectionInbox())
        let opened = Signal()
        let thread = Thread {
            ConnectionSession.run(endpoint, name: name, shared) { failure in
                shared.status.state.withLock { $0.end = failure }
                opened.set()
            }
        }
        thread.name = "amqp"
        thread.start()
        await opened.wait()
        guard opened.isSet else {
            // Given up: the thread ends as soon as its attempt has come to something. False: it has ended already.
            _ = shared.inbox.add(.close)
            throw AMQPError(.closed, "The attempt to connect was given up.")
        }
        if let failure = shared.status.state.withLock({ $0.end }) { throw failure }
        return AMQPConnection(shared)
    }

    /// Why the broker takes no messages now; nil where it does.
    package var blockedReason: String? { shared.status.state.withLock { $0.blockedReason } }

    /// Whether and why the connection has ended.
    package var end: AMQPError? { shared.status.state.withLock { $0.end } }

    /// Returns when the connection has ended, with the reason, or when the calling task is cancelled, with nil.
    package func untilEnd() async -> AMQPError? {
        await shared.ending.wait()
        return end
    }

    /// Ends the connection in order and returns when it has ended, after some seconds at the latest.
    package func close() async {
        // False: it has ended already.
        if shared.inbox.add(.close) { await shared.ending.waitUncancelled() }
    }

    // MARK: Messages

    /// Publishes a message and waits for the broker's confirm. Needs `openPublishChannel`.
    ///
    /// - Throws: `unroutable`, `rejected`; `blocked` or `timedOut` at the deadline; `connectionLost`.
    package func publish(
        _ publication: AMQPPublication, by deadline: ContinuousClock.Instant
    ) async throws(AMQPError) {
        let failure: AMQPError? = await withCheckedContinuation { confirmed in
            send(publication, by: deadline) { confirmed.resume(returning: $0) }
        }
        if let failure { throw failure }
    }

    /// Publishes a message and calls `completion` once: with nil when the broker has taken it. Without `completion`
    /// the broker does not confirm the message, and nobody learns of its loss.
    package func send(
        _ publication: AMQPPublication, by deadline: ContinuousClock.Instant,
        completion: (@Sendable (AMQPError?) -> Void)? = nil
    ) {
        let publishing = Publishing(publication, deadline: deadline, completion: completion)
        if !shared.inbox.add(.publish(publishing)) { completion?(lost) }
    }

    /// Tells the broker that a delivery is done with. Without effect when its channel is not open any more.
    package func acknowledge(_ delivery: AMQPDelivery) {
        // False: the connection has ended, and the broker delivers the message again.
        _ = shared.inbox.add(.acknowledge(delivery.channel, tag: delivery.tag))
    }

    /// Puts a delivery back into its queue. Without effect when its channel is not open any more.
    package func giveBack(_ delivery: AMQPDelivery) {
        // As above.
        _ = shared.inbox.add(.giveBack(delivery.channel, tag: delivery.tag))
    }

    // MARK: Operations

    func perform(_ operation: Operation) async throws(AMQPError) -> OperationAnswer {
        let answer = await withCheckedContinuation { answered in
            if !shared.inbox.add(.perform(operation, answered)) { answered.resume(returning: .failure(lost)) }
        }
        return try answer.get()
    }

    private var lost: AMQPError { end ?? AMQPError(.connectionLost, "The broker's connection has ended.") }
}

import AMQP
import Logging
import Synchronization

/// Keeps one connection to the broker up, and hands it to whoever needs it.
final class AMQPLink: Sendable {
    private struct State {
        var connection: AMQPConnection?
        var lastError = "The broker has not been reached yet."
        var isClosed = false
        /// Set, and replaced, when one of the above changes.
        var changed = Signal()
    }

    private let endpoint: AMQPEndpoint
    private let name: String
    private let logger: Logger
    private let prepare: @Sendable (AMQPConnection) async throws(AMQPError) -> Void
    private let onLoss: @Sendable (BusError) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - prepare: what is done on each new connection before others get it.
    ///   - onLoss: called after a connection has ended, with the error for those who waited for something on it.
    init(
        _ endpoint: AMQPEndpoint, name: String, logger: Logger,
        prepare: @escaping @Sendable (AMQPConnection) async throws(AMQPError) -> Void,
        onLoss: @escaping @Sendable (BusError) -> Void
    ) {
        self.endpoint = endpoint
        self.name = name
        self.prepare = prepare
        self.onLoss = onLoss
        var logger = logger
        logger[metadataKey: "broker.connection"] = "\(name)"
        logger[metadataKey: "broker.endpoint"] = "\(endpoint)"
        self.logger = logger
    }

    /// Connects, and connects again whenever the connection falls, until the task is cancelled.
    func run() async {
        var backoff = Backoff()
        var generator = SystemRandomNumberGenerator()
        while !Task.isCancelled {
            do throws(AMQPError) {
                let connection = try await connect()
                backoff.reset()
                logger.notice("The broker was connected.")
                if let end = await connection.untilEnd() {
                    lost(end)
                    logger.warning("The broker's connection was lost.", metadata: ["error": "\(end)"])
                } else {
                    change { $0.connection = nil }
                    await connection.close()
                }
            } catch {
                lost(error)
                if !Task.isCancelled {
                    logger.warning("The broker was not connected.", metadata: ["error": "\(error)"])
                }
            }
            // Cut short by cancellation, which the loop's condition sees.
            try? await Task.sleep(for: backoff.delay(using: &generator))
        }
        change { state in
            state.connection = nil
            state.lastError = BusError.closedBus.message
            state.isClosed = true
        }
        onLoss(.closedBus)
    }

    /// The connection as it is now; nil where there is none.
    var current: AMQPConnection? {
        guard let connection = state.withLock({ $0.connection }), connection.end == nil else { return nil }
        return connection
    }

    var lastError: String { state.withLock { $0.lastError } }

    /// The connection, waited for until the deadline; without one, for ever.
    ///
    /// - Throws: `notConnected` at the deadline or when the task is cancelled; `closed`.
    func connection(by deadline: ContinuousClock.Instant? = nil) async throws(BusError) -> AMQPConnection {
        while true {
            // The signal is taken first: a change after this line sets it.
            let (changed, isClosed) = state.withLock { ($0.changed, $0.isClosed) }
            if let current { return current }
            if isClosed { throw .closedBus }
            let left = deadline.map { $0 - ContinuousClock.now }
            if Task.isCancelled || left.map({ $0 <= .zero }) ?? false {
                throw BusError(.notConnected, "No connection to the broker: \(lastError)")
            }
            if let left { await changed.wait(atMost: left) } else { await changed.wait() }
        }
    }

    private func connect() async throws(AMQPError) -> AMQPConnection {
        let connection = try await AMQPConnection.open(endpoint, name: name)
        do throws(AMQPError) {
            try await prepare(connection)
        } catch {
            await connection.close()
            throw error
        }
        change { $0.connection = connection }
        return connection
    }

    private func lost(_ error: AMQPError) {
        change { state in
            state.connection = nil
            state.lastError = error.description
        }
        onLoss(
            BusError(.timedOut, "The connection fell before the answer came; the request may be under way."))
    }

    private func change(_ body: (inout State) -> Void) {
        let changed = state.withLock { state in
            body(&state)
            defer { state.changed = Signal() }
            return state.changed
        }
        changed.set()
    }
}

package import AMQP
package import Logging

/// The bus on RabbitMQ.
///
/// Two connections: one consumes and settles, the other declares the topology, publishes, and gets the answers to
/// requests, in an exclusive queue of its own. When one falls it is made again, with what it had declared and consumed, within 2 s of the broker's
/// return. Calls made meanwhile wait up to their limit.
package final class AMQPBus: MessageBus {
    /// How long `publish` waits for a connection and the confirm.
    package static let publishLimit: Duration = .seconds(10)

    package let keepsMessages = true

    let topology: Topology
    let deadExchange: Exchange
    let logger: Logger
    let consuming: AMQPLink
    let publishing: AMQPLink
    let pendingAnswers: PendingAnswers
    let replyQueue: ReplyQueue
    /// Whether this service makes the exchanges and queues; the others find them.
    let declares: Bool
    let subscriptions: AsyncStream<EventSubscription>.Continuation

    private let newSubscriptions: AsyncStream<EventSubscription>
    private let rules: [String: ExchangeRule]

    /// How messages are published to an exchange.
    private struct ExchangeRule {
        /// Whether a message that no queue takes is an error: not for events, which may have no subscriber.
        let isMandatory: Bool
        let isPersistent: Bool
    }

    /// - Parameters:
    ///   - topology: all exchanges and queues.
    ///   - declares: whether they are declared at the broker, on every connection. One service of a system does that, or the
    ///     broker's definitions; the others need no leave to, and wait where something is missing.
    ///   - connectionName: shown by the broker beside the connections, as in `orchestrator`.
    package init(
        endpoint: AMQPEndpoint, topology: Topology, declares: Bool = true, connectionName: String,
        logger: Logger
    ) {
        let pendingAnswers = PendingAnswers()
        let replyQueue = ReplyQueue()
        self.topology = topology
        self.logger = logger
        self.pendingAnswers = pendingAnswers
        self.replyQueue = replyQueue
        self.declares = declares
        deadExchange = topology.deadExchange
        (newSubscriptions, subscriptions) = AsyncStream.makeStream()
        consuming = AMQPLink(
            endpoint, name: "\(connectionName) consuming", logger: logger, prepare: Self.prepareNothing,
            onLoss: { _ in })
        publishing = AMQPLink(
            endpoint, name: "\(connectionName) publishing", logger: logger,
            prepare: Self.preparePublishing(
                topology, declares: declares, replyQueue, pendingAnswers, logger: logger),
            onLoss: { pendingAnswers.failAll($0) })
        var rules: [String: ExchangeRule] = [:]
        for exchange in topology.exchanges {
            rules[exchange.name] = ExchangeRule(
                isMandatory: exchange.kind != .topic,
                isPersistent: topology.queues.contains { $0.exchange == exchange && $0.isPersistent })
        }
        self.rules = rules
    }

    package var status: BusStatus {
        guard let publisher = publishing.current else { return .disconnected(publishing.lastError) }
        guard consuming.current != nil else { return .disconnected(consuming.lastError) }
        return publisher.blockedReason.map { .blocked($0) } ?? .connected
    }

    package func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.publishing.run() }
            group.addTask { await self.consuming.run() }
            for await subscription in newSubscriptions {
                group.addTask { await self.keep(subscription) }
            }
        }
        pendingAnswers.failAll(.closedBus)
    }

    package func publish(_ message: BusMessage, to route: Route) async throws(BusError) {
        try await publish(publication(of: message, to: route), by: .now + Self.publishLimit)
    }

    /// Publishes until the broker has confirmed, on the next connection if one falls meanwhile.
    func publish(_ publication: AMQPPublication, by deadline: ContinuousClock.Instant) async throws(BusError)
    {
        var publication = publication
        var wasSent = false
        while true {
            let connection: AMQPConnection
            do throws(BusError) {
                connection = try await publishing.connection(by: deadline)
            } catch {
                guard wasSent, error.kind == .notConnected else { throw error }
                throw BusError(
                    .timedOut, "The connection fell before the confirm, and did not come back in time.")
            }
            do throws(AMQPError) {
                return try await connection.publish(publication, by: deadline)
            } catch {
                guard Self.isWorthRepeating(error, for: publication) else { throw BusError(error) }
                wasSent = true
                publication.message.headers[BusMessage.repeatHeader] = .string("1")
            }
        }
    }

    /// The message as the broker gets it.
    ///
    /// - Throws: `tooLarge`; `unroutable` where the topology has no such exchange.
    func publication(of message: BusMessage, to route: Route) throws(BusError) -> AMQPPublication {
        try message.checkSize()
        // Not left to the broker: it would close the channel, and with it everybody's publications.
        guard let rule = rules[route.exchange.name] else {
            throw BusError(.unroutable, "There is no exchange \(route.exchange.name).")
        }
        return AMQPPublication(
            exchange: route.exchange.name, routingKey: route.routingKey, isMandatory: rule.isMandatory,
            message: message.amqp(isPersistent: rule.isPersistent))
    }

    /// Whether a failed publication may succeed on the next connection, where the topology is declared again.
    private static func isWorthRepeating(_ error: AMQPError, for publication: AMQPPublication) -> Bool {
        switch error.kind {
        case .connectionLost, .channelClosed, .notFound, .closed: true
        // The publish channel closes for all of its users; only who named the forbidden exchange is to blame.
        case .accessRefused: !error.message.contains("'\(publication.exchange)'")
        default: false
        }
    }

    private static func prepareNothing(_ connection: AMQPConnection) async throws(AMQPError) {}

    private static func preparePublishing(
        _ topology: Topology, declares: Bool, _ replyQueue: ReplyQueue, _ pendingAnswers: PendingAnswers,
        logger: Logger
    ) -> @Sendable (AMQPConnection) async throws(AMQPError) -> Void {
        { (connection: AMQPConnection) async throws(AMQPError) -> Void in
            if declares { try await topology.declare(on: connection, logger: logger) }
            _ = try await connection.openPublishChannel()
            try await replyQueue.declare(for: pendingAnswers, on: connection)
        }
    }
}

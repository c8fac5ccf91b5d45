import AMQP
package import Logging
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The bus within one process: no broker, no network, nothing kept on disk.
///
/// All services of a process share one instance. Work queues take 100,000 waiting messages and request queues
/// `Queue.requestLimit`; more are refused with `blocked`. Dead letters have no limit. When `run()` has ended, all
/// calls throw `closed` and what was in the queues is gone.
package final class EmbeddedBus: MessageBus {
    /// How many messages may wait in a work queue.
    package static let workLimit = 100_000

    package let keepsMessages = false

    let deadExchange: String
    let pendingAnswers = PendingAnswers()
    let logger: Logger

    private let eventsExchange: String
    private let exchanges: [String: EmbeddedExchange]
    private let targets: [String: EmbeddedExchange.Target]
    private let closed = Atomic(false)
    private let subscriptions = Mutex<(last: Int, all: [Int: EventSubscription])>((0, [:]))

    /// - Parameter topology: all exchanges and queues; others are unknown to this bus.
    package init(
        topology: Topology,
        logger: Logger = Logger(label: "purser.bus", factory: { _ in SwiftLogNoOpLogHandler() })
    ) {
        self.logger = logger
        deadExchange = topology.deadExchange.name
        eventsExchange = topology.eventsExchange.name
        // Readers of a stream remember its offsets over restarts, so those of a later bus must be higher.
        let firstOffset = UInt64(max(0, Date().timeIntervalSince1970 * 1_000_000))
        var exchanges: [String: EmbeddedExchange] = [:]
        for exchange in topology.exchanges {
            exchanges[exchange.name] = EmbeddedExchange(kind: exchange.kind)
        }
        var targets: [String: EmbeddedExchange.Target] = [:]
        for queue in topology.queues {
            let target: EmbeddedExchange.Target =
                switch queue.kind {
                case .work: .work(DeliveryQueue(limit: Self.workLimit))
                case .dead: .work(DeliveryQueue())
                case .requests: .requests(DeliveryQueue(limit: Queue.requestLimit, isStale: { $0.isStale }))
                case .stream: .stream(EmbeddedStream(firstOffset: firstOffset))
                }
            targets[queue.name] = target
            exchanges[queue.exchange.name]?.bind(target, key: queue.routingKey)
        }
        self.exchanges = exchanges
        self.targets = targets
    }

    var isClosed: Bool { closed.load(ordering: .acquiring) }

    package var status: BusStatus {
        isClosed ? .disconnected(BusError.closedBus.message) : .connected
    }

    /// Waits for the task's cancellation, then shuts the bus down. The bus also works before `run()` was called.
    package func run() async throws {
        await Signal().wait()
        closed.store(true, ordering: .releasing)
        for target in targets.values {
            switch target {
            case .work(let queue): queue.close()
            case .requests(let queue): queue.close()
            case .stream(let stream): stream.close()
            }
        }
        pendingAnswers.failAll(.closedBus)
        for subscription in subscriptions.withLock({ $0.all.values.map { $0 } }) { subscription.finish() }
    }

    package func publish(_ message: BusMessage, to route: Route) async throws(BusError) {
        try deliver(message, exchange: route.exchange.name, routingKey: route.routingKey)
    }

    package func events(matching patterns: [String]) -> AsyncStream<EventDelivery> {
        let subscription = EventSubscription(patterns: patterns)
        subscription.interrupt()
        let id = subscriptions.withLock { subscriptions in
            subscriptions.last += 1
            subscriptions.all[subscriptions.last] = subscription
            return subscriptions.last
        }
        if isClosed { subscription.finish() }
        return AsyncStream(subscription) { [weak self] in
            _ = self?.subscriptions.withLock { $0.all.removeValue(forKey: id) }
        }
    }

    /// The queue's target, if this bus knows the queue.
    func target(of queue: Queue) throws(BusError) -> EmbeddedExchange.Target {
        guard !isClosed else { throw .closedBus }
        guard let target = targets[queue.name] else {
            throw BusError(.refused, "The topology has no queue \(queue.name).")
        }
        return target
    }

    /// Puts a message into every queue that its route reaches.
    ///
    /// - Parameter request: what makes it a request, in request queues.
    func deliver(
        _ message: BusMessage, exchange name: String, routingKey: String,
        request: (id: UInt64, deadline: ContinuousClock.Instant)? = nil
    ) throws(BusError) {
        guard !isClosed else { throw .closedBus }
        try message.checkSize()
        guard let exchange = exchanges[name] else {
            throw BusError(.unroutable, "There is no exchange \(name).")
        }
        let targets = exchange.targets(for: routingKey)
        if name == eventsExchange { yieldEvent(message, topic: routingKey) }
        if targets.isEmpty, exchange.kind != .topic {
            throw BusError(.unroutable, "No queue takes \(routingKey) from \(name).")
        }
        for target in targets {
            switch target {
            case .work(let queue):
                let work = EmbeddedWork(message: message, exchange: name, routingKey: routingKey)
                guard queue.offer(work) else { throw Self.full(name, routingKey) }
            case .requests(let queue):
                let request = EmbeddedRequest(message: message, id: request?.id, deadline: request?.deadline)
                guard queue.offer(request) else { throw Self.full(name, routingKey) }
            case .stream(let stream): stream.append(message)
            }
        }
    }

    private func yieldEvent(_ message: BusMessage, topic: String) {
        let all = subscriptions.withLock { $0.all }
        if all.isEmpty { return }
        let words = TopicPattern.words(of: topic)
        for subscription in all.values where subscription.matches(words) {
            subscription.yield(topic: topic, message)
        }
    }

    private static func full(_ exchange: String, _ routingKey: String) -> BusError {
        BusError(.blocked, "The queue for \(routingKey) from \(exchange) is full.")
    }
}

package import Bus
package import Logging
import Models
import ServiceLifecycle
import ServiceRuntime
import Synchronization

/// Publishes what changes wrote to the outbox, in order and with confirms, and removes it afterwards.
///
/// A message may be published twice: after a crash between the two, or where no confirm came. What an earlier process
/// left, and what was tried before, is therefore marked as a possible repeat, and an adapter looks before it does such a
/// thing. While the bus is away the messages stay where they are, and are tried again every second.
package final class OutboxRelay: Service {
    /// How many messages are read, published and removed together.
    package static let batchLimit = 256
    /// The longest time between two looks; also how long it waits after the bus refused.
    private static let longestSleep: Duration = .seconds(1)

    private let store: Store
    private let bus: any MessageBus
    private let secrets: SecretKeeper
    private let written: Nudge
    private let exchanges: [String: Exchange]
    private let logger: Logger
    /// The newest message that may have been published before this process knew of it.
    private let doubtful = Mutex<Int64>(0)

    /// - Parameters:
    ///   - secrets: signs what goes to adapters, with the keys of the moment at which it is published.
    ///   - written: nudged after every commit that wrote to the outbox.
    package init(
        store: Store, bus: any MessageBus, secrets: SecretKeeper, written: Nudge, topology: Topology,
        logger: Logger
    ) {
        self.store = store
        self.bus = bus
        self.secrets = secrets
        self.written = written
        exchanges = Dictionary(topology.exchanges.map { ($0.name, $0) }) { _, last in last }
        self.logger = logger
    }

    package func run() async throws {
        let left = try await store.read { try $0.lastInOutbox() }
        doubtful.withLock { $0 = left }
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do {
                while try await relayBatch() {}
            } catch {
                logger.warning("Could not publish from the outbox", metadata: [LogKey.error: "\(error)"])
            }
            await written.wait(atMost: Self.longestSleep)
        }
    }

    /// Publishes the oldest messages.
    ///
    /// - Returns: whether there may be more.
    private func relayBatch() async throws -> Bool {
        let batch = try await store.read { try $0.outbox(after: 0, limit: Self.batchLimit) }
        guard !batch.isEmpty else { return false }
        CrashPoint.beforeRelay.reach(batch.map(\.crashSubject))
        let published = try await publish(batch)
        CrashPoint.afterRelay.reach(batch.map(\.crashSubject))
        if published.count < batch.count, let last = batch.last {
            doubtful.withLock { $0 = max($0, last.sequence) }
        }
        try await store.write { try $0.removeFromOutbox(published) }
        if published.count < batch.count { throw BusError(.notConnected, "not all messages were taken") }
        return true
    }

    /// - Returns: the numbers of those that the bus has taken.
    private func publish(_ batch: [OutboxMessage]) async throws -> [Int64] {
        try await withThrowingTaskGroup(of: Int64?.self) { group in
            let doubtful = doubtful.withLock { $0 }
            for var entry in batch {
                entry.message.mayBeRepeat = entry.sequence <= doubtful
                guard let exchange = exchanges[entry.exchange] else {
                    throw StoreError.damaged("outbox.exchange")
                }
                let route = Route(exchange: exchange, routingKey: entry.routingKey)
                let (message, sequence) = (entry.message, entry.sequence)
                group.addTask { [bus, secrets, logger] in
                    do throws(BusError) {
                        try await bus.publish(secrets.signed(message, for: route), to: route)
                        return sequence
                    } catch {
                        logger.warning(
                            "Could not publish a message", metadata: [LogKey.error: "\(error)"])
                        return nil
                    }
                }
            }
            var published: [Int64] = []
            for try await sequence in group {
                if let sequence { published.append(sequence) }
            }
            return published
        }
    }
}

extension OutboxMessage {
    /// The action that is handed over, without the number of its attempt.
    fileprivate var crashSubject: String { String(message.id.prefix { $0 != "-" }) }
}

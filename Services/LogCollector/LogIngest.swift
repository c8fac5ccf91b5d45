import Bus
import Logging
import Metrics
import Models
import ServiceLifecycle
import ServiceRuntime
import Synchronization

/// Reads the log's stream and stores it, from where the last commit ended.
///
/// Entries are committed before they count as read, together with their offset, so each is stored once, whenever this
/// process ends. It logs nothing for each commit: that line would come back through the stream, and cause the next.
final class LogIngest: Service {
    /// How many stream entries (messages of up to 256 log entries) are read at once.
    static let readLimit = 64
    /// How many log entries a commit has, but for its last message.
    static let commitEntries = 1_000
    /// Until reading is tried again after a failure.
    static let retryDelay: Duration = .seconds(1)
    /// At a shutdown over a bus that keeps nothing: how long no entry has come before the stream counts as read.
    static let quietPeriod: Duration = .milliseconds(200)
    /// And how often that is waited for.
    static let quietPeriodLimit = 25

    private struct Progress {
        /// Of the last stream entry stored since the start.
        var offset: UInt64?
        var commits = 0
        /// Why reading does not work at present.
        var failure: String?
    }

    private let bus: any MessageBus
    private let store: LogStore
    private let announcer: CommitAnnouncer
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let progress = Mutex(Progress())
    private let commitDuration = Timer(.logCommitDuration)
    private let storedEntries = Counter(.logEntriesStored)

    init(
        bus: any MessageBus, store: LogStore, announcer: CommitAnnouncer, clock: any Clock<Duration>,
        logger: Logger
    ) {
        self.bus = bus
        self.store = store
        self.announcer = announcer
        self.clock = clock
        self.logger = logger
    }

    /// Whether the stream is being read.
    var healthCheck: HealthCheck {
        HealthCheck("log-stream") { self.progress.withLock { $0.failure } }
    }

    func run() async throws {
        await withTaskGroup { group in
            group.addTask { await self.readUntilCancelled() }
            group.addTask { await self.waitUntilRead() }
            await group.next()
            group.cancelAll()
        }
    }

    private func readUntilCancelled() async {
        while !Task.isCancelled {
            do {
                try await bus.read(.logs, from: try await start(), batchLimit: Self.readLimit) { entries in
                    try await self.store(entries)
                }
            } catch {
                if Task.isCancelled { return }
                progress.withLock { $0.failure = "The log stream cannot be read: \(error)" }
                logger.error("Could not read the log stream", error: error)
                await Pulse().wait(atMost: Self.retryDelay, clock: clock)
            }
        }
    }

    /// Returns when the service has to end: at a graceful shutdown, where a bus that keeps nothing is read out first.
    private func waitUntilRead() async {
        do {
            try await gracefulShutdown()
            guard !bus.keepsMessages else { return }
            for _ in 0..<Self.quietPeriodLimit {
                let commits = progress.withLock { $0.commits }
                try await clock.sleep(for: Self.quietPeriod)
                if progress.withLock({ $0.commits }) == commits { return }
            }
        } catch {
            // Cancelled: it ends at once.
            return
        }
    }

    private func start() async throws -> StreamStart {
        if let offset = progress.withLock({ $0.offset }) { return .offset(offset + 1) }
        // A stream that did not outlive the last process begins anew.
        guard bus.keepsMessages, let offset = try await store.streamOffset() else { return .first }
        return .offset(offset + 1)
    }

    private func store(_ entries: [StreamEntry]) async throws {
        var batches: [IncomingBatch] = []
        var count = 0
        for (index, entry) in entries.enumerated() {
            if let batch = try await read(entry) {
                batches.append(batch)
                count += batch.entries.count
            }
            if count >= Self.commitEntries || index == entries.count - 1 {
                try await commit(batches, through: entry.offset)
                batches = []
                count = 0
            }
        }
    }

    private func commit(_ batches: [IncomingBatch], through offset: UInt64) async throws {
        let start = ContinuousClock.now
        let appended = try await store.append(batches, through: bus.keepsMessages ? offset : nil)
        commitDuration.record(duration: start.duration(to: .now))
        storedEntries.increment(by: appended.count)
        progress.withLock { progress in
            progress.offset = offset
            progress.commits += 1
            progress.failure = nil
        }
        if appended.count > 0 { announcer.committed(through: appended.lastID) }
    }

    /// Reads one message; what cannot be read becomes a dead letter, and reading goes on behind it.
    ///
    /// - Throws: where the dead letter could not be sent now; the message is then read again.
    private func read(_ entry: StreamEntry) async throws -> IncomingBatch? {
        let reason: String
        do throws(UnreadableMessage) {
            return try IncomingBatch(entry.message)
        } catch {
            reason = error.reason
        }
        let letter = entry.message.deadLetter(
            reason: reason, queue: Queue.logs.name, exchange: Queue.logs.exchange.name,
            routingKey: Queue.logs.routingKey)
        do throws(BusError) {
            try await bus.publish(letter, to: Queue.dead.route)
            logger.error(
                "Rejected a message of the log stream",
                metadata: [
                    LogKey.messageID: "\(entry.message.id)", LogKey.offset: "\(entry.offset)",
                    LogKey.reason: "\(reason)",
                ])
        } catch {
            guard !error.isRetriable else { throw error }
            logger.error(
                "Lost a message of the log stream that could not be read", error: error,
                metadata: [LogKey.messageID: "\(entry.message.id)", LogKey.offset: "\(entry.offset)"])
        }
        return nil
    }
}

import Bus
import Logging
import Metrics
import Models
import ServiceLifecycle
import ServiceRuntime
import Synchronization

/// Reads the log's stream and stores it, from where the last commit ended.
///
/// Entries are committed before they count as read, together with their place in the stream, so each is stored once,
/// whenever this process ends. Reading resumes at the last stored entry, not behind it: where that is not found there,
/// the broker has a new stream, which is read from its start; messages that came before are recognised by their ids. It logs nothing for each commit: that line would come back through the stream, and cause the next.
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
        var position: StreamPosition?
        /// Whether the stream is not the one that was read before.
        var isNewStream = false
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
                try await read()
            } catch is StreamResumption.PositionNotFound {
                logger.warning("Found another log stream than before")
                progress.withLock { $0.isNewStream = true }
            } catch {
                if Task.isCancelled { return }
                progress.withLock { $0.failure = "The log stream cannot be read: \(error)" }
                logger.error("Could not read the log stream", error: error)
                await Pulse().wait(atMost: Self.retryDelay, clock: clock)
            }
        }
    }

    private func read() async throws {
        let (position, isNewStream) = progress.withLock { ($0.position, $0.isNewStream) }
        if bus.keepsMessages, !isNewStream {
            let stored = try await store.streamPosition()
            if let last = position ?? stored {
                let resumption = StreamResumption(bus, at: last, clock: clock)
                return try await resumption.read(batchLimit: Self.readLimit) { try await self.store($0) }
            }
        }
        let start = position.map { StreamStart.offset($0.offset + 1) } ?? .first
        try await bus.read(.logs, from: start, batchLimit: Self.readLimit) { try await self.store($0[...]) }
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

    private func store(_ entries: ArraySlice<StreamEntry>) async throws {
        var batches: [IncomingBatch] = []
        var count = 0
        var unstored = entries.count
        for entry in entries {
            unstored -= 1
            if let batch = try await read(entry) {
                batches.append(batch)
                count += batch.entries.count
            }
            if count >= Self.commitEntries || unstored == 0 {
                try await commit(
                    batches, through: StreamPosition(offset: entry.offset, messageID: entry.message.id))
                batches = []
                count = 0
            }
        }
    }

    private func commit(_ batches: [IncomingBatch], through position: StreamPosition) async throws {
        let start = ContinuousClock.now
        let appended = try await store.append(batches, through: bus.keepsMessages ? position : nil)
        commitDuration.record(duration: start.duration(to: .now))
        storedEntries.increment(by: appended.count)
        progress.withLock { progress in
            progress.position = position
            progress.isNewStream = false
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

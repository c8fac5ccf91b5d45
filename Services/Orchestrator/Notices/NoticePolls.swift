import AdapterKit
import Bus
import Logging
import Models
import ServiceLifecycle
import ServiceRuntime
import Synchronization

/// Asks the provider of every configuration for notices, as often as the blueprint says, through the category's adapter,
/// which has them stored.
///
/// A configuration is asked once at a time. Where more are waiting than came, it is asked again at once, up to 20 times
/// in a row. When it was asked last, and what came of it, outlives a restart.
package final class NoticePolls: Service {
    /// How often is looked for who is to be asked: every 5 s.
    private static let interval: Duration = .seconds(5)
    /// How many configurations are asked beside each other.
    package static let concurrency = 4
    /// How many notices are asked for at a time.
    package static let limit = 100
    /// How often in a row a configuration is asked while more are waiting.
    package static let roundLimit = 20
    /// How far behind the last success it is read again: a day, for notices that the provider dated back.
    package static let overlap: Duration = .seconds(86_400)
    /// The longest wait after failures, which doubles with each of them: 6 h.
    package static let longestWait: Duration = .seconds(6 * 3600)
    /// How soon it goes on where more are waiting after the last round: 1 min.
    private static let shortWait: Duration = .seconds(60)
    /// How much longer than the provider an answer may take.
    private static let answerGrace: Duration = .seconds(30)

    private let store: Store
    private let catalogue: Catalogue
    private let configurations: ConfigurationService
    private let bus: any MessageBus
    private let now: @Sendable () -> Timestamp
    private let jitter: @Sendable () -> Double
    private let logger: Logger
    private let underWay = Mutex<Set<Key>>([])

    private struct Key: Hashable {
        let configuration: ConfigurationID
        let function: String
    }

    /// - Parameter jitter: what a wait is multiplied by, so that not all are asked at the same moment.
    init(
        store: Store, catalogue: Catalogue, configurations: ConfigurationService, bus: any MessageBus,
        now: @escaping @Sendable () -> Timestamp, logger: Logger,
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0.9...1.1) }
    ) {
        self.store = store
        self.catalogue = catalogue
        self.configurations = configurations
        self.bus = bus
        self.now = now
        self.jitter = jitter
        self.logger = logger
    }

    package func run() async throws {
        // What is cut short is asked again after the start.
        await cancelWhenGracefulShutdown { [self] in
            await withDiscardingTaskGroup { group in
                repeat {
                    for begin in await due() { group.addTask { await begin() } }
                } while await Pause.wait(Self.interval)
            }
        }
    }

    /// Asks everyone whose time has come, and returns when all have answered.
    package func pollDue() async {
        await withDiscardingTaskGroup { group in
            for begin in await due() { group.addTask { await begin() } }
        }
    }

    /// Takes those whose time has come, as many as there is room for; each is to be carried out.
    private func due() async -> [@Sendable () async -> Void] {
        var begun: [@Sendable () async -> Void] = []
        for (category, function) in catalogue.regularFunctions {
            let now = now()
            guard catalogue.isServed(category, now: now) else { continue }
            let providers = catalogue.providers(of: category).filter { $0.supports(function.name) }
            guard !providers.isEmpty else { continue }
            do {
                let due = try await store.read {
                    try $0.duePolls(
                        category: category, providers: providers.map(\.provider), function: function.name,
                        by: now, limit: Self.concurrency * 2)
                }
                for id in due {
                    let key = Key(configuration: id, function: function.name)
                    guard take(key) else { continue }
                    begun.append { [self] in
                        await poll(id, function)
                        underWay.withLock { _ = $0.remove(key) }
                    }
                }
            } catch {
                logger.error(
                    "Could not look for who is to be asked for notices",
                    metadata: [LogKey.category: "\(category)", LogKey.error: "\(error)"])
            }
        }
        return begun
    }

    private func take(_ key: Key) -> Bool {
        underWay.withLock { keys in
            guard keys.count < Self.concurrency, !keys.contains(key) else { return false }
            keys.insert(key)
            return true
        }
    }

    // MARK: One configuration

    private func poll(_ id: ConfigurationID, _ function: FunctionDefinition) async {
        let started = now()
        let every = Duration.seconds(function.everySeconds ?? 0)
        do {
            var record =
                try await store.read { try $0.poll(of: id, function: function.name) }
                ?? PollRecord(configurationID: id, function: function.name, nextAt: started, failures: 0)
            let before = record
            do throws(RequestFailure) {
                let rest = try await rounds(id, function, from: &record.readFrom)
                record.readFrom = rest ? record.readFrom : started.advanced(by: .zero - Self.overlap)
                record.nextAt = now().advanced(by: (rest ? Self.shortWait : every) * jitter())
                record.failures = 0
                record.error = nil
            } catch {
                if Task.isCancelled { return }
                record.readFrom = before.readFrom
                record.failures += 1
                record.error = error.message
                let wait = min(every * (1 << min(record.failures, 10)), max(Self.longestWait, every))
                record.nextAt = now().advanced(by: wait * jitter())
            }
            record.endedAt = now()
            let ended = record
            try await store.write { try $0.store(ended) }
            log(ended, before: before)
        } catch {
            logger.error(
                "Could not store what asking for notices came to",
                metadata: [LogKey.configurationID: "\(id)", LogKey.error: "\(error)"])
        }
    }

    /// Asks until nothing more is waiting, or the rounds are used up.
    ///
    /// - Parameter time: what the first round reads from; moved on to what came last, so that a provider that gives the
    ///   oldest first gets further.
    /// - Returns: whether more is waiting still.
    private func rounds(
        _ id: ConfigurationID, _ function: FunctionDefinition, from time: inout Timestamp?
    ) async throws(RequestFailure) -> Bool {
        for _ in 0..<Self.roundLimit {
            let answer = try await ask(id, function, from: time)
            if let error = answer.error {
                throw RequestFailure(.unavailable, "\(error.kind.rawValue): \(error.message)")
            }
            if answer.countRemaining <= 0 { return false }
            if let latest = answer.latestAt?.advanced(by: .seconds(-1)), latest > time ?? latest.before {
                time = latest
            }
        }
        return true
    }

    private func ask(
        _ id: ConfigurationID, _ function: FunctionDefinition, from time: Timestamp?
    ) async throws(RequestFailure) -> ProviderPoll {
        var parameters: [String: JSONValue] = ["limit": .integer(Self.limit)]
        parameters["after_date"] = time.map { .string($0.plainText) }
        do {
            let (record, configuration) = try await configurations.attemptConfiguration(id)
            let request = PollProvider(
                provider: record.provider, function: function.name, configuration: configuration,
                parameters: parameters, timeoutSeconds: function.timeoutSeconds)
            return try await bus.send(
                request, to: .adapterRequests(category: record.category), source: Orchestrator.source,
                signer: configurations.secrets.category(record.category),
                timeout: .seconds(function.timeoutSeconds) + Self.answerGrace)
        } catch let failure as RequestFailure {
            throw failure
        } catch {
            throw RequestFailure(.internal, "The configuration could not be read.")
        }
    }

    /// A failure is a warning when it is a new one, so that a third party that is away for long does not fill the log.
    private func log(_ ended: PollRecord, before: PollRecord) {
        var metadata: Logger.Metadata = [
            LogKey.configurationID: "\(ended.configurationID)", LogKey.function: "\(ended.function)",
        ]
        if let error = ended.error {
            metadata[LogKey.error] = "\(error)"
            metadata[LogKey.count] = "\(ended.failures)"
            let level: Logger.Level = error == before.error ? .debug : .warning
            logger.log(level: level, "Could not ask for notices", metadata: metadata)
        } else if before.error != nil {
            logger.notice("Notices can be asked for again", metadata: metadata)
        }
    }
}

extension Timestamp {
    fileprivate var before: Timestamp { Timestamp(milliseconds: milliseconds - 1) }
}

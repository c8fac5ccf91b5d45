import Bus
package import Models
package import ServiceLifecycle
package import ServiceRuntime

/// The log collector: stores what all services log, answers for it, and tells of what is new.
package enum LogCollector {
    /// The service's name.
    package static let name = "log-collector"

    /// The collector's services, in the order in which they depend on each other.
    ///
    /// In a process that also logs through the bus, they come before the log's publisher, which ends before them:
    /// so the last entries are stored too.
    package static func build(
        _ context: ServiceContext, configuration: LogCollectorConfiguration? = nil,
        clock: any Clock<Duration> = ContinuousClock(), now: @escaping @Sendable () -> Timestamp = { .now }
    ) throws -> [any Service] {
        let configuration =
            configuration ?? LogCollectorConfiguration(dataFolder: context.configuration.dataFolder)
        let source = "/" + name
        let bus = context.bus
        let logger = context.logger
        let store = try LogStore(path: configuration.storePath)
        let announcer = CommitAnnouncer(
            bus: bus, source: source, interval: configuration.announcementInterval, clock: clock,
            logger: logger)
        let ingest = LogIngest(bus: bus, store: store, announcer: announcer, clock: clock, logger: logger)
        context.health.register(ingest.healthCheck)
        let sealer = Sealer(try context.configuration.loadSealingKeys(for: .logCollector, logger: logger))
        let check = SignatureCheck(
            [SignatureCheck.Known(.gateway) { sealer }],
            acceptsUnsigned: context.configuration.acceptsUnsigned, logger: logger)
        return [
            LogRequests(
                bus: bus, store: store, source: source,
                gate: RequestGate(check, of: .logRequests, from: .gateway),
                concurrency: configuration.requestConcurrency, logger: logger),
            announcer,
            ingest,
            LogRetention(
                store: store, maximumAge: configuration.maximumAge, maximumBytes: configuration.maximumBytes,
                interval: configuration.retentionInterval, clock: clock, now: now, logger: logger),
        ]
    }
}

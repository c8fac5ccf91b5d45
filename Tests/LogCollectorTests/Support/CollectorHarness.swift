import Bus
import Logging
import Models
import ServiceLifecycle
import ServiceRuntime
import TestSupport

@testable import LogCollector

/// The collector, as its composition root builds it, over a bus of its own.
struct CollectorHarness {
    let bus: any MessageBus
    let context: ServiceContext
    let configuration: LogCollectorConfiguration
    let clock: ManualClock
    let now: @Sendable () -> Timestamp

    init(
        folder: TemporaryFolder, bus: any MessageBus = EmbeddedBus(topology: .purser(categories: [])),
        clock: ManualClock = ManualClock(runsFreely: true), logger: Logger = .silent,
        now: @escaping @Sendable () -> Timestamp = { .now },
        adjust: (inout LogCollectorConfiguration) -> Void = { _ in }
    ) {
        self.bus = bus
        self.clock = clock
        self.now = now
        context = ServiceContext(
            name: LogCollector.name, instance: "test-1",
            configuration: RuntimeConfiguration(dataFolder: folder.path),
            bus: bus, logger: logger)
        var configuration = LogCollectorConfiguration(dataFolder: folder.path)
        adjust(&configuration)
        self.configuration = configuration
    }

    /// Runs the collector, and what else is given after it, during `body`; then lets all drain.
    ///
    /// - Parameter realClock: instead of the clock that the test turns.
    func run(
        with others: [any Service] = [], realClock: ContinuousClock? = nil,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let services = try LogCollector.build(
            context, configuration: configuration, clock: realClock ?? clock, now: now)
        let group = ServiceGroup(services: services + others, logger: .silent)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await body()
            } catch {
                tasks.cancelAll()
                throw error
            }
            clock.runFreely()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    func publish(_ messages: String...) async throws {
        try await bus.publish(.entries(messages.map { .make($0) }), to: Queue.logs.route)
    }

    func list(_ request: ListLogEntries = ListLogEntries(after: 0, limit: 1_000)) async throws -> LogList {
        let sealer = Sealer(
            try context.configuration.loadSealingKeys(for: .logCollector, logger: context.logger))
        return try await bus.send(request, to: .logRequests, source: "/test", signer: sealer)
    }

    /// Waits until the collector has stored that many entries, and returns their messages.
    @discardableResult
    func messages(count: Int) async throws -> [String] {
        try await eventually("\(count) stored entries") { try await list().items.count >= count }
        return try await list().items.map(\.message)
    }
}

extension Logger {
    static let silent = Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }
}

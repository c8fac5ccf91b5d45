import Bus
import Logging
import Models
import ServiceLifecycle
import TestSupport

@testable import ServiceRuntime

/// A pipeline whose publisher talks to a scripted bus.
struct PipelineHarness {
    let bus: ScriptedBus
    let output = MemoryOutput()
    let clock: ManualClock
    let pipeline: LogPipeline
    let logger: Logger
    private let spillFolder: String?
    private let spillLimit: Int

    init(
        bus: ScriptedBus = ScriptedBus(), clock: ManualClock = ManualClock(runsFreely: true),
        instance: String = "test-1", level: Logger.Level = .trace, form: LogForm = .json,
        bufferLimit: Int = LogPipeline.bufferLimit, spillFolder: String? = nil,
        spillLimit: Int = LogSpill.byteLimit
    ) {
        self.bus = bus
        self.clock = clock
        self.spillFolder = spillFolder
        self.spillLimit = spillLimit
        pipeline = LogPipeline(
            service: "test", instance: instance, level: level, output: output, form: form,
            bufferLimit: bufferLimit, now: { Timestamp(milliseconds: 1_770_113_472_345) })
        logger = pipeline.logger(service: "test")
    }

    func log(_ numbers: Range<Int>) {
        for number in numbers {
            logger.info("An entry", metadata: [LogKey.count: .stringConvertible(number)])
        }
    }

    /// Runs the publisher during `body`, then lets it drain.
    func withPublisher(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let publisher = LogPublisher(
            pipeline: pipeline, bus: bus, spillFolder: spillFolder, clock: clock, spillLimit: spillLimit)
        let group = ServiceGroup(
            services: [publisher], logger: Logger(label: "group") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await body()
            } catch {
                tasks.cancelAll()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}

extension [LogEntry] {
    /// What `PipelineHarness.log` counted.
    var numbers: [Int] {
        filter { $0.message == "An entry" }.compactMap { $0.metadata[LogKey.count]?.integerValue }
    }
    /// How many entries the log itself says were dropped.
    var told: Int {
        filter { $0.message == "Dropped log entries" }.reduce(0) {
            $0 + ($1.metadata[LogKey.count]?.integerValue ?? 0)
        }
    }
}

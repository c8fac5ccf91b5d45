package import Bus
package import Logging
import Metrics
import Models

/// What all loggers of this process write to: standard error, and the bus.
///
/// A caller who logs never waits. Up to `bufferLimit` entries wait in memory for the publisher; what finds no room is
/// dropped, counted in `purser_log_entries_dropped_total`, and told by an entry "Dropped log entries" with the count.
/// One pipeline serves all services of a process: `bootstrap()` once, then a logger for each service.
package final class LogPipeline: Sendable {
    /// How many entries wait in memory for the publisher: 10,000.
    package static let bufferLimit = 10_000

    let buffer: LogBuffer
    let origin: LogOrigin
    private let output: any LogOutput
    private let form: LogForm
    private let level: Logger.Level
    private let now: @Sendable () -> Timestamp

    /// Set while the publisher talks to the bus: what is logged meanwhile is shown, but not published.
    @TaskLocal static var isPublishing = false

    /// - Parameters:
    ///   - service: the name under which the process itself logs.
    ///   - instance: the name of this instance of it.
    ///   - level: the least level that is logged.
    ///   - output: where entries are shown.
    ///   - form: how they look there.
    package convenience init(
        service: String, instance: String, level: Logger.Level = .info,
        output: any LogOutput = DescriptorOutput.standardError, form: LogForm = .json
    ) {
        self.init(
            service: service, instance: instance, level: level, output: output, form: form,
            bufferLimit: Self.bufferLimit, now: { .now })
    }

    init(
        service: String, instance: String, level: Logger.Level, output: any LogOutput, form: LogForm,
        bufferLimit: Int, now: @escaping @Sendable () -> Timestamp
    ) {
        origin = LogOrigin(service: service, instance: instance)
        buffer = LogBuffer(limit: bufferLimit, batchLimit: LogPublisher.batchLimit)
        self.level = level
        self.output = output
        self.form = form
        self.now = now
    }

    /// Makes this pipeline what `Logger(label:)` writes to; once a process.
    package func bootstrap() {
        LoggingSystem.bootstrap(
            { label, provider in self.handler(origin: self.origin, publishLevel: .trace, provider: provider)
            },
            metadataProvider: TraceContext.metadataProvider)
    }

    /// A logger of a service.
    ///
    /// - Parameter instance: the name of the service's instance, where it is not the process's.
    package func logger(service: String, instance: String? = nil) -> Logger {
        logger(
            origin: LogOrigin(service: service, instance: instance ?? origin.instance), publishLevel: .trace)
    }

    /// A logger for the bus, whose debug entries are shown only: published, each would cause the next.
    package func busLogger(service: String, instance: String? = nil) -> Logger {
        logger(
            origin: LogOrigin(service: service, instance: instance ?? origin.instance), publishLevel: .info)
    }

    /// The service that publishes what is logged. There is one a pipeline.
    ///
    /// - Parameter spillFolder: where entries are kept while the bus is away, as in `$PURSER_DATA/spill`; nil
    ///   where none are.
    package func publisher(to bus: any MessageBus, spillFolder: String?) -> LogPublisher {
        LogPublisher(
            pipeline: self, bus: bus, spillFolder: spillFolder, clock: ContinuousClock())
    }

    /// Returns when all that was logged so far is written to standard error. For the end of the process.
    package func flush() {
        output.flush()
    }

    func take(_ event: LogEvent, origin: LogOrigin, metadata: MergedMetadata, publishes: Bool) {
        let entry = show(event, origin: origin, metadata: metadata)
        guard publishes, !Self.isPublishing else { return }
        if !buffer.add(entry) { countDropped(1) }
    }

    func countDropped(_ count: Int) {
        Counter(.logEntriesDropped).increment(by: count)
    }

    /// Makes the entry that tells of dropped ones, shows it, and returns it for publishing.
    func entry(tellingOfDropped count: Int) -> EncodedLogEntry {
        let event = LogEvent(
            level: .error, message: "Dropped log entries",
            metadata: [LogKey.count: .stringConvertible(count)],
            source: nil, file: #fileID, function: #function, line: #line)
        return show(
            event, origin: origin,
            metadata: MergedMetadata(statement: event.metadata, bound: [:], provided: nil))
    }

    private func show(_ event: LogEvent, origin: LogOrigin, metadata: MergedMetadata) -> EncodedLogEntry {
        let time = now()
        let entry = EncodedLogEntry(event: event, time: time, origin: origin, metadata: metadata)
        switch form {
        case .json: output.write(entry.shown, closing: "}")
        case .human:
            let line = HumanLogLine.encode(event: event, time: time, origin: origin, metadata: metadata)
            output.write(line[...], closing: "")
        }
        return entry
    }

    private func logger(origin: LogOrigin, publishLevel: Logger.Level) -> Logger {
        Logger(label: origin.service) { _ in
            self.handler(origin: origin, publishLevel: publishLevel, provider: TraceContext.metadataProvider)
        }
    }

    private func handler(
        origin: LogOrigin, publishLevel: Logger.Level, provider: Logger.MetadataProvider?
    ) -> PipelineLogHandler {
        PipelineLogHandler(
            pipeline: self, origin: origin, publishLevel: publishLevel, logLevel: level,
            metadataProvider: provider)
    }
}

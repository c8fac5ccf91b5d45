import Logging
import Models

/// The swift-log handler of `LogPipeline`: encodes an entry once and hands it on.
struct PipelineLogHandler: LogHandler {
    let pipeline: LogPipeline
    let origin: LogOrigin
    /// Entries below this level are shown, but not published.
    let publishLevel: Logger.Level
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let merged = MergedMetadata(
            statement: event.metadata, bound: metadata, provided: metadataProvider?.get())
        pipeline.take(event, origin: origin, metadata: merged, publishes: event.level >= publishLevel)
    }
}

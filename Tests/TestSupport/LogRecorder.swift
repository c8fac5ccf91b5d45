package import Logging

/// A log that a test can read.
package struct LogRecorder: Sendable {
    package struct Line: Sendable {
        package let level: Logger.Level
        package let message: String
        package let metadata: [String: String]
    }

    private let recorder = Recorder<Line>()

    package init() {}

    package var lines: [Line] { recorder.elements }

    package func line(_ message: String) -> Line? { lines.first { $0.message == message } }

    package var logger: Logger { Logger(label: "test", factory: { _ in Handler(recorder: recorder) }) }

    private struct Handler: LogHandler {
        let recorder: Recorder<Line>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { _, last in last }
            recorder.record(
                Line(level: event.level, message: "\(event.message)", metadata: all.mapValues { "\($0)" }))
        }
    }
}

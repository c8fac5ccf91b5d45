package import Metrics
import Synchronization

/// The metrics of all services of this process, and their Prometheus text.
///
/// It is the backend of swift-metrics: `MetricsSystem.bootstrap(PrometheusMetrics.shared)`, done by `ServiceMain`. A
/// metric has at most 1,000 series; values of further label sets are ignored.
///
/// - SeeAlso: Prometheus text exposition format 0.0.4.
package final class PrometheusMetrics: MetricsFactory {
    /// The content type of `text()`.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"
    /// The most series of one metric.
    static let seriesLimit = 1_000

    private struct Family {
        var metric: MetricName?
        var kind: MetricName.Kind
        /// By rendered labels.
        var series: [String: any MetricSeries] = [:]
    }

    private let families = Mutex<[String: Family]>([:])

    package init() {}

    /// All series in the text format, by name and labels.
    package func text() -> String {
        let families = families.withLock { $0 }
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            if let help = family.metric?.help {
                let escaped = help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
                text.append("# HELP \(name) \(escaped)\n")
            }
            text.append("# TYPE \(name) \(family.kind.rawValue)\n")
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                series.expose(name: name, labels: labels, into: &text)
            }
        }
        return text
    }

    // MARK: MetricsFactory

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter) { _ in CounterSeries() } ?? IgnoredSeries()
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge) { _ in GaugeSeries() } ?? IgnoredSeries()
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        if aggregate { return histogram(label, dimensions) ?? IgnoredSeries() }
        return series(label, dimensions, .gauge) { _ in GaugeSeries() } ?? IgnoredSeries()
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions) ?? IgnoredSeries()
    }

    // Series stay: a counter that begins again at zero would be read as a restart.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    private func histogram(_ label: String, _ dimensions: [(String, String)]) -> HistogramSeries? {
        series(label, dimensions, .histogram) { metric in
            HistogramSeries(bounds: metric?.buckets ?? MetricName.httpDuration.buckets)
        }
    }

    /// The series of these labels, made where there is none; nil beyond the limit, or where the name is of another kind.
    private func series<Series: MetricSeries>(
        _ label: String, _ dimensions: [(String, String)], _ kind: MetricName.Kind,
        make: (MetricName?) -> Series
    ) -> Series? {
        let name = Self.name(label)
        let labels = Self.labels(dimensions)
        return families.withLock { families in
            if let known = families[name]?.series[labels] { return known as? Series }
            var family = families[name] ?? Family(metric: MetricName.byName[name], kind: kind)
            guard family.kind == kind, family.series.count < Self.seriesLimit else { return nil }
            let series = make(family.metric)
            family.series[labels] = series
            families[name] = family
            return series
        }
    }

    /// The label as a metric name: what is no letter, digit, underscore or colon becomes an underscore.
    private static func name(_ label: String) -> String {
        if MetricName.byName[label] != nil { return label }
        let name = String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ":") ? $0 : "_" })
        return name.first?.isNumber == true ? "_" + name : name
    }

    private static func labels(_ dimensions: [(String, String)]) -> String {
        guard !dimensions.isEmpty else { return "" }
        return dimensions.map { key, value in
            "\(labelName(key))=\"\(escaped(value))\""
        }
        .joined(separator: ",")
    }

    /// The key as a label name: what is no letter, digit or underscore becomes an underscore.
    private static func labelName(_ key: String) -> String {
        func isPlain(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        // Nearly every one is as it has to be.
        if key.utf8.allSatisfy(isPlain) { return key }
        return String(key.map { $0.asciiValue.map(isPlain) ?? false ? $0 : "_" })
    }

    private static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 34 || $0 == 92 || $0 == 10 }) else { return value }
        return value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}

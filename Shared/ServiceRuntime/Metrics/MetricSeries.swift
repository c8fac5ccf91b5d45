import Metrics
import Synchronization

/// One series: a metric with certain labels. Its values change without locks, except a histogram's.
protocol MetricSeries: AnyObject, Sendable {
    /// Appends its sample lines.
    ///
    /// - Parameters:
    ///   - name: the metric's name.
    ///   - labels: rendered labels without braces, as in `category="hosting"`; may be empty.
    func expose(name: String, labels: String, into text: inout String)
}

final class CounterSeries: MetricSeries, CounterHandler {
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) { value.wrappingAdd(max(0, amount), ordering: .relaxed) }
    func reset() { value.store(0, ordering: .relaxed) }

    func expose(name: String, labels: String, into text: inout String) {
        text.append(sample: name, labels: labels, value: "\(value.load(ordering: .relaxed))")
    }
}

final class GaugeSeries: MetricSeries, RecorderHandler, MeterHandler {
    private let bits = Atomic<UInt64>(0)

    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }
    func increment(by amount: Double) { add(amount) }
    func decrement(by amount: Double) { add(-amount) }

    private func add(_ amount: Double) {
        var known = bits.load(ordering: .relaxed)
        while true {
            let next = (Double(bitPattern: known) + amount).bitPattern
            let result = bits.weakCompareExchange(expected: known, desired: next, ordering: .relaxed)
            if result.exchanged { return }
            known = result.original
        }
    }

    func expose(name: String, labels: String, into text: inout String) {
        text.append(
            sample: name, labels: labels,
            value: prometheusNumber(Double(bitPattern: bits.load(ordering: .relaxed))))
    }
}

final class HistogramSeries: MetricSeries, RecorderHandler, TimerHandler {
    private struct State {
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Int64) { record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }

    func record(_ value: Double) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[index] += 1
            state.sum += value
        }
    }

    func expose(name: String, labels: String, into text: inout String) {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        let prefix = labels.isEmpty ? "" : labels + ","
        var total: UInt64 = 0
        for (index, count) in counts.enumerated() {
            total += count
            let bound = index < bounds.count ? prometheusNumber(bounds[index]) : "+Inf"
            text.append(sample: name + "_bucket", labels: "\(prefix)le=\"\(bound)\"", value: "\(total)")
        }
        text.append(sample: name + "_sum", labels: labels, value: prometheusNumber(sum))
        text.append(sample: name + "_count", labels: labels, value: "\(total)")
    }
}

/// Takes values of series beyond the limit, and shows none.
final class IgnoredSeries: CounterHandler, RecorderHandler, MeterHandler, TimerHandler {
    func increment(by amount: Int64) {}
    func reset() {}
    func record(_ value: Int64) {}
    func record(_ value: Double) {}
    func set(_ value: Int64) {}
    func set(_ value: Double) {}
    func increment(by amount: Double) {}
    func decrement(by amount: Double) {}
    func recordNanoseconds(_ duration: Int64) {}
}

extension String {
    mutating func append(sample name: String, labels: String, value: String) {
        append(labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n")
    }
}

/// A number as the text format wants it: whole ones without a fraction.
func prometheusNumber(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
}

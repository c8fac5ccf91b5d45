import Metrics
import Testing

@testable import ServiceRuntime

@Suite struct PrometheusMetricsTests {
    private let metrics = PrometheusMetrics()

    private func counter(_ metric: MetricName, _ labels: [(String, String)] = []) -> Counter {
        Counter(label: metric.name, dimensions: labels, factory: metrics)
    }

    @Test func `The exposition is as Prometheus reads it`() {
        counter(.logEntriesDropped).increment(by: 3)
        counter(.attempts, [("category", "hosting"), ("outcome", "succeeded")]).increment()
        counter(.attempts, [("category", "hosting"), ("outcome", "failed")]).increment(by: 2)
        Gauge(label: MetricName.outboxWaiting.name, factory: metrics).record(7)
        let timer = Timer(
            label: MetricName.attemptDuration.name, dimensions: [("category", "seo")], factory: metrics)
        timer.recordNanoseconds(2_000_000)
        timer.recordNanoseconds(2_500_000_000)
        timer.recordNanoseconds(3_600_000_000_000)
        Recorder(label: MetricName.commitSize.name, factory: metrics).record(5)
        #expect(metrics.text() == Self.golden)
    }

    private static let golden = """
        # HELP purser_attempt_duration_seconds Time an attempt took.
        # TYPE purser_attempt_duration_seconds histogram
        purser_attempt_duration_seconds_bucket{category="seo",le="0.001"} 0
        purser_attempt_duration_seconds_bucket{category="seo",le="0.005"} 1
        purser_attempt_duration_seconds_bucket{category="seo",le="0.01"} 1
        purser_attempt_duration_seconds_bucket{category="seo",le="0.025"} 1
        purser_attempt_duration_seconds_bucket{category="seo",le="0.05"} 1
        purser_attempt_duration_seconds_bucket{category="seo",le="0.1"} 1
        purser_attempt_duration_seconds_bucket{category="seo",le="0.25"} 1
        purser_attempt_duration_seconds_bucket{category="seo",le="0.5"} 1
        purser_attempt_duration_seconds_bucket{category="seo",le="1"} 1
        purser_attempt_duration_seconds_bucket{category="seo",le="2.5"} 2
        purser_attempt_duration_seconds_bucket{category="seo",le="5"} 2
        purser_attempt_duration_seconds_bucket{category="seo",le="10"} 2
        purser_attempt_duration_seconds_bucket{category="seo",le="30"} 2
        purser_attempt_duration_seconds_bucket{category="seo",le="60"} 2
        purser_attempt_duration_seconds_bucket{category="seo",le="300"} 2
        purser_attempt_duration_seconds_bucket{category="seo",le="600"} 2
        purser_attempt_duration_seconds_bucket{category="seo",le="+Inf"} 3
        purser_attempt_duration_seconds_sum{category="seo"} 3602.502
        purser_attempt_duration_seconds_count{category="seo"} 3
        # HELP purser_attempts_total Attempts by outcome.
        # TYPE purser_attempts_total counter
        purser_attempts_total{category="hosting",outcome="failed"} 2
        purser_attempts_total{category="hosting",outcome="succeeded"} 1
        # HELP purser_log_entries_dropped_total Log entries that found no room on their way to the bus.
        # TYPE purser_log_entries_dropped_total counter
        purser_log_entries_dropped_total 3
        # HELP purser_outbox_waiting Messages written and not yet published.
        # TYPE purser_outbox_waiting gauge
        purser_outbox_waiting 7
        # HELP purser_store_commit_size Changes in one commit.
        # TYPE purser_store_commit_size histogram
        purser_store_commit_size_bucket{le="1"} 0
        purser_store_commit_size_bucket{le="2"} 0
        purser_store_commit_size_bucket{le="5"} 1
        purser_store_commit_size_bucket{le="10"} 1
        purser_store_commit_size_bucket{le="20"} 1
        purser_store_commit_size_bucket{le="50"} 1
        purser_store_commit_size_bucket{le="100"} 1
        purser_store_commit_size_bucket{le="200"} 1
        purser_store_commit_size_bucket{le="500"} 1
        purser_store_commit_size_bucket{le="1000"} 1
        purser_store_commit_size_bucket{le="+Inf"} 1
        purser_store_commit_size_sum 5
        purser_store_commit_size_count 1

        """

    @Test func `Labels are escaped, and names of libraries made valid`() {
        Counter(label: "a.library-s counter", dimensions: [("a-label", "a \"b\" \\ c\nd")], factory: metrics)
            .increment()
        #expect(
            metrics.text() == """
                # TYPE a_library_s_counter counter
                a_library_s_counter{a_label="a \\"b\\" \\\\ c\\nd"} 1

                """)
    }

    @Test func `The same labels are the same series, also when made at once`() async {
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 { self.counter(.attempts, [("category", "hosting")]).increment() }
                }
            }
        }
        #expect(metrics.text().contains("purser_attempts_total{category=\"hosting\"} 8000\n"))
    }

    @Test func `Gauges rise and fall`() {
        let meter = Meter(label: MetricName.eventStreams.name, factory: metrics)
        meter.increment()
        meter.increment(by: 2.5)
        meter.decrement()
        #expect(metrics.text().contains("purser_event_streams 2.5\n"))
        meter.set(-1)
        #expect(metrics.text().contains("purser_event_streams -1\n"))
    }

    @Test func `Series beyond the limit are ignored`() {
        for number in 0..<PrometheusMetrics.seriesLimit + 10 {
            counter(.attempts, [("n", "\(number)")]).increment()
        }
        #expect(
            metrics.text().split(separator: "\n").count { $0.hasPrefix("purser_attempts_total{") } == 1_000)
    }

    @Test func `A name keeps its kind`() {
        counter(.attempts).increment()
        Gauge(label: MetricName.attempts.name, factory: metrics).record(99)
        #expect(metrics.text().contains("purser_attempts_total 1\n"))
    }

    @Test func `Every metric is in the list, under a valid name of its kind`() {
        #expect(MetricName.byName.count == MetricName.all.count)
        for metric in MetricName.all {
            #expect(metric.name.hasPrefix("purser_"))
            #expect(metric.name.hasSuffix("_total") == (metric.kind == .counter))
            #expect(metric.buckets.isEmpty == (metric.kind != .histogram))
            #expect(metric.buckets == metric.buckets.sorted())
        }
    }
}

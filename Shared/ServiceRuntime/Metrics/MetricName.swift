package import Metrics

/// Every metric of Purser. No other file spells a name.
///
/// Labels are category, provider, function, state and the like, which are few; never a product, a client or an action.
package struct MetricName: Sendable, Hashable {
    package enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    package let name: String
    package let kind: Kind
    /// What it counts, one line.
    package let help: String
    /// Upper bounds of a histogram, in its unit.
    package let buckets: [Double]

    private init(_ name: String, _ kind: Kind, _ help: String, buckets: [Double] = []) {
        self.name = name
        self.kind = kind
        self.help = help
        self.buckets = buckets
    }

    // MARK: Actions

    /// Labels: category, function.
    package static let actionsAccepted = MetricName(
        "purser_actions_accepted_total", .counter, "Actions accepted.")
    /// Labels: scope (client, all).
    package static let actionsRefused = MetricName(
        "purser_actions_refused_total", .counter,
        "Actions refused because too many of the client or of all waited already.")
    /// Labels: category, provider, function, state.
    package static let actionsEnded = MetricName(
        "purser_actions_ended_total", .counter, "Actions that ended.")
    /// From acceptance to the end. Labels: category, function, state.
    package static let actionDuration = MetricName(
        "purser_action_duration_seconds", .histogram, "Time from an action's acceptance to its end.",
        buckets: slow)
    /// Labels: state.
    package static let actionsOpen = MetricName(
        "purser_actions_open", .gauge, "Actions that have not ended, by state.")
    package static let outboxWaiting = MetricName(
        "purser_outbox_waiting", .gauge, "Messages written and not yet published.")
    package static let commitDuration = MetricName(
        "purser_store_commit_duration_seconds", .histogram, "Time a store's commit took.", buckets: fast)
    /// Changes that shared one commit.
    package static let commitSize = MetricName(
        "purser_store_commit_size", .histogram, "Changes in one commit.", buckets: sizes)
    /// Labels: category, provider.
    package static let circuitOpen = MetricName(
        "purser_circuit_open", .gauge, "Configurations whose circuit is open or probing.")

    /// Labels: result (succeeded, retried, failed).
    package static let webhookDeliveries = MetricName(
        "purser_webhook_deliveries_total", .counter, "Tries to deliver to webhooks, by what came of them.")
    package static let webhookDeliveriesPending = MetricName(
        "purser_webhook_deliveries_pending", .gauge, "Deliveries to webhooks that have not ended.")

    // MARK: Adapters

    /// Labels: category, provider, function, outcome.
    package static let attempts = MetricName("purser_attempts_total", .counter, "Attempts by outcome.")
    /// Labels: category, provider, function.
    package static let attemptDuration = MetricName(
        "purser_attempt_duration_seconds", .histogram, "Time an attempt took.", buckets: slow)
    /// Labels: category, provider.
    package static let providerCallDuration = MetricName(
        "purser_provider_call_duration_seconds", .histogram, "Time a call to a provider took.", buckets: slow)

    // MARK: HTTP

    /// Labels: method, route, status.
    package static let httpRequests = MetricName("purser_http_requests_total", .counter, "HTTP requests.")
    /// Labels: method, route.
    package static let httpDuration = MetricName(
        "purser_http_request_duration_seconds", .histogram, "Time to the end of an HTTP answer.",
        buckets: fast)
    package static let eventStreams = MetricName("purser_event_streams", .gauge, "Open event streams.")

    // MARK: Bus

    /// Labels: type, outcome.
    package static let requestsAnswered = MetricName(
        "purser_bus_requests_answered_total", .counter, "Requests answered, by outcome.")
    /// Labels: queue.
    package static let messagesRejected = MetricName(
        "purser_bus_messages_rejected_total", .counter, "Messages that became dead letters.")

    /// Labels: queue, reason (missing, unknown_key, forged, wrong_sender, stale, repeated).
    package static let messagesRefused = MetricName(
        "purser_bus_messages_refused_total", .counter, "Messages that were not from who may send them.")

    // MARK: Log

    package static let logEntriesDropped = MetricName(
        "purser_log_entries_dropped_total", .counter,
        "Log entries that found no room on their way to the bus.")
    package static let logEntriesStored = MetricName(
        "purser_log_entries_stored_total", .counter, "Log entries that the collector stored.")
    package static let logEntriesRemoved = MetricName(
        "purser_log_entries_removed_total", .counter,
        "Log entries removed because of their age or the log's size.")
    package static let logStoreBytes = MetricName(
        "purser_log_store_bytes", .gauge, "Size of the stored log.")
    package static let logCommitDuration = MetricName(
        "purser_log_commit_duration_seconds", .histogram, "Time a commit of log entries took.", buckets: fast)

    // MARK: Buckets

    /// Seconds of what happens within this system: 100 µs to 10 s.
    private static let fast = [
        0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
    ]
    /// Seconds of what waits for others: 1 ms to 10 min.
    private static let slow = [
        0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600,
    ]
    private static let sizes: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]

    /// All metrics, for `# HELP` and `# TYPE`.
    static let all: [MetricName] = [
        actionsAccepted, actionsRefused, actionsEnded, actionDuration, actionsOpen, outboxWaiting,
        commitDuration, commitSize,
        circuitOpen, webhookDeliveries, webhookDeliveriesPending, attempts, attemptDuration,
        providerCallDuration, httpRequests, httpDuration,
        eventStreams,
        requestsAnswered, messagesRejected, messagesRefused, logEntriesDropped, logEntriesStored,
        logEntriesRemoved,
        logStoreBytes,
        logCommitDuration,
    ]
    static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
}

extension Counter {
    /// The counter of this name and these labels; making it again gives the same series.
    package convenience init(_ metric: MetricName, _ labels: [(String, String)] = []) {
        self.init(label: metric.name, dimensions: labels)
    }
}

extension Gauge {
    package convenience init(_ metric: MetricName, _ labels: [(String, String)] = []) {
        self.init(label: metric.name, dimensions: labels)
    }
}

extension Recorder {
    /// A histogram of plain numbers.
    package convenience init(histogram metric: MetricName, _ labels: [(String, String)] = []) {
        self.init(label: metric.name, dimensions: labels, aggregate: true)
    }
}

extension Timer {
    /// A histogram of seconds.
    package convenience init(_ metric: MetricName, _ labels: [(String, String)] = []) {
        self.init(label: metric.name, dimensions: labels)
    }
}

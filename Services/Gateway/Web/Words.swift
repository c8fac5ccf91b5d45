import Models

/// What things are called on pages.
enum Words {
    static func category(_ name: String) -> String { Blueprints.named(name)?.title ?? name }

    static func function(_ name: String, of category: String) -> String {
        Blueprints.named(category)?.function(name)?.title ?? name
    }

    static func status(_ status: String) -> String { status.prefix(1).uppercased() + status.dropFirst() }

    static func tone(ofStatus status: String) -> String {
        switch ProductStatus(rawValue: status) {
        case .active: "good"
        case .suspended, .expired: "warn"
        case .pending, .transferring: "info"
        case .terminated, nil: ""
        }
    }

    static func tone(ofLevel level: String) -> String {
        switch LogLevel(rawValue: level) {
        case .error, .critical: "bad"
        case .warning: "warn"
        case .notice: "info"
        default: ""
        }
    }

    static func circuit(_ state: String?) -> (title: String, tone: String) {
        switch state.flatMap({ CircuitState(rawValue: $0) }) {
        case .open: ("Circuit open", "bad")
        case .probing: ("Circuit probing", "warn")
        case .closed, nil: ("Healthy", "good")
        }
    }

    /// What a product is known by beside its name.
    static func subtitle(_ fields: [String: JSONValue]) -> String? {
        if let sld = fields["sld"]?.stringValue, let tld = fields["tld"]?.stringValue {
            return "\(sld).\(tld)"
        }
        for name in ["domain", "hostname", "username", "service_identifier"] {
            if let text = fields[name]?.stringValue, !text.isEmpty { return text }
        }
        return nil
    }

    static func attention(_ kind: Attention) -> (title: String, help: String, empty: String) {
        switch kind {
        case .failed:
            (
                "Failed", "Changes of the last 30 days that failed, and that nothing has made good since.",
                "Nothing has failed that was not made good."
            )
        case .unsure:
            (
                "Unsure",
                "Nobody knows whether these happened at the provider. Look there; then adopt what happened, retry what "
                    + "did not, or abandon it.",
                "It is known of every action whether it happened."
            )
        case .stuck:
            (
                "Stuck", "Queued, under way or being retried for more than 15 minutes, with the reason.",
                "Nothing has waited for more than 15 minutes."
            )
        }
    }

    /// How many need a person; a count that may have stopped at its limit says so.
    static func attentionCount(_ count: JSONValue?) -> String {
        let count = count?.integerValue ?? 0
        return count < Attention.countLimit ? "\(count)" : "\(Attention.countLimit)+"
    }

    static func error(_ kind: String?) -> String {
        switch kind.flatMap({ ErrorKind(rawValue: $0) }) {
        case .invalidInput: "Invalid input"
        case .notFound: "Not found"
        case .alreadyExists: "Already exists"
        case .unauthorized: "Not authorised"
        case .rateLimited: "Rate limited"
        case .providerUnavailable: "Provider unavailable"
        case .timedOut: "Timed out"
        case .rejected: "Rejected by the provider"
        case .unsupported: "Not supported"
        case .internal: "Internal"
        case nil: "–"
        }
    }
}

/// An action's state in words: what staff call it, and what its client does.
struct StateWords {
    let title: String
    /// Class of the badge.
    let tone: String

    init(_ state: ActionState, for area: Area) {
        tone =
            switch state {
            case .succeeded: "good"
            case .failed: "bad"
            case .unsure, .waiting: "warn"
            case .queued, .dispatched, .deferred, .scheduled, .awaitingApproval: "info"
            case .rejected, .cancelled: ""
            }
        title = area == .client ? Self.forClients(state) : Self.forStaff(state)
    }

    private static func forStaff(_ state: ActionState) -> String {
        switch state {
        case .scheduled: "Scheduled"
        case .awaitingApproval: "Awaiting approval"
        case .queued: "Queued"
        case .dispatched: "In progress"
        case .waiting: "Waiting to retry"
        case .deferred: "Provider is working"
        case .unsure: "Unsure"
        case .succeeded: "Done"
        case .failed: "Failed"
        case .rejected: "Rejected"
        case .cancelled: "Cancelled"
        }
    }

    private static func forClients(_ state: ActionState) -> String {
        switch state {
        case .scheduled: "Planned"
        case .awaitingApproval: "Being reviewed"
        case .queued, .dispatched, .waiting, .deferred: "In progress"
        case .unsure: "We are looking into it"
        case .succeeded: "Done"
        case .failed: "Not done"
        case .rejected: "Not approved"
        case .cancelled: "Cancelled"
        }
    }
}

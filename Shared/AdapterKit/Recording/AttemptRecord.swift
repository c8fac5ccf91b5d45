import Models
import Synchronization

/// Something that went to a third party and what came back.
protocol RecordedTraffic: Sendable {
    /// It as text, without secrets: what stands under the names and what the redactor knows.
    func text(_ redactor: Redactor, names: Set<String>) -> String
}

/// What one attempt sent and was answered, for staff, and what is known of its effects.
final class AttemptRecord: Sendable {
    /// The most that is kept of an attempt: 256 KiB.
    static let byteLimit = 256 << 10

    private struct State {
        var exchanges: [any RecordedTraffic] = []
        /// Whether a changing request was followed by another, so that its answer had been taken as good.
        var hasPassedChange = false
        var lastIsChanging = false
    }

    private let state = Mutex(State())

    /// Notes that a request is about to be sent.
    func begin(isChanging: Bool) {
        state.withLock { state in
            if state.lastIsChanging { state.hasPassedChange = true }
            state.lastIsChanging = isChanging
        }
    }

    func add(_ exchange: any RecordedTraffic) {
        state.withLock { $0.exchanges.append(exchange) }
    }

    /// Whether an earlier request than the last one may have changed something: the last one's error then
    /// says nothing about whether the function took effect.
    var hasPassedChange: Bool { state.withLock { $0.hasPassedChange } }

    /// All exchanges as text without secrets; nil where there were none. Of too many, the first ones are
    /// kept.
    func debugText(_ secrets: SecretValues) -> String? {
        let exchanges = state.withLock { $0.exchanges }
        guard !exchanges.isEmpty else { return nil }
        let redactor = secrets.redactor
        var text = ""
        for (index, exchange) in exchanges.enumerated() {
            let part = exchange.text(redactor, names: secrets.names)
            guard text.utf8.count + part.utf8.count <= Self.byteLimit else {
                text += "… \(exchanges.count - index) further exchanges left out\n"
                break
            }
            text += part
        }
        return text
    }
}

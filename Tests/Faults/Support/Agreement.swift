import Models
import SystemSupport

/// Whether ledger, database and stream of events tell one story, in which every promise was kept.
struct Agreement {
    /// How far the clocks of two processes may differ: the orchestrator's own lets the wall clock run ahead so far before
    /// it follows (`SteadyClock.tolerance`), the simulators go by the wall clock.
    private static let clockDifference: Duration = .seconds(1)

    private let records: Records
    private let effects: [String: [Ledger.Effect]]
    /// One sentence for each promise that was broken.
    private(set) var violations: [String] = []

    /// Looks at everything that a system did. Nothing may be under way.
    ///
    /// - Parameters:
    ///   - accepted: the actions that a caller was told of; there must be no others.
    ///   - events: what a reader saw of the stream from its beginning; nil where nobody read.
    init(of system: PurserSystem, accepted: [String], events: [StreamedEvent]? = nil) throws {
        records = try Records(system)
        effects = Dictionary(grouping: try system.ledger.effects(), by: \.actionID)
        checkAcceptance(accepted)
        checkEffects()
        checkOrder()
        checkLeftovers()
        if let events { checkStream(events) }
    }

    // MARK: Nothing lost

    private mutating func checkAcceptance(_ accepted: [String]) {
        let known = Dictionary(records.actions.map { ($0.id, $0) }) { first, _ in first }
        for id in accepted {
            guard let action = known[id] else {
                violations.append("\(id) was accepted and is not there")
                continue
            }
            if !action.hasEnded, action.state != .unsure {
                violations.append("\(id) (\(action.function)) has not ended: it is \(action.state.rawValue)")
            }
        }
        if Set(accepted).count != accepted.count { violations.append("an id was given twice") }
        for id in Set(known.filter { !$1.isOfNotice }.keys).subtracting(accepted) {
            violations.append("\(id) is there uncalled for")
        }
    }

    private mutating func checkLeftovers() {
        if records.outgoing > 0 { violations.append("\(records.outgoing) messages are still to be sent") }
        if records.deadLetters > 0 { violations.append("\(records.deadLetters) messages are dead letters") }
    }

    // MARK: Nothing done twice

    private mutating func checkEffects() {
        let known = Set(records.actions.map(\.id))
        for id in Set(effects.keys).subtracting(known) { violations.append("\(id) had effect, unknown") }
        for action in records.actions {
            for problem in problems(of: action, effects[action.id] ?? []) {
                violations.append("\(action.id) (\(action.category) \(action.function)) \(problem)")
            }
        }
    }

    private func problems(of action: Records.Action, _ effects: [Ledger.Effect]) -> [String] {
        guard let function = action.definition else { return ["has no such function"] }
        var problems: [String] = []
        if function.effect != .idempotent, effects.count > 1 {
            problems.append("had \(effects.count) effects")
        }
        if function.effect == .read, !effects.isEmpty { problems.append("changed something") }
        if action.state == .succeeded, function.isChanging, effects.isEmpty {
            problems.append("succeeded without effect")
        }
        if action.state != .succeeded, action.hasEnded, function.effect != .idempotent, !effects.isEmpty {
            problems.append("is \(action.state.rawValue) and had effect")
        }
        if action.outcomes.count != action.attempt { problems.append("misses attempts") }
        for effect in effects {
            if effect.function != action.function { problems.append("did \(effect.function)") }
            if !(1...max(1, action.attempt)).contains(effect.attempt) {
                problems.append("had effect in attempt \(effect.attempt) of \(action.attempt)")
            }
            if let end = action.finishedAt, end.duration(to: effect.endedAt) > Self.clockDifference {
                problems.append(
                    "had effect \(end.duration(to: effect.endedAt)) after its end (attempt \(effect.attempt))"
                )
            }
        }
        return problems
    }

    /// One changing action at a time on each product, in the order of acceptance.
    private mutating func checkOrder() {
        for (product, line) in Dictionary(grouping: records.actions.filter(\.isChanging), by: \.product) {
            let done = line.flatMap { action in (effects[action.id] ?? []).map { (action, $0) } }
                .sorted { ($0.1.endedAt, $0.0.number) < ($1.1.endedAt, $1.0.number) }
            for ((first, earlier), (second, later)) in zip(done, done.dropFirst())
            where first.id != second.id {
                if later.startedAt < earlier.endedAt {
                    violations.append("\(product): \(first.id) and \(second.id) overlapped")
                }
                if first.runAt == nil, second.runAt == nil, first.number > second.number {
                    violations.append("\(product): \(second.id) came after \(first.id)")
                }
            }
        }
    }

    // MARK: The stream

    private mutating func checkStream(_ events: [StreamedEvent]) {
        let table = records.events
        if table.map(\.sequence) != Array(1..<1 + table.count) {
            violations.append("the event table's numbers have gaps")
        }
        let seen = events.map { Records.Event(sequence: $0.id, type: $0.type) }
        if seen != table {
            let missing = Set(table.map(\.sequence)).subtracting(seen.map(\.sequence)).sorted()
            violations.append(
                "the stream gave \(seen.count) events of \(table.count); missing \(missing.prefix(10))")
        }
        var last: [String: String] = [:]
        for event in events where event.type == "action.changed" {
            guard let action = event.data["action"], let id = action["id"]?.stringValue else { continue }
            last[id] = action.state
        }
        for action in records.actions where last[action.id] != action.state.rawValue {
            violations.append(
                "\(action.id) is \(action.state.rawValue), and the stream said \(last[action.id] ?? "nothing")"
            )
        }
    }
}

extension Agreement {
    /// How many actions came to each state.
    var states: [String: Int] {
        Dictionary(grouping: records.actions, by: \.state.rawValue).mapValues(\.count)
    }

    /// How many actions failed, by function and kind of error.
    var failures: [String: Int] {
        Dictionary(grouping: records.actions.filter { $0.state == .failed }) {
            "\($0.category) \($0.function) (\($0.errorKind ?? "none"))"
        }.mapValues(\.count)
    }

    /// How many effects there were.
    var effectCount: Int { effects.values.reduce(0) { $0 + $1.count } }
}

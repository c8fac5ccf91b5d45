import Foundation
import Models
import SystemSupport
import TestSupport
import Testing

/// Random faults under load, and what must be true afterwards.
struct Storm: Sendable {
    /// What happens in which order follows from this.
    let seed: UInt64
    let kinds: [Fault.Kind]
    /// From the beginning of a fault to that of the next, unless it takes longer.
    let interval: Duration
    /// How many requests must be accepted at least; the storm goes on until then, and for `time`.
    let requests: Int
    let time: Duration
    var callers = 12
    var categories = ["hosting", "domains", "servers"]
    var settings: [String: String] = [:]
    /// What happens first, one of each.
    var firstKinds: [Fault.Kind] = []

    private static let services: [Part] = [
        .orchestrator, .logCollector, .hostingAdapter, .domainsAdapter, .serversAdapter, .gateway,
    ]
    /// Between two faults at least.
    private static let pause: Duration = .seconds(1)
    /// How many requests are accepted before the first fault.
    private static let firstRequests = 30
    /// How long everything may take to end after the last fault: most of it is what half-open connections take.
    private static let calmLimit: Duration = .seconds(120)

    /// - Throws: where something did not come to its end; violations are recorded as issues.
    func rage() async throws {
        say("seed \(seed)")
        let broker = try await TestBroker.launch()
        let proxy = try await FaultyProxy.start(to: broker.port)
        try await withSystem(
            .rabbitMQ, broker: broker, proxy: proxy, services: Self.services, settings: settings,
            within: time + .seconds(900), test: "storm-\(seed)"
        ) { system in
            try await rage(on: system, broker, proxy)
        }
        try await proxy.stop()
        try await broker.remove()
    }

    private func rage(on system: PurserSystem, _ broker: TestBroker, _ proxy: FaultyProxy) async throws {
        let load = try await Workload(on: system, categories: categories, seed: seed)
        let reader = EventReader(system: system)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await reader.run() }
            let faults = try await underLoad(load) {
                try await happen(to: system, broker, proxy, until: load)
            }
            try await system.ready()
            try await calm(system)
            try await reader.reached(try Records(system).events.last?.sequence ?? 0)
            group.cancelAll()
            let agreement = try Agreement(
                of: system, accepted: load.accepted.elements, events: reader.seen.elements)
            tell(load, faults, agreement)
            #expect(agreement.violations == [], "seed \(seed)")
        }
    }

    /// Runs `body` while callers call.
    private func underLoad<Value: Sendable>(
        _ load: Workload, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<callers { group.addTask { try await load.call() } }
            defer { load.stop() }
            let value = try await body()
            load.stop()
            try await group.waitForAll()
            return value
        }
    }

    /// - Returns: what happened.
    private func happen(
        to system: PurserSystem, _ broker: TestBroker, _ proxy: FaultyProxy, until load: Workload
    ) async throws -> [Fault] {
        var generator = SeededGenerator(seed: seed &+ 1)
        var faults: [Fault] = []
        // A broker that is killed in the first second of the log's stream never finds it again.
        try await load.accepted.wait(for: Self.firstRequests, within: .seconds(60))
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end || load.accepted.count < requests {
            let next = faults.count < firstKinds.count ? [firstKinds[faults.count]] : kinds
            let fault = Fault.random(next, parts: system.parts, using: &generator)
            let begun = ContinuousClock.now
            say("\(load.accepted.count) accepted; \(fault)")
            try await fault.happen(to: system, broker, proxy)
            faults.append(fault)
            try await Task.sleep(until: max(begun + interval, .now + Self.pause))
        }
        return faults
    }

    /// Waits until nothing is under way. Meanwhile everything that has not ended says why.
    private func calm(_ system: PurserSystem) async throws {
        let begun = ContinuousClock.now
        try await eventually(within: .seconds(10), every: .milliseconds(200), "reasons for all that waits") {
            try await system.stuck().isEmpty
        }
        var left: [String] = []
        try await eventually(
            within: Self.calmLimit, every: .milliseconds(200), "the end of \(left.count): \(left.prefix(5))"
        ) {
            left = try Records(system).actions.filter { !$0.hasEnded && $0.state != .unsure }.map {
                "\($0.id) (\($0.function), \($0.state))"
            }
            return try left.isEmpty && Records(system).outgoing == 0
        }
        say("all ended \(begun.duration(to: .now)) after the last fault")
    }

    private func tell(_ load: Workload, _ faults: [Fault], _ agreement: Agreement) {
        let refusals = Dictionary(grouping: load.refused.elements) {
            "\($0.status) \($0["detail"]?.stringValue ?? "")"
        }
        let kinds = Dictionary(grouping: faults, by: \.kind.rawValue).mapValues(\.count)
        say("accepted \(load.accepted.count), refused \(text(refusals.mapValues(\.count)))")
        say("states \(text(agreement.states)); effects \(agreement.effectCount)")
        say("failures: \(text(agreement.failures))")
        say("faults \(faults.count): \(text(kinds))")
        say("violations \(agreement.violations.count)")
        for violation in agreement.violations { say("  \(violation)") }
    }

    private func text(_ counts: [String: Int]) -> String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }

    private func say(_ text: String) { print("storm: \(text)") }
}

extension PurserSystem {
    /// The actions that have not ended and do not say why, or say so though the time that they wait for has passed.
    func stuck() async throws -> [String] {
        let open = try Records(self).actions.filter { !$0.hasEnded }.map(\.id)
        var stuck: [String] = []
        for id in open {
            let action = try await http.call(.get, "/v1/actions/\(id)", within: .seconds(15)).json
            guard action["finished_at"]?.stringValue == nil else { continue }
            let until = action["waiting_until"]?.stringValue.flatMap { Timestamp($0) }
            let isOver = until.map { $0.duration(to: .now) > .seconds(1) } ?? false
            if isOver || action["waiting_because"]?.stringValue?.isEmpty != false { stuck.append(id) }
        }
        return stuck
    }
}

import Foundation
import Models
import SystemSupport
import TestSupport
import Testing

/// Retries, looks at what a provider works on, and scheduled starts, when everything is killed while they are pending.
@Suite("What is pending")
struct PendingTests {
    /// 201 in all; 1,002 in the long form.
    private static let ofEach = Soak.minutes == nil ? 67 : 334
    private static let callers = 12
    /// When scheduled actions start, and how long domains are on their way: long enough for all to be pending at once.
    private static let seconds = Soak.minutes == nil ? 25 : 90

    @Test("It outlives a kill of everything, and happens once", arguments: PurserSystem.Form.allCases)
    func outlives(_ form: PurserSystem.Form) async throws {
        let broker = form == .rabbitMQ ? try await TestBroker.launch() : nil
        let services: [Part] = Part.services + [.domainsAdapter]
        try await withSystem(form, broker: broker, services: services) { system in
            let pending = try await Self.submitAll(on: system)
            for part in system.parts { try await system.kill(part) }
            try await broker?.kill()
            let open = try Records(system).actions.filter { !$0.hasEnded }
            #expect(open.count == Self.ofEach * 3)
            for kind in Kind.allCases { #expect(open.count { $0.state == kind.state } > 0, "\(kind)") }
            try await broker?.start()
            try system.start()
            try await system.ready()
            for failing in pending.failing { try await system.change(failing, ["fault": "none"]) }
            for (id, kind) in pending.actions {
                let action = try await system.ended(id, within: .seconds(120))
                #expect(action.state == "succeeded", "\(kind): \(action)")
            }
            let effects = try Dictionary(grouping: system.ledger.effects(), by: \.actionID)
            for action in try Records(system).actions {
                #expect(effects[action.id]?.count == 1, "\(action)")
                if let runAt = action.runAt, let effect = effects[action.id]?.first {
                    #expect(effect.startedAt >= runAt, "not before its time")
                }
            }
            #expect(try Agreement(of: system, accepted: pending.actions.map(\.id)).violations == [])
        }
        try await broker?.remove()
    }

    enum Kind: CaseIterable, Sendable {
        case retry, poll, schedule

        var state: ActionState {
            switch self {
            case .retry: .waiting
            case .poll: .deferred
            case .schedule: .scheduled
            }
        }
    }

    private struct Pending: Sendable {
        let actions: [(id: String, kind: Kind)]
        /// The configurations whose third parties are away: one an action, so that no circuit opens.
        let failing: [String]
    }

    /// Brings every kind about, and waits until each is pending.
    private static func submitAll(on system: PurserSystem) async throws -> Pending {
        let client = try await system.makeClient()
        let failing = Recorder<String>()
        let working = try await system.makeConfiguration()
        let registrar = try await system.makeConfiguration(
            ["transfer_seconds": .integer(seconds)], category: "domains")
        let accepted = Recorder<(id: String, kind: Kind)>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<callers {
                group.addTask {
                    for number in stride(from: caller, to: ofEach, by: callers) {
                        for kind in Kind.allCases {
                            var configuration = kind == .poll ? registrar : working
                            if kind == .retry {
                                configuration = try await system.makeConfiguration(["fault": "transient"])
                                failing.record(configuration)
                            }
                            let product = try await system.makeProduct(
                                client: client, configuration: configuration,
                                category: kind == .poll ? "domains" : "hosting")
                            let id = try await submit(kind, number, on: product, of: system)
                            accepted.record((id, kind))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        // Later the first of them are no longer.
        try await eventually(within: .seconds(seconds), every: .milliseconds(100), "all pending") {
            try Records(system).actions.allSatisfy {
                $0.state != .queued && $0.attempt > 0 || $0.runAt != nil
            }
        }
        return Pending(actions: accepted.elements, failing: failing.elements)
    }

    private static func submit(
        _ kind: Kind, _ number: Int, on product: TestProduct, of system: PurserSystem
    ) async throws -> String {
        switch kind {
        case .retry:
            return try await system.submit("create", ["package_name": "gold"], on: product)
        case .poll:
            return try await system.submit(
                "transfer", ["sld": .string("pending-\(number)"), "tld": "example"], on: product)
        case .schedule:
            return try await system.submit(
                "create", ["package_name": "gold"], on: product,
                runAt: .now.advanced(by: .seconds(seconds)))
        }
    }
}

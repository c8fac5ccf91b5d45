import Foundation
import Models
import SystemSupport
import TestSupport
import Testing

/// Third parties that leave it unclear what they did, with every function that must not be done twice.
@Suite("Every function whose outcome is unclear", .serialized)
struct UnclearTests {
    private static let settings = ["PURSER_CALL_LIMIT_SECONDS": "2"]

    @Test("A timeout after the effect becomes a success, without a second effect", arguments: forms)
    func timeoutAfterEffect(_ form: PurserSystem.Form) async throws {
        try await withSystem(form, services: Part.allServices, settings: Self.settings) { system in
            let cases = try await OnceOnly.prepareAll(on: system)
            for (one, action) in try await Self.run(cases, with: "hang_after_effect", on: system) {
                #expect(action.state == "succeeded", "\(one): \(action)")
                // What is still on its way is not done, so it is looked at again later.
                if one.function.statusWhileDeferred == nil { #expect(action.outcomes == ["succeeded"]) }
            }
            try Self.expectOneEffectEach(cases, on: system)
        }
    }

    @Test("What cannot be observed is unsure, and a person decides", arguments: forms)
    func unobservable(_ form: PurserSystem.Form) async throws {
        try await withSystem(form, services: Part.allServices, settings: Self.settings) { system in
            let cases = try await OnceOnly.prepareAll(on: system)
            let unsure = try await Self.run(cases, with: "unobservable", on: system)
            for (one, action) in unsure {
                #expect(action.state == "unsure", "\(one): \(action)")
                #expect(action.outcomes == ["unsure"], "\(one): it was never sent again by itself")
            }
            try await Self.set("none", of: cases, on: system)
            for (number, (one, action)) in unsure.enumerated() {
                let decision = Self.decisions[number % Self.decisions.count]
                try await Self.decide(decision, on: action, one, system)
            }
            try Self.expectOneEffectEach(cases, on: system)
        }
    }

    private static let forms = PurserSystem.Form.allCases
    private static let decisions = ["adopt", "abandon", "retry"]

    private static func decide(
        _ decision: String, on action: JSONValue, _ one: OnceOnly, _ system: PurserSystem
    ) async throws {
        let id = try #require(action["id"]?.stringValue)
        let answer = try await system.decide(decision, on: id)
        #expect(answer.status == 200, "\(decision) \(one): \(answer)")
        let end = try await system.ended(id)
        #expect(end.state == (decision == "abandon" ? "failed" : "succeeded"), "\(decision) \(one): \(end)")
    }

    /// Lets the third parties have a fault, and runs all.
    ///
    /// - Returns: what each came to, `unsure` being an end.
    private static func run(
        _ cases: [OnceOnly], with fault: String, on system: PurserSystem
    ) async throws -> [(OnceOnly, JSONValue)] {
        try await set(fault, of: cases, on: system)
        var ids: [(OnceOnly, String)] = []
        for one in cases {
            ids.append((one, try await system.submit(one.function.name, one.parameters, on: one.product)))
        }
        var ends: [(OnceOnly, JSONValue)] = []
        for (one, id) in ids {
            ends.append((one, try await system.action(id, in: "succeeded", "failed", "unsure")))
        }
        return ends
    }

    private static func set(_ fault: String, of cases: [OnceOnly], on system: PurserSystem) async throws {
        for configuration in Set(cases.map(\.product.configuration)) {
            try await system.change(configuration, ["fault": .string(fault)])
        }
    }

    /// Each function was done once on its product.
    private static func expectOneEffectEach(_ cases: [OnceOnly], on system: PurserSystem) throws {
        let records = try Records(system).actions
        let effects = Dictionary(grouping: try system.ledger.effects(), by: \.actionID)
        for one in cases {
            let ids = records.filter { $0.product == one.product.id && $0.function == one.function.name }
            let count = ids.reduce(0) { $0 + (effects[$1.id]?.count ?? 0) }
            #expect(count == 1, "\(one)")
        }
    }
}

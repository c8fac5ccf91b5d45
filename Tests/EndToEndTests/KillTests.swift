import Foundation
import Models
import SystemSupport
import Testing
import TestSupport

/// A crash of any process in mid-action: the action is finished after its restart, and done once.
@Suite("SIGKILL of a process")
struct KillTests {
    /// How long the third party of the slow account takes.
    private static let latencyMilliseconds = 3_000

    @Test("in mid-action: the action ends, with one effect", arguments: Part.services + [.everything])
    func inMidAction(_ part: Part) async throws {
        let form: PurserSystem.Form = part == .everything ? .embedded : .rabbitMQ
        try await withSystem(form, settings: ["PURSER_CALL_LIMIT_SECONDS": "10"]) { system in
            // One is killed before its effect, the other between effect and outcome.
            let slow = try await system.makeProduct(["latency_ms": .integer(Self.latencyMilliseconds)])
            let mute = try await system.makeProduct(["fault": "hang_after_effect"])
            for function in ["create", "terminate"] {
                let parameters = function == "create" ? PurserSystem.account : [:]
                let late = try await system.submit(function, parameters, on: mute)
                try await eventually(within: .seconds(30), "the effect of \(function)") {
                    try system.ledger.effects(of: late).count == 1
                }
                let early = try await system.submit(function, parameters, on: slow)
                try await system.log(of: early, with: "Began attempt")
                #expect(try await system.action(early).state == "dispatched", "it was still under way")
                #expect(try await system.action(late).state == "dispatched", "it was still under way")
                #expect(try system.ledger.effects(of: early).isEmpty, "before its effect")

                try await system.kill(part)
                try system.start(part)
                for id in [early, late] {
                    let action = try await system.ended(id, within: .seconds(90))
                    #expect(action.state == "succeeded", "\(function): \(action)")
                    #expect(try system.ledger.effects(of: id).map(\.function) == [function])
                }
                try await system.ready()
            }
            for product in [slow, mute] {
                #expect(try await system.product(product)["status"] == "terminated")
            }
        }
    }

    @Test("of the log collector: the log of the time it was away arrives")
    func logArrives() async throws {
        try await withSystem(.rabbitMQ) { system in
            let product = try await system.makeProduct()
            _ = try await system.run("create", PurserSystem.account, on: product)
            try await system.kill(.logCollector)
            let action = try await system.run("suspend", on: product)
            #expect(action.state == "succeeded")
            let id = try #require(action["id"]?.stringValue)
            try system.start(.logCollector)
            let entries = try await system.log(
                of: id, with: "Accepted action", "Began attempt", "Ended attempt", "Committed outcome",
                within: .seconds(60))
            #expect(Set(entries.compactMap { $0["id"]?.integerValue }).count == entries.count, "none twice")
            #expect(entries.messages.count { $0 == "Committed outcome" } == 1)
        }
    }

    @Test("of the gateway: a reader of events reads on from where it was")
    func eventsReadOn() async throws {
        try await withSystem(.rabbitMQ) { system in
            let product = try await system.makeProduct(["latency_ms": 1_500])
            var stream = try await system.http.stream("/v1/events/stream")
            let id = try await system.submit("create", PurserSystem.account, on: product)
            let seen = try await stream.events { $0.tells(of: id, "dispatched") }
            try await system.kill(.gateway)
            try await eventually(within: .seconds(30), "the effect") {
                try system.ledger.effects(of: id).count == 1
            }
            try system.start(.gateway)
            try await system.ready()
            let last = try #require(seen.last?.id)
            var resumed = try await system.http.stream("/v1/events/stream", lastEventID: "\(last)")
            let missed = try await resumed.events { $0.tells(of: id, "succeeded") }
            #expect(missed.map(\.id) == Array(last + 1..<last + 1 + missed.count))
        }
    }
}

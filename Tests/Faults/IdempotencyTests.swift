import Foundation
import Models
import SystemSupport
import TestSupport
import Testing

@Suite("One Idempotency-Key")
struct IdempotencyTests {
    private static let callers = 64
    /// How often each caller posts: before, during and after the restart.
    private static let repeats = 4

    @Test(
        "Many callers get one action, also over a restart, and another body is refused",
        arguments: PurserSystem.Form.allCases)
    func oneAction(_ form: PurserSystem.Form) async throws {
        try await withSystem(form) { system in
            let product = try await system.makeProduct(["latency_ms": 300])
            let key = UUID().uuidString
            let given = Recorder<String>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<Self.callers {
                    group.addTask {
                        for _ in 0..<Self.repeats {
                            given.record(
                                try await system.submitUntilAccepted(
                                    "create", PurserSystem.account, on: product, key: key))
                        }
                    }
                }
                try await given.wait(for: Self.callers / 2)
                for part in form.brain { try await system.kill(part) }
                #expect(given.count < Self.callers * Self.repeats, "not all were answered before")
                try system.start(form.brain)
                try await group.waitForAll()
            }
            #expect(given.count == Self.callers * Self.repeats)
            let id = try #require(given.elements.first)
            #expect(Set(given.elements) == [id])

            let other: JSONValue = ["function": "create", "parameters": ["email": "joe@example.com"]]
            let refused = try await system.http.call(
                .post, "/v1/contract-products/\(product.id)/actions", other,
                headers: ["Idempotency-Key": key])
            #expect(refused.status == 422 && refused.isProblem, "\(refused)")
            #expect(try await system.ended(id).state == "succeeded")
            #expect(try system.ledger.effects().map(\.actionID) == [id])
            #expect(try Agreement(of: system, accepted: [id]).violations == [])
        }
    }
}

extension PurserSystem.Form {
    /// What takes and keeps actions.
    fileprivate var brain: [Part] { self == .embedded ? [.everything] : [.gateway, .orchestrator] }
}

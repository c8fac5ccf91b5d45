import Foundation
import Models
import SystemSupport
import Testing
import TestSupport

@Suite("Many queued actions")
struct QueueTests {
    private static let products = 60
    /// How many changes wait on each product behind its creation.
    private static let changes = 5
    private static let callers = 12
    /// Until the first action ends after the restart: 5 s, and what a busy machine adds to that.
    private static let firstProgress: Duration = .seconds(15)

    @Test("A crash of the orchestrator loses none and repeats none, and they soon go on")
    func crash() async throws {
        try await withSystem(.rabbitMQ) { system in
            let client = try await system.makeClient()
            let configuration = try await system.makeConfiguration(["latency_ms": 300])
            var products: [TestProduct] = []
            for _ in 0..<Self.products {
                products.append(try await system.makeProduct(client: client, configuration: configuration))
            }
            let accepted = Recorder<(product: String, action: String)>()
            var stream = try await system.http.stream("/v1/events/stream", within: .seconds(200))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<Self.callers {
                    let own = products.enumerated().filter { $0.offset % Self.callers == caller }.map(
                        \.element)
                    group.addTask { try await Self.submit(on: own, of: system, into: accepted) }
                }
                // In the middle of it, so that some were accepted and not yet handed over.
                try await accepted.wait(for: Self.products * 3, within: .seconds(60))
                try await system.kill(.orchestrator)
                let restart = Timestamp.now
                let begun = ContinuousClock.now
                try system.start(.orchestrator)
                _ = try await stream.events { $0.endedAfter(restart) }
                let progress = begun.duration(to: .now)
                print("After the orchestrator's restart an action ended within \(progress).")
                #expect(progress < Self.firstProgress)
                try await group.waitForAll()
            }
            try await Self.expectEach(accepted.elements, on: system)
        }
    }

    /// Opens an account on each product and puts changes behind it.
    private static func submit(
        on products: [TestProduct], of system: PurserSystem,
        into accepted: Recorder<(product: String, action: String)>
    ) async throws {
        for product in products {
            for number in 0...changes {
                // Without a domain, by which the third party would notice a second account.
                let id =
                    number == 0
                    ? try await system.submitUntilAccepted(
                        "create", ["email": "jane@example.com", "package_name": "gold"], on: product)
                    : try await system.submitUntilAccepted(
                        "changePackage", ["package_name": .string("package \(number)")], on: product)
                accepted.record((product.id, id))
            }
        }
    }

    private static func expectEach(
        _ accepted: [(product: String, action: String)], on system: PurserSystem
    ) async throws {
        #expect(accepted.count == products * (changes + 1))
        #expect(Set(accepted.map(\.action)).count == accepted.count)
        for (_, id) in accepted {
            let action = try await system.ended(id, within: .seconds(120))
            #expect(action.state == "succeeded", "\(action)")
        }
        let effects = try system.ledger.effects()
        let byAction = Dictionary(grouping: effects, by: \.actionID)
        for (_, id) in accepted { #expect(byAction[id]?.count == 1, "\(byAction[id] ?? [])") }
        #expect(byAction.count == accepted.count, "nothing but what was accepted")
        // One after the other on each product, in the order in which they came.
        let places = Dictionary(effects.enumerated().map { ($0.element.actionID, $0.offset) }) { first, _ in
            first
        }
        for line in Dictionary(grouping: accepted, by: \.product).values {
            let order = line.compactMap { places[$0.action] }
            #expect(order == order.sorted())
        }
    }
}

extension StreamedEvent {
    /// Whether it says that an action succeeded after this moment.
    fileprivate func endedAfter(_ time: Timestamp) -> Bool {
        guard type == "action.changed", data["action"]?.state == "succeeded",
            let end = data["action"]?["finished_at"]?.stringValue.flatMap({ Timestamp($0) })
        else { return false }
        return end > time
    }
}

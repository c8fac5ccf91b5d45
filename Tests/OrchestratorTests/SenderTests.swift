import Bus
import Foundation
import Models
import Orchestrator
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

/// What the orchestrator takes from whom.
@Suite("Senders of the orchestrator's messages")
struct SenderTests {
    /// An action that no adapter has answered, of hosting.
    private static func withDispatched(
        _ body: @Sendable (OrchestratorHarness, ExecuteAction) async throws -> Void
    ) async throws {
        try await OrchestratorHarness.run { _ in
            nil
        } body: { harness in
            let product = try await harness.product()
            _ = try await harness.submit("create", on: product, ActionServiceTests.create)
            try await eventually("the hand-over") { harness.executions.withLock { !$0.isEmpty } }
            try await body(harness, try #require(harness.executions.withLock { $0.first }))
        }
    }

    private static func outcome(of attempt: ExecuteAction) -> ActionOutcome {
        ActionOutcome(attempt, .succeeded, result: ["username": "mallory"])
    }

    /// Everyone but hosting's adapters.
    private static func others(_ harness: OrchestratorHarness) -> [(name: String, sealer: Sealer?)] {
        [
            ("nobody", nil), ("the gateway", harness.parts.secrets.gateway),
            ("another category", harness.parts.secrets.category("domains")),
            ("a stranger", Sealer(MasterKey().derived(for: .category("hosting")))),
        ]
    }

    @Test("An outcome from anyone but its category's adapter is a dead letter, and changes nothing")
    func outcomes() async throws {
        try await Self.withDispatched { harness, attempt in
            let outcome = Self.outcome(of: attempt)
            for (count, other) in Self.others(harness).enumerated() {
                try await harness.bus.publish(
                    outcome, to: Queue.outcomes.route, source: "/hosting", signer: other.sealer)
                try await eventually("the dead letter") {
                    try await harness.parts.deadLetters.list().items.count == count + 1
                }
                let letter = try #require(try await harness.parts.deadLetters.list().items.first)
                #expect(letter.reason.contains("sign") || letter.reason.contains("domains"), "\(other.name)")
                #expect(try await harness.show(attempt.actionID).state == .dispatched, "\(other.name)")
                // And it stays one, whoever presses the button; what another service signed is refused anew.
                if !["another category", "the gateway"].contains(other.name) {
                    await #expect(throws: RequestFailure.self, "\(other.name)") {
                        try await harness.parts.deadLetters.requeue(RequeueDeadLetter(id: letter.id))
                    }
                }
            }
            try await harness.bus.publish(
                outcome, to: Queue.outcomes.route, source: "/hosting",
                signer: harness.parts.secrets.category("hosting"))
            _ = try await harness.wait(for: attempt.actionID, .succeeded)
        }
    }

    @Test("An outcome that is told again changes nothing")
    func repeated() async throws {
        try await Self.withDispatched { harness, attempt in
            let sealer = harness.parts.secrets.category("hosting")
            let told = sealer.signed(
                BusMessage(Envelope(source: "/hosting", data: Self.outcome(of: attempt))),
                for: Queue.outcomes.route)
            try await harness.bus.publish(told, to: Queue.outcomes.route)
            _ = try await harness.wait(for: attempt.actionID, .succeeded)
            let before = try await harness.parts.store.read { try $0.eventRange().last }
            for _ in 0..<3 { try await harness.bus.publish(told, to: Queue.outcomes.route) }
            // Behind them in the queue, so all of them were looked at once this one is a dead letter.
            let stray = ActionOutcome(
                actionID: .make(), attempt: 1, outcome: .succeeded, observed: false, begunAt: .now,
                endedAt: .now)
            try await harness.bus.publish(
                stray, to: Queue.outcomes.route, source: "/hosting", signer: sealer)
            let letter = try #require(await harness.firstDeadLetter())
            #expect(letter.reason.contains(stray.actionID.rawValue))
            #expect(try await harness.parts.store.read { try $0.eventRange().last } == before)
        }
    }

    @Test("Leave to begin is given to the action's category alone")
    func begin() async throws {
        try await Self.withDispatched { harness, attempt in
            let request = BeginAttempt(actionID: attempt.actionID, attempt: 1, instance: "mallory-1")
            for (name, sealer) in Self.others(harness) {
                guard let sealer else { continue }
                let failure = await #expect(throws: RequestFailure.self, "\(name)") {
                    try await harness.bus.send(
                        request, to: .orchestratorRequests, source: "/hosting", signer: sealer)
                }
                #expect(failure?.kind == .forbidden, "\(name)")
            }
            let permit = try await harness.bus.send(
                request, to: .orchestratorRequests, source: "/hosting",
                signer: harness.parts.secrets.category("hosting"))
            #expect(permit.permission == .begin)
        }
    }

    @Test("An adapter can ask nothing that the gateway asks, and keep no other category's notices")
    func requests() async throws {
        try await Self.withDispatched { harness, _ in
            let hosting = harness.parts.secrets.category("hosting")
            let before = try await harness.parts.clients.list(ListClients(page: Page(limit: 50))).items
            let made = await #expect(throws: RequestFailure.self) {
                try await harness.bus.send(
                    CreateClient(name: "Mallory", email: "mallory@example.com"), to: .orchestratorRequests,
                    source: "/gateway", signer: hosting)
            }
            #expect(made?.kind == .forbidden)
            let after = try await harness.parts.clients.list(ListClients(page: Page(limit: 50))).items
            #expect(after.map(\.id) == before.map(\.id))
            let notices = await #expect(throws: RequestFailure.self) {
                try await harness.bus.send(
                    StoreNotices(
                        configurationID: harness.configuration.id, category: "domains", notices: []),
                    to: .orchestratorRequests, source: "/domains", signer: hosting)
            }
            #expect(notices?.kind == .forbidden)
        }
    }

    @Test("An adapter is announced by its own category alone")
    func announcements() async throws {
        try await Self.withDispatched { harness, _ in
            let announcement = { (instance: String) in
                AdapterAnnounced(
                    instance: instance, category: "hosting",
                    providers: [OrchestratorHarness.descriptor(of: Hosting.blueprint)], leaving: false)
            }
            for (name, sealer) in Self.others(harness) {
                try await harness.bus.publish(
                    announcement(name), to: .event("adapter.announced"), source: "/hosting", signer: sealer)
            }
            try await harness.bus.publish(
                announcement("genuine"), to: .event("adapter.announced"), source: "/hosting",
                signer: harness.parts.secrets.category("hosting"))
            let known = {
                harness.parts.catalogue.adapters(now: harness.clock.now).map(\.instance)
            }
            try await eventually("the announcement") { known().contains("genuine") }
            #expect(Set(known()) == ["scripted-1", "genuine"])
        }
    }
}

import AdapterTestSupport
import Bus
import Foundation
import Models
import ServiceRuntime
import TestSupport
import Testing

/// What an adapter takes from whom.
@Suite("Senders of an adapter's messages")
struct SenderTests {
    private static let actions = Queue.actions(category: "testing")

    /// Signed by who has no part in it; nil for not at all.
    private static let others: [(name: String, sign: @Sendable (BusMessage, Sealer) -> BusMessage)] = [
        ("not signed", { message, _ in message }),
        (
            "a stranger's",
            { message, _ in Sealer(MasterKey().derived(for: .gateway)).signed(message, for: actions.route) }
        ),
        (
            "of another category's queue",
            { message, sealer in
                sealer.signed(message, for: Queue.actions(category: "hosting").route)
            }
        ),
        (
            "an outcome's place",
            { message, sealer in sealer.signed(message, for: Queue.outcomes.route) }
        ),
    ]

    @Test("An action that the orchestrator did not sign is a dead letter, and is not carried out")
    func forged() async throws {
        try await AdapterHarness.with { _ in
            Scripted.done
        } _: { harness, _ in
            for (count, other) in Self.others.enumerated() {
                let message = BusMessage(Envelope(source: "/orchestrator", data: harness.action("open")))
                try await harness.bus.publish(other.sign(message, harness.sealer), to: Self.actions.route)
                let letters = try await harness.deadLetters.wait(for: count + 1)
                #expect(
                    letters.last?.headers[DeadLetterHeader.reason]?.contains("sign") == true, "\(other.name)")
                #expect(
                    harness.log.lines.last { $0.metadata["security"] == "message.refused" } != nil,
                    "\(other.name)")
            }
            #expect(harness.transport.paths.isEmpty)
            try await harness.send(harness.action("open"))
            try await harness.outcomes.wait(for: 1)
            #expect(harness.transport.paths == ["/open"])
        }
    }

    @Test("An action that is sent again is not carried out again")
    func replayed() async throws {
        try await AdapterHarness.with { _ in
            Scripted.done
        } _: { harness, _ in
            let message = harness.sealer.signed(
                BusMessage(Envelope(source: "/orchestrator", data: harness.action("open"))),
                for: Self.actions.route)
            try await harness.bus.publish(message, to: Self.actions.route)
            try await harness.outcomes.wait(for: 1)
            for _ in 0..<3 { try await harness.bus.publish(message, to: Self.actions.route) }
            // Long after, its lease has run out.
            harness.clock.advance(by: .seconds(3_600))
            try await harness.bus.publish(message, to: Self.actions.route)
            try await harness.send(harness.action("read"))
            try await harness.outcomes.wait(for: 2)
            #expect(harness.transport.paths == ["/open", "/read"])
        }
    }

    @Test("A request that the orchestrator did not sign is refused")
    func requests() async throws {
        try await AdapterHarness.with { _ in
            Scripted.done
        } _: { harness, _ in
            let request = TestProvider(
                provider: "scripted",
                configuration: AttemptConfiguration(
                    id: ConfigurationID(rawValue: "cfg_1"), version: 1, settings: ["key": "K-good-1"]))
            let failure = await #expect(throws: RequestFailure.self) {
                try await harness.bus.send(
                    request, to: .adapterRequests(category: "testing"), source: "/orchestrator",
                    signer: Sealer(MasterKey().derived(for: .category("testing"))))
            }
            #expect(failure?.kind == .forbidden)
            #expect(harness.transport.paths.isEmpty)
        }
    }
}

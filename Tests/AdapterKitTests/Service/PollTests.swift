import AdapterKit
import AdapterTestSupport
import Bus
import Foundation
import Models
import ServiceRuntime
import TestSupport
import Testing

@Suite("Asking a provider for notices")
struct PollTests {
    private static let answer = """
        {"count_remaining": 3, "notifications": [
            {"id": "n-1", "type": "renewed", "message": "It is.", "domains": ["a.example", "b.example"],
             "created_at": "2026-02-03 10:11:12", "extra": {"code": 1000}},
            {"id": "n-2", "type": "deleted", "message": "It is gone.", "domains": ["c.example"],
             "created_at": "2026-02-03 11:11:12", "extra": null}]}
        """

    private static func request(_ function: String = "poll", provider: String = "scripted") -> PollProvider {
        PollProvider(
            provider: provider, function: function,
            configuration: AttemptConfiguration(
                id: ConfigurationID(rawValue: "cfg_1"), version: 1, settings: ["key": "K-good-1"]),
            parameters: ["limit": 100, "after_date": "2026-02-02 10:11:12"], timeoutSeconds: 120)
    }

    /// An orchestrator that keeps notices, or does not.
    private static func keep(
        on bus: some MessageBus, _ kept: Recorder<StoreNotices>, fails: Bool = false
    ) async throws {
        var router = RequestRouter(source: "/orchestrator", gate: nil) { _, _ in }
        router.on(StoreNotices.self) { request, _ in
            if fails { throw RequestFailure(.unavailable, "The disk is full.") }
            kept.record(request)
            return NoReply()
        }
        let requests = router
        try await bus.serve(.orchestratorRequests, concurrency: 4) { await requests.answer($0) }
    }

    private static func ask(
        _ answer: @escaping StubTransport.Answer, keepingFails: Bool = false,
        _ body: (AdapterHarness, Recorder<StoreNotices>) async throws -> Void
    ) async throws {
        try await AdapterHarness.with(answer) { harness, _ in
            let kept = Recorder<StoreNotices>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await keep(on: harness.bus, kept, fails: keepingFails) }
                try await body(harness, kept)
                group.cancelAll()
            }
        }
    }

    private static func send(
        _ request: PollProvider, over harness: AdapterHarness
    ) async throws -> ProviderPoll {
        try await harness.bus.send(
            request, to: .adapterRequests(category: "testing"), source: "/orchestrator",
            signer: harness.sealer)
    }

    @Test("What comes is stored before it is answered")
    func stores() async throws {
        try await Self.ask { _ in
            .success(.json(Self.answer))
        } _: { harness, kept in
            let answer = try await Self.send(Self.request(), over: harness)
            #expect(answer.count == 2)
            #expect(answer.countRemaining == 3)
            #expect(answer.latestAt == Timestamp("2026-02-03T11:11:12Z"))
            #expect(answer.error == nil)
            #expect(harness.transport.paths == ["/poll/100/2026-02-02 10:11:12"])
            let stored = try #require(kept.elements.first)
            #expect(stored.configurationID.rawValue == "cfg_1")
            #expect(stored.category == "testing")
            #expect(stored.notices.map(\.id) == ["n-1", "n-2"])
            #expect(stored.notices.first?.subjects == ["a.example", "b.example"])
            #expect(stored.notices.map(\.extra) == [["code": 1000], nil])
        }
    }

    @Test("Where nothing came nothing is stored")
    func nothing() async throws {
        try await Self.ask { _ in
            .success(.json(#"{"count_remaining": 0, "notifications": []}"#))
        } _: { harness, kept in
            let answer = try await Self.send(Self.request(), over: harness)
            #expect(answer.count == 0)
            #expect(kept.count == 0)
        }
    }

    @Test("A provider's failure is answered, without secrets")
    func failure() async throws {
        try await Self.ask { _ in
            .failure(ProviderError(.rateLimited, details: ["text": "key K-good-1 is slowed down"]))
        } _: { harness, _ in
            let answer = try await Self.send(Self.request(), over: harness)
            #expect(answer.error?.kind == .rateLimited)
            #expect(answer.error?.details?["text"] == "key •••• is slowed down")
        }
    }

    @Test("Notices that cannot be stored are a failure")
    func notStored() async throws {
        try await Self.ask(
            { _ in .success(.json(Self.answer)) }, keepingFails: true
        ) { harness, _ in
            let answer = try await Self.send(Self.request(), over: harness)
            #expect(answer.error?.kind == .providerUnavailable)
            #expect(answer.count == 0)
        }
    }

    @Test("Who is not known, or cannot do it, is a failure of the request")
    func unknown() async throws {
        try await Self.ask { _ in
            .success(.json(Self.answer))
        } _: { harness, _ in
            for request in [Self.request(provider: "nobody"), Self.request("missing")] {
                let failure = await #expect(throws: RequestFailure.self) {
                    try await Self.send(request, over: harness)
                }
                #expect(failure?.kind == .notFound)
            }
        }
    }

    @Test("Many notices go in several requests, and one that is too large is cut")
    func batches() async throws {
        let text = String(repeating: "x", count: 5_000)
        let large = JSONValue.object([
            "id": "big", "type": "renewed", "message": .string(String(repeating: "y", count: 400_000)),
            "domains": ["a.example"], "created_at": "2026-02-03 10:11:12",
        ])
        let many = (0..<99).map { number in
            JSONValue.object([
                "id": .string("n-\(number)"), "type": "renewed", "message": .string(text),
                "domains": ["a.example"], "created_at": "2026-02-03 10:11:12",
            ])
        }
        let body = JSONValue.object(["count_remaining": 0, "notifications": .array(many + [large])])
        let json = String(decoding: try JSONEncoder().encode(body), as: UTF8.self)
        try await Self.ask { _ in
            .success(.json(json))
        } _: { harness, kept in
            let answer = try await Self.send(Self.request(), over: harness)
            #expect(answer.error == nil)
            #expect(answer.count == 100)
            #expect(kept.count > 1)
            let notices = kept.elements.flatMap(\.notices)
            #expect(notices.map(\.id) == (0..<99).map { "n-\($0)" } + ["big"])
            #expect(notices.last?.message.count == 4_096)
        }
    }
}

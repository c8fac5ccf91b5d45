import Bus
import Foundation
import Models
import Orchestrator
import Synchronization
import TestSupport
import Testing

/// Asking providers for notices, as often as the blueprint says.
struct PollTests {
    private static let nothing: OrchestratorHarness.Adapter = { _ in nil }

    /// Notes who is asked, and what with.
    private final class Asked: Sendable {
        private let requests = Mutex<[PollProvider]>([])
        var all: [PollProvider] { requests.withLock { $0 } }
        var count: Int { all.count }
        func note(_ request: PollProvider) { requests.withLock { $0.append(request) } }
    }

    private static func run(
        folder: URL? = nil, clock: TestClock = TestClock(),
        answer: @escaping @Sendable (Int) -> ProviderPoll = { _ in ProviderPoll(count: 0, countRemaining: 0)
        },
        body: @Sendable (OrchestratorHarness, Asked) async throws -> Void
    ) async throws {
        let asked = Asked()
        try await OrchestratorHarness.run(
            folder: folder, clock: clock, of: Domains.blueprint,
            polling: { request in
                asked.note(request)
                return answer(asked.count)
            }, adapter: nothing
        ) { harness in
            try await body(harness, asked)
        }
    }

    @Test func `Every configuration is asked, again after its time, from a day before the last success`()
        async throws
    {
        try await Self.run { harness, asked in
            let start = harness.clock.now
            let first = try await harness.poll()
            #expect(first.polledAt == start)
            #expect(first.pollError == nil)
            #expect(asked.all.map(\.parameters) == [["limit": 100]])
            await harness.parts.polls.pollDue()
            #expect(asked.count == 1)
            harness.clock.advance(by: .seconds(991))
            harness.keepOnline()
            #expect(try await harness.poll(after: start).polledAt == harness.clock.now)
            let day = start.advanced(by: .seconds(-86_400)).description
            let text = day.prefix(19).replacing("T", with: " ")
            #expect(asked.all.last?.parameters == ["limit": 100, "after_date": .string(String(text))])
            #expect(asked.all.last?.function == "poll")
            #expect(asked.all.last?.timeoutSeconds == 120)
        }
    }

    @Test func `Where more is waiting it is asked on at once, twenty times at most`() async throws {
        let latest = Timestamp(milliseconds: 1_799_000_000_000)
        try await Self.run { count in
            ProviderPoll(count: 100, countRemaining: 5, latestAt: latest)
        } body: { harness, asked in
            _ = try await harness.poll()
            #expect(asked.count == 20)
            // It goes on where it was, and soon.
            #expect(asked.all[1].parameters["after_date"] == "2027-01-03 18:13:19")
            harness.clock.advance(by: .seconds(70))
            harness.keepOnline()
            _ = try await harness.poll(after: harness.clock.now.advanced(by: .seconds(-1)))
            #expect(asked.count == 40)
        }
        try await Self.run { count in
            ProviderPoll(count: 1, countRemaining: 3 - count)
        } body: { harness, asked in
            _ = try await harness.poll()
            #expect(asked.count == 3)
        }
    }

    @Test func `A failure is told with the configuration, and waits longer each time`() async throws {
        let error = ActionError(kind: .providerUnavailable, message: "It is away.")
        try await Self.run { count in
            count < 3
                ? ProviderPoll(count: 0, countRemaining: 0, error: error)
                : ProviderPoll(count: 0, countRemaining: 0)
        } body: { harness, asked in
            let start = harness.clock.now
            #expect(try await harness.poll().pollError == "providerUnavailable: It is away.")
            // 30 min, and then an hour, each a tenth more or less.
            for (wait, early) in [(1990, 1600), (3970, 3200)] {
                let last = harness.clock.now
                let count = asked.count
                harness.clock.advance(by: .seconds(early))
                harness.keepOnline()
                await harness.parts.polls.pollDue()
                #expect(asked.count == count)
                harness.clock.advance(by: .seconds(wait - early))
                harness.keepOnline()
                _ = try await harness.poll(after: last)
                #expect(asked.count == count + 1)
            }
            #expect(try await harness.shownConfiguration().pollError == nil)
            // Nothing was read yet, so nothing is left out.
            #expect(asked.all.allSatisfy { $0.parameters["after_date"] == nil })
            #expect(start < harness.clock.now)
        }
    }

    @Test func `A configuration is asked once at a time`() async throws {
        let gate = Gate()
        let under = Mutex((now: 0, most: 0))
        try await OrchestratorHarness.run(
            of: Domains.blueprint,
            polling: { _ in
                under.withLock {
                    $0.now += 1
                    $0.most = max($0.most, $0.now)
                }
                await gate.wait()
                under.withLock { $0.now -= 1 }
                return ProviderPoll(count: 0, countRemaining: 0)
            }, adapter: Self.nothing
        ) { harness in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { await harness.parts.polls.pollDue() } }
                try await eventually("it is asked") { under.withLock { $0.now } > 0 }
                for _ in 0..<8 { group.addTask { await harness.parts.polls.pollDue() } }
                gate.open()
                try await group.waitForAll()
            }
            _ = try await harness.poll()
            #expect(under.withLock { $0.most } == 1)
        }
    }

    @Test func `No one is asked whose adapter is away`() async throws {
        try await Self.run { harness, asked in
            _ = try await harness.poll()
            harness.clock.advance(by: .seconds(1000))
            await harness.parts.polls.pollDue()
            #expect(asked.count == 1)
        }
    }

    @Test func `What came of it outlives a restart`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "purser-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let id = Mutex<ConfigurationID?>(nil)
        try await Self.run(folder: folder) { harness, _ in
            id.withLock { $0 = harness.configuration.id }
            _ = try await harness.poll()
        }
        let before = try #require(id.withLock { $0 })
        try await Self.run(folder: folder) { harness, asked in
            _ = try await harness.poll()
            #expect(!asked.all.contains { $0.configuration.id == before })
            let shown = try await harness.parts.configurations.show(ShowConfiguration(id: before))
            #expect(shown.polledAt == harness.clock.now)
        }
    }
}

extension OrchestratorHarness {
    /// Asks whoever is due, and returns the configuration once it has been asked later than that.
    @discardableResult
    func poll(after time: Timestamp? = nil) async throws -> Configuration {
        try await eventually("the configuration is asked") {
            await parts.polls.pollDue()
            guard let polledAt = try await shownConfiguration().polledAt else { return false }
            return time.map { polledAt > $0 } ?? true
        }
        return try await shownConfiguration()
    }

    func shownConfiguration() async throws -> Configuration {
        try await parts.configurations.show(ShowConfiguration(id: configuration.id))
    }

    /// Lets the adapter be heard of at the clock's time.
    func keepOnline() {
        let announcement = AdapterAnnounced(
            instance: "scripted-1", category: category, providers: [], leaving: false)
        _ = parts.catalogue.note(announcement, now: clock.now)
    }
}

import AdapterKit
import AdapterTestSupport
import Models
import Synchronization
import TestSupport
import Testing

@Suite("Lending sessions")
struct SessionPoolTests {
    private final class Session: KeptSession {
        private let state = Mutex((isUsable: true, isAlive: true))
        let events: Recorder<String>

        init(_ events: Recorder<String>) { self.events = events }

        var isUsable: Bool { state.withLock { $0.isUsable } }
        func breakOff() { state.withLock { $0.isUsable = false } }
        func fallSilent() { state.withLock { $0.isAlive = false } }

        func keepAlive() async -> Bool {
            events.record("hello")
            return state.withLock { $0.isAlive }
        }

        func end() async { events.record("end") }
        func abandon() { events.record("closed") }
    }

    private struct Bench {
        let clock = ManualAdapterClock()
        let events = Recorder<String>()
        let pool: SessionPool

        init() { pool = SessionPool(clock: clock, deadlines: Deadlines(clock: clock)) }

        func lend<Value: Sendable>(
            account: String = "a", limit: Int = 2,
            _ body: (Session) async throws(ProviderError) -> Value
        ) async throws(ProviderError) -> Value {
            try await pool.lend(
                of: "o", account: SessionAccount(account), limit: limit,
                open: { () async throws(ProviderError) -> Session in
                    events.record("open")
                    return Session(events)
                }, body)
        }
    }

    @Test("A session is opened once and lent again")
    func reuse() async throws {
        let bench = Bench()
        for _ in 0..<3 { try await bench.lend { (_) async throws(ProviderError) in } }
        #expect(bench.events.elements == ["open"])
    }

    @Test("One that is of no use any more is closed, and another opened")
    func broken() async throws {
        let bench = Bench()
        try await bench.lend { (session) async throws(ProviderError) in session.breakOff() }
        try await bench.lend { (_) async throws(ProviderError) in }
        #expect(bench.events.elements == ["open", "closed", "open"])
    }

    @Test("Who waits gets the session that comes free")
    func waiting() async throws {
        let bench = Bench()
        let gate = Gate()
        let order = Recorder<Int>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await bench.lend(limit: 1) { (_: Session) async throws(ProviderError) -> Void in
                    order.record(1)
                    await gate.wait()
                    order.record(2)
                }
            }
            try await eventually("the loan") { order.count == 1 }
            group.addTask {
                try await bench.lend(limit: 1) { (_: Session) async throws(ProviderError) -> Void in
                    order.record(3)
                }
            }
            gate.open()
            try await group.waitForAll()
        }
        #expect(order.elements == [1, 2, 3])
        #expect(bench.events.elements == ["open"])
    }

    @Test("Who is cancelled while waiting is told that the time was up")
    func cancelled() async throws {
        let bench = Bench()
        let gate = Gate()
        let (started, kinds) = (Recorder<Int>(), Recorder<ErrorKind>())
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = try? await bench.lend(limit: 1) { (_) async throws(ProviderError) in
                    started.record(1)
                    await gate.wait()
                }
            }
            try? await eventually("the loan") { started.count == 1 }
            let waiting = Task {
                do throws(ProviderError) {
                    try await bench.lend(limit: 1) { (_) async throws(ProviderError) in }
                } catch {
                    kinds.record(error.kind)
                }
            }
            waiting.cancel()
            await waiting.value
            gate.open()
        }
        #expect(kinds.elements == [.timedOut])
    }

    @Test("Sessions hear of us while they are idle, and are ended in time")
    func keeping() async throws {
        let bench = Bench()
        try await bench.lend { (_) async throws(ProviderError) in }
        bench.clock.advance(by: .seconds(120))
        await bench.pool.tend()
        #expect(bench.events.elements == ["open", "hello"])
        bench.clock.advance(by: .seconds(480))
        await bench.pool.tend()
        #expect(bench.events.elements == ["open", "hello", "end", "closed"])
        try await bench.lend { (session) async throws(ProviderError) in session.fallSilent() }
        bench.clock.advance(by: .seconds(120))
        await bench.pool.tend()
        #expect(bench.events.elements.suffix(3) == ["open", "hello", "closed"])
    }

    @Test("At the end leave is taken, and nothing is lent any more")
    func shutDown() async throws {
        let bench = Bench()
        try await bench.lend { (_) async throws(ProviderError) in }
        await bench.pool.shutDown()
        #expect(bench.events.elements == ["open", "end", "closed"])
        await #expect(throws: ProviderError.self) {
            try await bench.lend { (_) async throws(ProviderError) in }
        }
    }
}

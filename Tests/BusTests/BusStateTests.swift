import AMQP
import Foundation
import TestSupport
import Testing

@testable import Bus

@Suite("What a bus keeps in mind")
struct BusStateTests {
    @Test(
        "Topics match patterns as a topic exchange matches them",
        arguments: [
            ("a.b", "a.b", true), ("a.b", "a", false), ("a", "a.b", false), ("*", "a", true),
            ("*", "a.b", false),
            ("*.b", "a.b", true), ("a.*.c", "a.c", false), ("#", "", true), ("#", "a.b.c", true),
            ("a.#", "a", true),
            ("a.#", "a.b.c", true), ("a.#", "b", false), ("#.c", "a.b.c", true), ("#.c", "c", true),
            ("a.#.c", "a.c", true), ("a.#.c", "a.b.b.c", true), ("a.#.c", "a.b", false), ("#.#", "a", true),
            ("*.#", "a", true), ("*.#.*", "a", false), ("*.#.*", "a.b", true), ("", "", true),
        ])
    func patterns(pattern: String, topic: String, matches: Bool) {
        #expect(TopicPattern(pattern).matches(TopicPattern.words(of: topic)) == matches)
    }

    @Test("A buffer keeps its order while it grows and turns")
    func fifo() {
        var buffer = FIFO<Int>()
        var expected: [Int] = []
        var generator = SplitMix(state: 1)
        for number in 0..<2_000 {
            if generator.next() % 3 == 0 {
                #expect(buffer.popFirst() == (expected.isEmpty ? nil : expected.removeFirst()))
            } else {
                buffer.append(number)
                expected.append(number)
            }
            #expect(buffer.count == expected.count && buffer.first == expected.first)
        }
        #expect((0..<buffer.count).map { buffer[$0] } == expected)
        #expect(buffer[-1] == nil && buffer[buffer.count] == nil)
        let odd = buffer.removeAll { $0 % 2 == 1 }
        #expect(odd == expected.filter { $0 % 2 == 1 })
        #expect((0..<buffer.count).map { buffer[$0] } == expected.filter { $0 % 2 == 0 })
    }

    @Test("A queue hands out in order, what was put back first, to the worker that waited longest")
    func handsOut() {
        var queue = DeliveryQueueStateMachine<Int, String>(limit: nil)
        let first = queue.addConsumer()
        let second = queue.addConsumer()
        #expect(queue.take(for: first).isEmpty)
        queue.wait("a", for: first)
        queue.wait("b", for: second)
        guard case .handed("a", 1) = queue.offer(1) else { Issue.record("a was first."); return }
        #expect(queue.putBack(9) == "b")
        for number in 2...4 { _ = queue.offer(number) }
        #expect(queue.putBack(7) == nil)
        #expect((0..<4).map { _ in queue.take(for: second).element } == [7, 2, 3, 4])
    }

    @Test("A full queue refuses, and makes room where its first elements are of no use any more")
    func limit() {
        var queue = DeliveryQueueStateMachine<Int, String>(limit: 2, isStale: { $0 < 10 })
        let consumer = queue.addConsumer()
        for number in [20, 1] { _ = queue.offer(number) }
        guard case .full = queue.offer(30) else { Issue.record("20 is in the way."); return }
        #expect(queue.take(for: consumer).element == 20)
        for number in [2, 40] {
            guard case .stored = queue.offer(number) else { Issue.record("1 and 2 go."); return }
        }
        #expect(queue.take(for: consumer).element == 40)
        #expect(queue.count == 0)
    }

    @Test("A consumer that ends releases its workers only")
    func ends() {
        var queue = DeliveryQueueStateMachine<Int, String>(limit: nil)
        let first = queue.addConsumer()
        let second = queue.addConsumer()
        for (waiter, consumer) in [("a", first), ("b", second), ("c", first)] {
            queue.wait(waiter, for: consumer)
        }
        #expect(queue.removeConsumer(first) == ["a", "c"])
        #expect(queue.take(for: first).isEnded)
        guard case .handed("b", 1) = queue.offer(1) else { Issue.record("b still waits."); return }
        _ = queue.offer(2)
        #expect(queue.close() == [])
        #expect(queue.take(for: second).isEnded)
        #expect(queue.take(for: queue.addConsumer()).isEnded)
        #expect(queue.removeAll() == [2])
    }

    @Test("The back-off doubles from 0.1 s to 2 s, of which half is random")
    func backoff() {
        var backoff = Backoff()
        var generator = SplitMix(state: 7)
        for milliseconds in [100, 200, 400, 800, 1_600, 2_000, 2_000] {
            let whole = Duration.milliseconds(milliseconds)
            let delay = backoff.delay(using: &generator)
            #expect(delay >= whole / 2 && delay <= whole)
        }
        backoff.reset()
        #expect(backoff.delay(using: &generator) <= .milliseconds(100))
    }

    @Test("A retry waits at most 30 s")
    func retryDelay() {
        #expect(Settlement.delay(.seconds(31)) == .seconds(30))
        #expect(Settlement.delay(.seconds(3)) == .seconds(3))
        #expect(Settlement.delay(.seconds(-3)) == .zero)
    }

    @Test("A signal wakes all who wait, at once where it was set before, and in time")
    func signal() async throws {
        let signal = Signal()
        let cancelled = Task { await signal.wait() }
        cancelled.cancel()
        try await within { await cancelled.value }
        let start = ContinuousClock.now
        await signal.wait(atMost: .milliseconds(50))
        #expect(ContinuousClock.now - start >= .milliseconds(50))
        let waiters = (0..<10).map { _ in Task { await signal.wait(atMost: .seconds(60)) } }
        signal.set()
        for waiter in waiters { try await within { await waiter.value } }
        try await within { await signal.wait() }
        try await within { await signal.waitUncancelled() }
    }

    @Test("Headers of the broker's own are left out, and its dead letters explained")
    func deadLetterHeaders() {
        var message = AMQPMessage()
        message.headers = [
            "x-fact": .string("kept"), "x-delivery-count": .integer(21),
            "x-first-death-reason": .string("rejected"),
            "x-death": .array([
                .table([
                    "reason": .string("rejected"), "queue": .string("q"), "exchange": .string("e"),
                    "routing-keys": .array([.string("k")]), "count": .integer(1),
                ])
            ]),
        ]
        #expect(
            BusMessage(message).headers == [
                "x-fact": "kept", "x-purser-reason": "dead-lettered: rejected", "x-purser-queue": "q",
                "x-purser-exchange": "e", "x-purser-routing-key": "k",
            ])
        message.headers["x-purser-reason"] = .string("ours")
        #expect(BusMessage(message).headers == ["x-fact": "kept", "x-purser-reason": "ours"])
    }

    @Test("Every broker's error means something to the caller, and what may be retried is marked so")
    func errors() {
        let retriable = AMQPError.Kind.allCases.filter { BusError(AMQPError($0, "")).isRetriable }
        #expect(
            Set(retriable) == [
                .unreachable, .tls, .loginRefused, .connectionLost, .channelClosed, .timedOut, .blocked,
                .rejected,
            ])
    }

    @Test("The factory makes the form that the URL names, and refuses others without repeating them")
    func factory() throws {
        let make = { (url: String) throws(BusError) in
            try BusFactory.make(
                url: url, topology: .purser(categories: []), connectionName: "test", logger: .silent)
        }
        #expect(try make("embedded") is EmbeddedBus)
        #expect(try make("amqp://guest:guest@mq") is AMQPBus)
        #expect(try make("amqps://guest:guest@mq") is AMQPBus)
        for url in ["", "rabbit", "http://user:secret@mq", "amqp://user:secret@"] {
            let error = #expect(throws: BusError.self) { try make(url) }
            #expect(error?.kind == .refused && error?.message.contains("secret") == false)
        }
    }

    @Test("A full embedded work queue refuses more, and its dead letters have no limit")
    func fullWorkQueue() async throws {
        let names = TestNames()
        let bus = EmbeddedBus(topology: names.topology)
        for _ in 0..<EmbeddedBus.workLimit { try await bus.publish(.test("m"), to: names.work.route) }
        #expect(
            await kind { () async throws(BusError) in try await bus.publish(.test("m"), to: names.work.route)
            }
                == .blocked)
        for _ in 0...EmbeddedBus.workLimit { try await bus.publish(.test("m"), to: names.dead.route) }
    }

    @Test("An embedded stream keeps its newest entries within both limits, and later streams begin higher")
    func embeddedStream() async {
        let stream = EmbeddedStream(firstOffset: 1_000)
        for _ in 0..<EmbeddedStream.entryLimit + 10 { stream.append(.test("m", bytes: 1)) }
        let first = await stream.entries(from: 0, limit: 1)
        #expect(first.map(\.offset) == [1_010])
        for _ in 0..<65 { stream.append(.test("long", bytes: 1 << 20)) }
        let kept = await stream.entries(from: 0, limit: 1_000)
        #expect(kept.count == 64 && kept.allSatisfy { $0.message.id == "long" })
        let names = TestNames()
        let bus = EmbeddedBus(topology: names.topology)
        let before = UInt64(Date().timeIntervalSince1970 * 1_000_000)
        guard case .stream(let made)? = try? bus.target(of: names.stream) else {
            Issue.record("No stream."); return
        }
        made.append(.test("m"))
        let offset = await made.entries(from: 0, limit: 1)[0].offset
        #expect(offset > before - 60_000_000 && offset <= before)
    }
}

extension DeliveryQueueStateMachine.Take {
    fileprivate var element: Element? {
        if case .element(let element) = self { element } else { nil }
    }

    fileprivate var isEmpty: Bool {
        if case .empty = self { true } else { false }
    }

    fileprivate var isEnded: Bool {
        if case .ended = self { true } else { false }
    }
}

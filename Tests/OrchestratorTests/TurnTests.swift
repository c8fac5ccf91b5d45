import Orchestrator
import Testing

/// The order between clients, played through with a queue of nothing but turns.
struct TurnTests {
    /// What waits, as the store keeps it.
    private struct Waiting {
        private var all: [(turn: Int64, number: Int, client: String)] = []
        private var last = 0

        mutating func add(_ client: String) {
            last += 1
            let turn = Turn.next(
                lowest: all.map(\.turn).min(), own: all.filter { $0.client == client }.map(\.turn).max())
            all.append((turn, last, client))
        }

        mutating func next() -> String? {
            guard
                let index = all.indices.min(by: {
                    (all[$0].turn, all[$0].number) < (all[$1].turn, all[$1].number)
                })
            else { return nil }
            return all.remove(at: index).client
        }

        mutating func next(_ count: Int) -> String { (0..<count).compactMap { _ in next() }.joined() }
    }

    @Test func `A turn is one after the client's own last one, and none before the next`() {
        for (lowest, own, expected) in [
            (Int64?.none, Int64?.none, Int64(0)), (5, nil, 5), (5, 5, 6), (5, 9, 10), (0, 0, 1),
        ] {
            #expect(Turn.next(lowest: lowest, own: own) == expected)
        }
    }

    @Test func `Clients take turns, however many actions each has queued`() {
        var waiting = Waiting()
        for _ in 0..<6 { waiting.add("a") }
        for _ in 0..<2 { waiting.add("b") }
        waiting.add("c")
        #expect(waiting.next(9) == "abcabaaaa")
    }

    @Test func `Who comes late waits for one action of each client before it`() {
        var waiting = Waiting()
        for _ in 0..<5000 { waiting.add("a") }
        #expect(waiting.next(1000) == String(repeating: "a", count: 1000))
        waiting.add("b")
        #expect(waiting.next(2) == "ab")
        for _ in 0..<3 { waiting.add("b") }
        waiting.add("c")
        #expect(waiting.next(6) == "abcaba")
    }

    @Test func `Who comes back after every turn gets no more than the others`() {
        var waiting = Waiting()
        for _ in 0..<100 {
            waiting.add("a")
            waiting.add("b")
        }
        var taken: [String: Int] = [:]
        for _ in 0..<90 {
            waiting.add("c")
            for _ in 0..<3 { taken[waiting.next() ?? "", default: 0] += 1 }
            // It never has more than one waiting.
            #expect(taken["c", default: 0] <= taken["a", default: 0] + 1)
        }
        #expect(abs(taken["a", default: 0] - taken["b", default: 0]) <= 1)
        #expect(taken["c", default: 0] >= 80)
    }

    @Test func `Within a client the order is that of acceptance`() {
        var turns: [Int64] = []
        for _ in 0..<10 { turns.append(Turn.next(lowest: turns.first, own: turns.last)) }
        #expect(turns == turns.sorted() && Set(turns).count == turns.count)
    }
}

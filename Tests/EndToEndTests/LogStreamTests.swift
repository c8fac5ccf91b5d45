import Foundation
import Models
import Synchronization
import SystemSupport
import TestSupport
import Testing

@Suite("The log while its collector comes and goes")
struct LogStreamTests {
    private static let readers = 50
    private static let callers = 3
    private static let runs = 12

    @Test(
        "50 readers that come and go, and a collector that is killed: no entry is missed, none comes twice"
    )
    func readersResume() async throws {
        let seed = UInt64.random(in: 0...UInt64(UInt32.max))
        print("The readers' seed is \(seed).")
        try await withSystem(.rabbitMQ) { system in
            let products = try await Self.products(Self.callers, of: system)
            let start = try await Self.newest(of: system)
            let end = LastEntry()
            let ran = Recorder<String>()
            let seen = try await withThrowingTaskGroup(of: [Int]?.self) { group in
                for number in 0..<Self.readers {
                    let random = SeededRandom(seed: seed &+ UInt64(number))
                    group.addTask { try await Self.read(system.http, from: start, to: end, random) }
                }
                for product in products {
                    group.addTask {
                        for _ in 0..<Self.runs { ran.record(try await Self.lookUp(product, of: system)) }
                        return nil
                    }
                }
                group.addTask {
                    let all = Self.callers * Self.runs
                    try await ran.wait(for: all / 3, within: .seconds(90))
                    try await system.kill(.logCollector)
                    try await ran.wait(for: all * 2 / 3, within: .seconds(90))
                    try system.start(.logCollector)
                    let ids = try await ran.wait(for: all, within: .seconds(90))
                    for id in ids {
                        try await system.log(of: id, with: "Committed outcome", within: .seconds(60))
                    }
                    end.set(try await Self.newest(of: system))
                    return nil
                }
                return try await group.reduce(into: [[Int]]()) { all, ids in if let ids { all.append(ids) } }
            }
            let last = try #require(end.value)
            let stored = try await Self.stored(after: start, through: last, of: system).compactMap {
                $0["id"]?.integerValue
            }
            #expect(stored == Array(start + 1...last), "numbers have no gaps")
            #expect(stored.count > Self.callers * Self.runs)
            #expect(seen.count == Self.readers)
            for ids in seen { #expect(Array(ids.prefix(stored.count)) == stored) }
        }
    }

    /// How long the collector is away.
    private static let absence: Duration = Soak.minutes == nil ? .seconds(20) : .seconds(300)
    /// The longest that an action may take meanwhile: what a busy machine needs, and not a timeout.
    private static let longest: Duration = .seconds(5)

    /// What is logged of each action once.
    private static let messages = [
        "Accepted action", "Dispatched action", "Began attempt", "Ended attempt", "Committed outcome",
    ]

    @Test(
        "Without it actions go on, and what they logged arrives afterwards, or is told to be dropped"
    )
    func away() async throws {
        try await withSystem(.rabbitMQ, within: Self.absence * 2 + .seconds(200)) { system in
            let products = try await Self.products(Self.callers, of: system)
            let start = try await Self.newest(of: system)
            try await system.kill(.logCollector)
            let ran = Recorder<(id: String, took: Duration)>()
            let until = ContinuousClock.now + Self.absence
            try await withThrowingTaskGroup(of: Void.self) { group in
                for product in products {
                    group.addTask {
                        while ContinuousClock.now < until {
                            let begun = ContinuousClock.now
                            let id = try await Self.lookUp(product, of: system)
                            ran.record((id, begun.duration(to: .now)))
                        }
                    }
                }
                try await group.waitForAll()
            }
            let longest = ran.elements.map(\.took).max() ?? .zero
            print("\(ran.count) actions ran without the log collector; the slowest took \(longest).")
            #expect(longest < Self.longest)
            try system.start(.logCollector)
            let all = ran.elements.flatMap { action in Self.messages.map { "\(action.id) \($0)" } }
            var missing = Set(all)
            var told = 0
            var read = start
            try await eventually(
                within: Self.absence + .seconds(70), every: .milliseconds(500),
                "\(missing.count) entries, as \(missing.first ?? "none"); told \(told)"
            ) {
                let last = try await Self.newest(of: system)
                let entries = try await Self.stored(after: read, through: last, of: system)
                read = entries.last?["id"]?.integerValue ?? read
                for entry in entries {
                    guard let id = entry["action_id"]?.stringValue, let text = entry["message"]?.stringValue
                    else { continue }
                    missing.remove("\(id) \(text)")
                }
                told += entries.filter { $0["message"] == "Dropped log entries" }
                    .compactMap { $0["metadata"]?["count"]?.integerValue }.reduce(0, +)
                return missing.count <= told
            }
            print("\(missing.count) entries are missing of \(all.count); \(told) were told to be dropped.")
        }
    }

    // MARK: Parts

    private static func products(_ count: Int, of system: PurserSystem) async throws -> [TestProduct] {
        let client = try await system.makeClient()
        let configuration = try await system.makeConfiguration()
        var products: [TestProduct] = []
        for _ in 0..<count {
            let product = try await system.makeProduct(client: client, configuration: configuration)
            let created = try await system.run(
                "create", ["email": "jane@example.com", "package_name": "gold"], on: product)
            try #require(created.state == "succeeded", "\(created)")
            products.append(product)
        }
        return products
    }

    private static func lookUp(_ product: TestProduct, of system: PurserSystem) async throws -> String {
        let action = try await system.run("getInfo", on: product)
        #expect(action.state == "succeeded", "\(action)")
        return try #require(action["id"]?.stringValue)
    }

    /// The number of the newest stored entry.
    private static func newest(of system: PurserSystem) async throws -> Int {
        var number: Int?
        try await eventually(within: .seconds(60), every: .milliseconds(100), "an answer of the collector") {
            let answer = try await system.http.call(.get, "/v1/logs?limit=1", within: .seconds(15))
            number = answer.json.firstItem["id"]?.integerValue
            return answer.status == 200
        }
        return number ?? 0
    }

    /// The stored entries behind one, up to and with another.
    private static func stored(
        after start: Int, through last: Int, of system: PurserSystem
    ) async throws -> [JSONValue] {
        var entries: [JSONValue] = []
        var position = start
        while position < last {
            let answer = try await system.http.call(.get, "/v1/logs?after=\(position)&limit=1000")
            let page = (answer["items"]?.arrayValue ?? []).filter { $0["id"]?.integerValue ?? .max <= last }
            guard let next = page.last?["id"]?.integerValue else { break }
            entries += page
            position = next
        }
        return entries
    }

    /// Reads the stream, comes and goes at random, and goes on each time behind the last entry that it got.
    ///
    /// - Returns: the numbers of what it got.
    private static func read(
        _ http: HTTPCaller, from start: Int, to end: LastEntry, _ random: SeededRandom
    ) async throws -> [Int] {
        var random = random
        var ids: [Int] = []
        while ids.last ?? start < end.value ?? .max {
            do {
                var stream = try await http.stream(
                    "/v1/logs/stream", lastEventID: "\(ids.last ?? start)", within: .seconds(5))
                for _ in 0..<Int.random(in: 1...40, using: &random) {
                    let event = try await stream.next()
                    #expect(event.type == "message", "a gap where nothing was cut")
                    ids.append(event.id)
                }
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                // The collector is away, or nothing came for a while. It comes again a little later, as readers do.
                try await Task.sleep(for: .milliseconds(Int.random(in: 10...300, using: &random)))
            }
        }
        return ids
    }
}

/// The number up to which readers read, once it is known.
private final class LastEntry: Sendable {
    private let state = Mutex<Int?>(nil)

    var value: Int? { state.withLock { $0 } }

    func set(_ value: Int) { state.withLock { $0 = value } }
}

/// Random numbers that are the same for the same seed (SplitMix64).
private struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

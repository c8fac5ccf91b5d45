import Foundation
import Models
import NIOHTTP1
import SystemSupport
import TestSupport
import Testing

@Suite("Hanging providers and noisy clients")
struct StarvationTests {
    /// What a quiet client may wait at any rate, so that a busy machine does not fail the test: far less than what is
    /// queued before it takes.
    private static let floor: Duration = .milliseconds(1500)
    /// How long a call to a provider takes, and how many of the shared configuration's actions are under way at once.
    private static let latencyMilliseconds = 100
    private static let concurrency = 4
    /// What the noisy client queues: 10 s of work.
    private static let noise = 400

    @Test("A hanging provider and a noisy client keep nobody else waiting")
    func starvation() async throws {
        try await withSystem(.rabbitMQ, settings: ["PURSER_CALL_LIMIT_SECONDS": "3"]) { system in
            let (quiet, noisy) = (try await system.makeClient(), try await system.makeClient())
            let latency: JSONValue = ["latency_ms": .integer(Self.latencyMilliseconds)]
            let shared = try await system.makeConfiguration(latency, maxConcurrent: Self.concurrency)
            let own = try await system.makeConfiguration(latency)
            let broken = try await system.makeConfiguration([
                "fault": "hang_before_effect", "fault_functions": ["getInfo"],
            ])
            let beside = try await system.makeAccount(client: quiet, configuration: shared)
            let apart = try await system.makeAccount(client: quiet, configuration: own)
            let loud = try await system.makeAccount(client: noisy, configuration: shared)
            let hanging = try await system.makeAccount(client: noisy, configuration: broken)

            let calm = try await Self.measure(20, on: [beside, apart], of: system)
            try await Self.queue(80, on: hanging, of: system)
            try await Self.queue(Self.noise, on: loud, of: system)
            let loaded = try await Self.measure(20, on: [beside, apart], of: system)
            #expect(try await system.count("queued", on: loud) > 0, "the noise ended before the measurement")
            for (calm, loaded) in zip(calm, loaded) {
                print(
                    "A quiet client waited \(calm.quantile(0.99)), beside the noise \(loaded.quantile(0.99))."
                )
                #expect(loaded.quantile(0.99) <= max(calm.quantile(0.99) * 2, Self.floor))
            }
            try await Self.expectEnd(of: hanging, on: system)
            try await eventually(within: .seconds(60), "the end of the noise") {
                try await system.count("succeeded", on: loud) == Self.noise + 1
            }
        }
    }

    /// The circuit of the provider that hangs opens, what waits says so, and once it is mended all of it ends.
    private static func expectEnd(of hanging: TestProduct, on system: PurserSystem) async throws {
        let path = "/v1/configurations/\(hanging.configuration)"
        try await eventually(within: .seconds(30), every: .milliseconds(100), "an open circuit") {
            try await system.http.call(.get, path)["circuit"] == "open"
        }
        let shown = try await system.http.call(.get, path)
        #expect(shown["circuit_until"]?.stringValue != nil)
        #expect(shown["circuit_reason"]?.stringValue?.contains("timedOut") == true)
        let queued = try await system.http.call(
            .get, "/v1/actions?contract_product_id=\(hanging.id)&state=queued&limit=1")
        let why = queued["items"]?.arrayValue?.first?["waiting_because"]?.stringValue
        #expect(why?.contains("has not worked lately") == true, "\(queued)")
        // What is under way would open it again.
        try await eventually(
            within: .seconds(30), every: .milliseconds(100), "the end of the calls that hang"
        ) {
            try await system.count("dispatched", on: hanging) == 0
        }
        try await system.change(hanging.configuration, ["fault": "none"])
        #expect(try await system.http.call(.get, path)["circuit"] == "closed")
        try await eventually(within: .seconds(60), "the end of what hung") {
            try await system.count("succeeded", on: hanging) == 81
        }
    }

    // MARK: Load

    /// Runs an action on each of the products, one after the other, so often.
    ///
    /// - Returns: how long each took, by product.
    private static func measure(
        _ count: Int, on products: [TestProduct], of system: PurserSystem
    ) async throws -> [[Duration]] {
        try await withThrowingTaskGroup(of: (Int, [Duration]).self) { group in
            for (index, product) in products.enumerated() {
                group.addTask {
                    var durations: [Duration] = []
                    for _ in 0..<count {
                        let begun = ContinuousClock.now
                        let action = try await system.run("getInfo", on: product)
                        #expect(action.state == "succeeded")
                        durations.append(begun.duration(to: .now))
                    }
                    return (index, durations)
                }
            }
            let found = try await group.reduce(into: [Int: [Duration]]()) { $0[$1.0] = $1.1 }
            return products.indices.map { found[$0] ?? [] }
        }
    }

    /// Submits so many actions, without waiting for any.
    private static func queue(_ count: Int, on product: TestProduct, of system: PurserSystem) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<10 {
                group.addTask {
                    for _ in stride(from: caller, to: count, by: 10) {
                        _ = try await system.submit("getInfo", on: product)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

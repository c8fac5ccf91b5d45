import Foundation
import Models
import NIOHTTP1
import SystemSupport
import TestSupport
import Testing

@Suite("Overload")
struct OverloadTests {
    @Test("Overload is refused early, and what was accepted ends in time")
    func overload() async throws {
        let settings = ["PURSER_CLIENT_BACKLOG_LIMIT": "60", "PURSER_BACKLOG_LIMIT": "200"]
        try await withSystem(.rabbitMQ, settings: settings) { system in
            // 20 a second at the most, far fewer than are submitted below on the slowest machine.
            let configuration = try await system.makeConfiguration(["latency_ms": 100], maxConcurrent: 2)
            let (first, second) = (try await system.makeClient(), try await system.makeClient())
            let product = try await system.makeAccount(client: first, configuration: configuration)
            let other = try await system.makeAccount(client: second, configuration: configuration)
            // As many callers as it can serve, each waiting for the end.
            let calm = Recorder<Answer>()
            try await Self.hammer(2, for: .seconds(2), on: product, of: system, "?wait=30", into: calm)
            #expect(calm.elements.allSatisfy { $0.status == 200 }, "\(Self.kinds(calm.elements))")
            let before = try Self.residentMegabytes(of: system)
            // Five times as many, none of which waits.
            let answers = Recorder<Answer>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await Self.hammer(
                        10, for: .seconds(6), on: product, of: system, "", into: answers)
                }
                group.addTask {
                    // Another client is served meanwhile.
                    for _ in 0..<10 {
                        let action = try await system.run("getInfo", on: other)
                        #expect(action.state == "succeeded")
                    }
                }
                try await group.waitForAll()
            }
            let refused = answers.elements.filter { $0.status != 202 }
            #expect(!refused.isEmpty)
            for answer in refused {
                #expect([429, 503].contains(answer.status) && answer.isProblem, "\(answer)")
                #expect(answer.headers.first(name: "retry-after") != nil)
            }
            let accepted = answers.elements.filter { $0.status == 202 }.count
            print(
                "Of \(answers.count) submissions \(accepted) were accepted; \(Self.kinds(answers.elements)).")
            try await Self.expectEnd(of: accepted + calm.count + 1, on: product, of: system)
            for (name, megabytes) in try Self.residentMegabytes(of: system) {
                print("\(name): \(before[name] ?? 0) MB before, \(megabytes) MB after.")
                #expect(megabytes < (before[name] ?? 0) + 150, "\(name)")
            }
        }
    }

    /// How many answers there were of each kind.
    private static func kinds(_ answers: [Answer]) -> String {
        Dictionary(grouping: answers) { "\($0.status) \($0["detail"]?.stringValue ?? "")" }
            .map { "\($0.value.count) x \($0.key)" }.sorted().joined(separator: "; ")
    }

    private static func expectEnd(
        of accepted: Int, on product: TestProduct, of system: PurserSystem
    ) async throws {
        try await eventually(within: .seconds(60), every: .milliseconds(500), "the end of what was accepted")
        {
            try await system.count("succeeded", on: product) == accepted
        }
        let durations = try await system.actions("succeeded", on: product).compactMap(\.duration)
        #expect(durations.count == accepted)
        print("Accepted actions ended within \(durations.quantile(0.99)).")
        #expect(durations.quantile(0.99) < .seconds(10))
    }

    /// Submits actions one after the other, from so many callers, for so long.
    private static func hammer(
        _ callers: Int, for time: Duration, on product: TestProduct, of system: PurserSystem,
        _ query: String, into answers: Recorder<Answer>
    ) async throws {
        let end = ContinuousClock.now + time
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<callers {
                group.addTask {
                    while ContinuousClock.now < end {
                        answers.record(
                            try await system.http.call(
                                .post, "/v1/contract-products/\(product.id)/actions\(query)",
                                ["function": "getInfo"]))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// How much memory each service has, in MB.
    private static func residentMegabytes(of system: PurserSystem) throws -> [String: Int] {
        var sizes: [String: Int] = [:]
        for part in [Part.gateway, .orchestrator, .hostingAdapter] {
            let status = try String(
                contentsOfFile: "/proc/\(try system.process(part).id)/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
            sizes[part.rawValue] =
                (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) / 1024
        }
        return sizes
    }
}

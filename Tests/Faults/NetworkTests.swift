import Foundation
import Models
import SystemSupport
import TestSupport
import Testing

/// What networks do between the services and their broker.
@Suite("A broker that cannot be reached", .serialized)
struct NetworkTests {
    /// How long everything may take to go on once the broker can be reached: 5 s, and what a busy machine adds to that.
    private static let resumption: Duration = .seconds(5)
    private static let allowance: Duration = .seconds(10)
    /// When a half-open connection is noticed: after two heartbeats.
    private static let heartbeats: Duration = .seconds(10)

    enum Outage: Sendable, CustomStringConvertible {
        case away(FaultyProxy.Mode, Duration)
        case halfOpen

        static let all: [Outage] =
            [.away(.cut, .seconds(1)), .away(.blackHole, .seconds(10)), .halfOpen]
            + (Soak.minutes == nil ? [] : [.away(.cut, .seconds(60)), .away(.blackHole, .seconds(60))])

        var description: String {
            switch self {
            case .away(let mode, let time): "\(mode) for \(time)"
            case .halfOpen: "half-open"
            }
        }
    }

    @Test("Every service goes on by itself, and all actions end once", arguments: Outage.all)
    func resumes(_ outage: Outage) async throws {
        let proxy = try await FaultyProxy.start(to: try await TestBroker.shared().port)
        try await withSystem(.rabbitMQ, proxy: proxy) { system in
            let configuration = try await system.makeConfiguration(["latency_ms": 1_500])
            let client = try await system.makeClient()
            var actions: [String] = []
            for _ in 0..<20 {
                let product = try await system.makeProduct(client: client, configuration: configuration)
                actions.append(try await system.submit("create", Self.account, on: product))
            }
            let waiting = try await system.makeProduct(client: client, configuration: configuration)
            let processes = try system.processIDs()
            var limit = Self.resumption + Self.allowance
            switch outage {
            case .away(let mode, let time):
                try await proxy.set(mode)
                try await Task.sleep(for: time)
                try await proxy.set(.open)
            case .halfOpen:
                try await proxy.freeze()
                limit += Self.heartbeats
            }
            let back = ContinuousClock.now
            actions.append(try await system.submitUntilAccepted("create", Self.account, on: waiting))
            try await system.ready()
            let after = back.duration(to: .now)
            print("After \(outage) everything went on within \(after).")
            #expect(after < limit)
            for id in actions {
                let action = try await system.ended(id)
                #expect(action.state == "succeeded", "\(action)")
            }
            #expect(try system.processIDs() == processes)
            #expect(try Agreement(of: system, accepted: actions).violations == [])
        }
        try await proxy.stop()
    }

    /// Without a domain, by which the third party would notice a second account.
    private static let account: JSONValue = ["email": "jane@example.com", "package_name": "gold"]
}

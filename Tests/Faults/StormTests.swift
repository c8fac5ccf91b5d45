import Foundation
import SystemSupport
import Testing

@Suite("Random faults under load", .serialized)
struct StormTests {
    @Test("Every accepted request comes to an end, once, and everything agrees")
    func short() async throws {
        let storm = Storm(
            seed: .random(in: 0..<1_000_000),
            kinds: [.kill, .kill, .kill, .terminate, .halt, .cut, .blackHole],
            interval: .seconds(1), requests: 1_000, time: .seconds(30),
            firstKinds: [.kill, .killBroker])
        try await storm.rage()
    }

    /// For `Tests/Faults/soak`: at least 10,000 requests, however long they take.
    @Test("The same for long", .enabled(if: Soak.minutes != nil))
    func soak() async throws {
        let storm = Storm(
            seed: Soak.seed ?? .random(in: 0..<1_000_000), kinds: Fault.Kind.allCases, interval: .seconds(5),
            requests: 10_000, time: .seconds(60 * (Soak.minutes ?? 0)))
        try await storm.rage()
    }
}

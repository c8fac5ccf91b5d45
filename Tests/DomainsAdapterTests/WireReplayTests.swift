import AdapterTestSupport
import Foundation
import Models
import Testing

@testable import DomainsAdapter

@Suite("Recorded traffic of registries and registrars")
struct WireReplayTests {
    private static let replay = Result {
        try WireReplay(
            of: DomainsAdapter.self, in: Bundle.module.bundleURL.appending(path: "Wire"),
            prepare: DemoPreparation.prepare)
    }

    @Test("There are recordings of every provider's functions")
    func recordings() throws {
        // It does what `updateContact` does, of which there are.
        let missing = try Self.replay.get().functionsWithoutRecording(except: ["demo"])
        #expect(missing == ["eurid updateRegistrantContact"])
    }

    @Test("A function sends and answers what was recorded", arguments: (try? replay.get().cases) ?? [])
    func matchesRecording(_ wireCase: WireCase) async throws {
        let problems = try await Self.replay.get().problems(of: wireCase)
        #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }
}

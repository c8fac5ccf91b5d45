import AdapterTestSupport
import Foundation
import Models
import Testing

@testable import ServersAdapter

@Suite("Recorded traffic of providers of servers")
struct WireReplayTests {
    private static let replay = Result {
        try WireReplay(of: ServersAdapter.self, in: Bundle.module.bundleURL.appending(path: "Wire"))
    }

    /// What was not recorded; `VirtfusionTests` shows what is sent.
    private static let unrecorded = [
        "virtfusion changeRootPassword", "virtfusion suspend", "virtfusion unsuspend",
    ]

    @Test("There are recordings of every provider's functions")
    func recordings() throws {
        let missing = try Self.replay.get().functionsWithoutRecording(except: ["demo", "lxd"])
        #expect(missing == Self.unrecorded)
    }

    @Test("A function sends and answers what was recorded", arguments: (try? replay.get().cases) ?? [])
    func matchesRecording(_ wireCase: WireCase) async throws {
        let problems = try await Self.replay.get().problems(of: wireCase)
        #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }
}

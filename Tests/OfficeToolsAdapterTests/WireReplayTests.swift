import AdapterTestSupport
import Foundation
import Models
import Testing

@testable import OfficeToolsAdapter

@Suite("Recorded traffic of providers of office tools")
struct WireReplayTests {
    private static let replay = Result {
        try WireReplay(of: OfficeToolsAdapter.self, in: Bundle.module.bundleURL.appending(path: "Wire"))
    }

    @Test("There are recordings of every provider's functions")
    func recordings() throws {
        #expect(try Self.replay.get().functionsWithoutRecording(except: ["demo"]) == [])
    }

    @Test("A function sends and answers what was recorded", arguments: (try? replay.get().cases) ?? [])
    func matchesRecording(_ wireCase: WireCase) async throws {
        let problems = try await Self.replay.get().problems(of: wireCase)
        #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }
}

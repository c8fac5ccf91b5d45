import AdapterKit
import AdapterTestSupport
import Foundation
import Models
import TestSupport
import Testing

@testable import Purser

/// Every provider, with recorded answers changed at random, and with parameters that few expect.
@Suite("Hostile answers of third parties")
struct HostileAnswerTests {
    private struct Subject: Sendable, CustomTestStringConvertible {
        let adapter: any CategoryAdapter.Type
        var testDescription: String { adapter.category }
    }

    private static let subjects = Adapters.all.map { Subject(adapter: $0) }

    @Test("Each attempt comes to something", arguments: subjects)
    private func fuzz(subject: Subject) async throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "\(subject.adapter)Tests/Wire")
        let replay = try HostileReplay(of: subject.adapter, in: folder)
        try await Fuzz.run("answers in \(subject.adapter.category)", count: 250) { generator in
            try await replay.run(using: &generator)
        }
    }
}

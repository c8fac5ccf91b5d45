import Foundation
import SystemSupport
import TestSupport
import Testing

/// Looks, after each test of a suite that uses the shared systems, whether a secret is where it should not be in those that
/// run. Systems of a test's own are looked through when they end (`withSystem`).
struct LeakTrait: SuiteTrait, TestTrait, TestScoping {
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let start = Date(timeIntervalSinceNow: -1)
        defer { Self.look(since: start) }
        try await function()
    }

    private static func look(since start: Date) {
        for system in PurserSystem.startedShared.elements {
            do {
                let leaks = try system.leaks(since: start)
                if !leaks.isEmpty { Issue.record("Secrets leaked (\(system.form)): \(leaks)") }
            } catch {
                Issue.record(
                    error, "The folder of the shared system (\(system.form)) could not be looked through.")
            }
        }
    }
}

extension Trait where Self == LeakTrait {
    /// Fails a test after which the shared systems' files have a secret.
    static var leavingNoSecrets: Self { Self() }
}

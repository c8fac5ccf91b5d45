import Synchronization

/// The checks of all services of this process.
package final class HealthChecks: Sendable {
    /// How long a check may take.
    package static let limit: Duration = .seconds(2)

    private let checks = Mutex<[HealthCheck]>([])
    private let clock: any Clock<Duration>

    package init(clock: any Clock<Duration> = ContinuousClock()) {
        self.clock = clock
    }

    /// Adds a check; one of the same name is replaced.
    package func register(_ check: HealthCheck) {
        checks.withLock { checks in
            checks.removeAll { $0.name == check.name }
            checks.append(check)
        }
    }

    /// Runs all checks beside each other.
    package func readiness() async -> Readiness {
        let checks = checks.withLock { $0 }
        let missing = await withTaskGroup(of: (Int, String?).self) { group in
            for (index, check) in checks.enumerated() {
                group.addTask { (index, await self.reason(check)) }
            }
            var reasons: [Int: String] = [:]
            for await (index, reason) in group { reasons[index] = reason }
            return checks.indices.compactMap { index in
                reasons[index].map { Readiness.Missing(name: checks[index].name, reason: $0) }
            }
        }
        return Readiness(missing: missing)
    }

    private func reason(_ check: HealthCheck) async -> String? {
        await withTaskGroup(of: String??.self) { group in
            group.addTask { .some(await check.probe()) }
            group.addTask {
                do {
                    try await self.clock.sleep(for: Self.limit)
                    return .some("The check \(check.name) did not answer within \(Self.limit).")
                } catch {
                    return nil
                }
            }
            defer { group.cancelAll() }
            for await answer in group {
                if let answer { return answer }
            }
            return nil
        }
    }
}

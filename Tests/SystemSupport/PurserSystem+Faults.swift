package import Foundation
import Synchronization
import TestSupport

extension PurserSystem {
    /// The parts that run.
    package var running: [Part] { processes.withLock { $0.filter { $0.value.end == nil }.map(\.key) } }

    /// The parts that have crashed by SIGKILL since the last call, without having been told to.
    package func crashed() -> [Part] {
        processes.withLock { processes in
            let crashed = processes.filter { $0.value.end == .signalled(SIGKILL) }.map(\.key)
            for part in crashed { processes[part] = nil }
            return crashed
        }
    }

    /// Starts what crashes again, until the task is cancelled.
    ///
    /// - Parameter more: environment variables for what is started.
    package func revive(with more: [String: String] = [:]) async throws {
        while true {
            try start(crashed(), with: more)
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Runs `body` while what crashes is started again.
    package func reviving<Value: Sendable>(
        with more: [String: String] = [:], _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await self.revive(with: more)
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            guard let value = try await group.next() ?? nil else { throw CancellationError() }
            return value
        }
    }

    /// The numbers of the processes, by part.
    package func processIDs() throws -> [Part: pid_t] {
        Dictionary(uniqueKeysWithValues: try parts.map { ($0, try process($0).id) })
    }
}

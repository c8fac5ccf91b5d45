import Foundation
import GRDB
import Metrics
import ServiceRuntime
import Synchronization

/// The one writer. Changes asked for while a transaction is being made durable share the next one: each runs in a
/// savepoint of its own, so one that throws takes nothing of the others with it, and every caller resumes after the
/// commit that holds its change.
final class GroupCommit: Sendable {
    /// How many changes share a transaction at most. At 256 a commit stays under 20 ms.
    static let batchLimit = 256

    private struct Job: Sendable {
        /// Runs the change; keeps its value or error for `finish`.
        let run: @Sendable (Database) throws -> Void
        /// Resumes the caller: with the change's own result, or with the error that the commit ended in.
        let finish: @Sendable ((any Error)?) -> Void
    }

    private struct State: Sendable {
        var pending: [Job] = []
        var isDraining = false
    }

    private let pool: DatabasePool
    private let state = Mutex(State())
    private let duration = Timer(.commitDuration)
    private let size = Recorder(histogram: .commitSize)

    init(pool: DatabasePool) {
        self.pool = pool
    }

    /// Runs one change and returns its value once it is durable.
    ///
    /// - Throws: what the change threw, or the error of the commit; then nothing was changed.
    func write<Value: Sendable>(_ change: @escaping @Sendable (Database) throws -> Value) async throws
        -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            let job = ResultBox<Value>()
            enqueue(
                Job(
                    run: { database in
                        do {
                            let value = try change(database)
                            job.result.withLock { $0 = .success(value) }
                        } catch {
                            job.result.withLock { $0 = .failure(error) }
                            throw error
                        }
                    },
                    finish: { commitError in
                        let own = job.result.withLock { $0 }
                        if case .failure(let error)? = own {
                            continuation.resume(throwing: error)
                        } else if let commitError {
                            continuation.resume(throwing: commitError)
                        } else if let own {
                            continuation.resume(with: own)
                        } else {
                            continuation.resume(throwing: StoreError.notRun)
                        }
                    }))
        }
    }

    private func enqueue(_ job: Job) {
        let mustStart = state.withLock { state in
            state.pending.append(job)
            defer { state.isDraining = true }
            return !state.isDraining
        }
        guard mustStart else { return }
        pool.asyncWriteWithoutTransaction { [self] database in drain(database) }
    }

    private func drain(_ database: Database) {
        while true {
            let batch = state.withLock { state -> [Job] in
                let batch = Array(state.pending.prefix(Self.batchLimit))
                state.pending.removeFirst(batch.count)
                if batch.isEmpty { state.isDraining = false }
                return batch
            }
            if batch.isEmpty { return }
            let start = ContinuousClock.now
            let error = commit(batch, database)
            duration.record(duration: ContinuousClock.now - start)
            size.record(batch.count)
            for job in batch { job.finish(error) }
        }
    }

    /// Runs a statement that is compiled once.
    private func run(_ sql: String, _ database: Database) throws {
        try database.cachedStatement(sql: sql).execute()
    }

    /// Runs the batch in one transaction.
    ///
    /// - Returns: why nothing of it became durable, or nil.
    private func commit(_ batch: [Job], _ database: Database) -> (any Error)? {
        do {
            try database.inTransaction(.immediate) {
                for job in batch {
                    try run("SAVEPOINT change", database)
                    do {
                        try job.run(database)
                    } catch {
                        // The job keeps its own error for its caller; the transaction goes on unless SQLite ended it.
                        guard database.isInsideTransaction else { throw error }
                        try run("ROLLBACK TO change", database)
                    }
                    try run("RELEASE change", database)
                }
                return .commit
            }
            return nil
        } catch {
            return error
        }
    }
}

/// Lets the two closures of a job share its result.
private final class ResultBox<Value: Sendable>: Sendable {
    let result = Mutex<Result<Value, any Error>?>(nil)
}

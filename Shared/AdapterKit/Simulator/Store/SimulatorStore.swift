import Foundation
import GRDB
import Models
import Synchronization

/// What the simulated third parties remember and what they did, in one SQLite file.
///
/// Several processes may share the file. Work that comes in while a transaction runs shares the next one:
/// whoever finds nobody writing commits for all that wait, then hands on.
final class SimulatorStore: Sendable {
    /// The most pieces of work that share a transaction.
    static let batchLimit = 512
    /// How long to wait for another process's transaction.
    static let busyTimeout: TimeInterval = 10

    private enum Turn {
        case lead, done
    }

    private struct State {
        var isBusy = false
        var waiting: [(job: Job, continuation: CheckedContinuation<Turn, Never>)] = []
    }

    private struct Job: Sendable {
        let run: @Sendable (Database) throws -> Void
        let fail: @Sendable (any Error) -> Void
    }

    private let queue: DatabaseQueue
    private let state = Mutex(State())

    /// - Parameter path: of the file; its folder is made where it is missing.
    init(path: String) throws {
        let folder = URL(filePath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(Self.busyTimeout)
        configuration.prepareDatabase { db in
            // A committed transaction is in the system's cache when the commit returns, so it survives a kill
            // of this process. Only a failure of the machine could lose it, and then the simulated third
            // party forgets something, which harms nobody; so no time is spent on waiting for the disk.
            try db.execute(sql: "PRAGMA synchronous = OFF")
        }
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                try db.execute(sql: Self.schema)
                return .commit
            }
        }
    }

    private static let schema = """
        CREATE TABLE IF NOT EXISTS effects (
            action_id TEXT NOT NULL, attempt INTEGER NOT NULL, category TEXT NOT NULL, function TEXT NOT NULL,
            subject TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER NOT NULL
        );
        CREATE TABLE IF NOT EXISTS state (
            scope TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (scope, key)
        ) WITHOUT ROWID;
        """

    /// Does a piece of work in a transaction. What it wrote counts only if it does not throw.
    ///
    /// - Throws: what the work throws; `providerUnavailable` where the file could not be written.
    func perform<Value: Sendable>(
        scope: String, _ work: @escaping @Sendable (SimulatorTransaction) throws -> Value
    ) async throws(ProviderError) -> Value {
        let result = WorkResult<Value>()
        await enqueue(
            Job(
                run: { db in
                    let transaction = SimulatorTransaction(db: db, scope: scope)
                    do {
                        let value = try work(transaction)
                        try transaction.flush()
                        result.set(.success(value))
                    } catch let error as ProviderError {
                        result.set(.failure(error))
                    }
                },
                fail: { error in
                    let problem = "The simulator's file could not be written: \(error)"
                    result.set(
                        .failure(ProviderError(.providerUnavailable, details: ["problem": .string(problem)])))
                }))
        return try result.get()
    }

    private func enqueue(_ job: Job) async {
        let turn = await withCheckedContinuation { (continuation: CheckedContinuation<Turn, Never>) in
            let leads = state.withLock { state in
                if state.isBusy {
                    state.waiting.append((job, continuation))
                    return false
                }
                state.isBusy = true
                return true
            }
            if leads { continuation.resume(returning: .lead) }
        }
        guard turn == .lead else { return }
        let others = state.withLock { state in
            let others = Array(state.waiting.prefix(Self.batchLimit - 1))
            state.waiting.removeFirst(others.count)
            return others
        }
        await commit([job] + others.map(\.job))
        for other in others { other.continuation.resume(returning: .done) }
        let next = state.withLock { state in
            if state.waiting.isEmpty {
                state.isBusy = false
                return nil as CheckedContinuation<Turn, Never>?
            }
            return state.waiting.removeFirst().continuation
        }
        next?.resume(returning: .lead)
    }

    /// Runs the jobs in one transaction. Not GRDB's async form: that one gives up when the caller's task is
    /// cancelled, and here one caller works for others.
    private func commit(_ jobs: [Job]) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            queue.asyncWriteWithoutTransaction { db in
                do {
                    try db.inTransaction(.immediate) {
                        for job in jobs { try job.run(db) }
                        return .commit
                    }
                } catch {
                    for job in jobs { job.fail(error) }
                }
                continuation.resume()
            }
        }
    }
}

/// Where a piece of work leaves what it came to.
private final class WorkResult<Value: Sendable>: Sendable {
    private let state = Mutex<Result<Value, ProviderError>?>(nil)

    func set(_ result: Result<Value, ProviderError>) {
        state.withLock { $0 = result }
    }

    func get() throws(ProviderError) -> Value {
        guard let result = state.withLock({ $0 }) else { throw ProviderError(.internal) }
        return try result.get()
    }
}

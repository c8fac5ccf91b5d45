import Logging
import Synchronization

/// Batches on their way to the bus, in order: a few in memory while all is well, otherwise in the spill.
///
/// Its two users are the publisher's tasks; file operations happen on their threads, never on that of a caller who logs.
final class LogOutbox: Sendable {
    /// How many batches wait in memory before all go to the spill.
    static let memoryLimit = 16

    private struct State {
        /// Younger than all that is spilled.
        var memory: [LogBatch] = []
        var spill: LogSpill?
        var isFinished = false
        /// Whether the last write to the spill failed; that is told once, for its telling is a log entry too.
        var cannotSpill = false
    }

    private let added = Pulse()
    /// Set when no more batches come.
    let stopping = Pulse()
    private let state: Mutex<State>
    private let logger: Logger

    init(spillFolder: String?, instance: String, spillLimit: Int, logger: Logger) {
        self.logger = logger
        var spill: LogSpill?
        if let spillFolder {
            do {
                spill = try LogSpill(folder: spillFolder, instance: instance, byteLimit: spillLimit)
            } catch {
                logger.error(
                    "Could not use the folder for spilled log entries", error: error,
                    metadata: [LogKey.path: "\(spillFolder)"])
            }
        }
        state = Mutex(State(spill: spill))
    }

    /// - Returns: false where there was no room.
    func add(_ batch: LogBatch) -> Bool {
        let wasAdded = state.withLock { state in
            if state.spill?.isEmpty == false || state.memory.count >= Self.memoryLimit {
                moveToSpill(&state)
                if state.memory.isEmpty, append(batch, &state) { return true }
            }
            guard state.memory.count < Self.memoryLimit else { return false }
            state.memory.append(batch)
            return true
        }
        if wasAdded { added.set() }
        return wasAdded
    }

    /// The oldest batch, waiting for one; nil when no more come, or the task is cancelled.
    func first() async -> LogBatch? {
        while true {
            let (batch, isFinished) = state.withLock { state in
                (nextSpilled(&state) ?? state.memory.first, state.isFinished)
            }
            if batch != nil || isFinished || Task.isCancelled { return batch }
            await added.wait()
        }
    }

    /// Takes out the oldest batch, which may have gone to the spill meanwhile.
    func removeFirst(_ batch: LogBatch) {
        state.withLock { state in
            if state.memory.first?.id == batch.id {
                state.memory.removeFirst()
                return
            }
            do {
                try state.spill?.removeFirst(id: batch.id)
            } catch {
                logger.error("Could not delete a file of spilled log entries", error: error)
            }
        }
    }

    /// Puts what is in memory to the spill, where there is one.
    func spillAll() {
        state.withLock { moveToSpill(&$0) }
    }

    /// No more batches come.
    func finish() {
        state.withLock { $0.isFinished = true }
        added.set()
        stopping.set()
    }

    /// Puts what is left to the spill and lets go of its files.
    func close() {
        let lost = state.withLock { state in
            moveToSpill(&state)
            state.spill = nil
            return state.memory.reduce(0) { $0 + $1.count }
        }
        if lost > 0 {
            logger.error(
                "Lost log entries at the end", metadata: [LogKey.count: "\(lost)"])
        }
    }

    private func moveToSpill(_ state: inout State) {
        while let batch = state.memory.first, append(batch, &state) { state.memory.removeFirst() }
    }

    private func append(_ batch: LogBatch, _ state: inout State) -> Bool {
        do {
            let wasAppended = try state.spill?.append(batch) ?? false
            state.cannotSpill = false
            return wasAppended
        } catch {
            if !state.cannotSpill { logger.error("Could not spill log entries", error: error) }
            state.cannotSpill = true
            return false
        }
    }

    private func nextSpilled(_ state: inout State) -> LogBatch? {
        do {
            return try state.spill?.first()
        } catch {
            logger.error("Could not read spilled log entries", error: error)
            return nil
        }
    }
}

import Synchronization

/// Entries between the callers who log and the task that publishes. Adding never waits.
final class LogBuffer: Sendable {
    /// What the publishing task takes out.
    struct Contents {
        var entries: [EncodedLogEntry] = []
        /// Entries that found no room since the last taking.
        var dropped = 0
    }

    private struct State {
        var contents = Contents()
        var isClosed = false
    }

    let limit: Int
    /// How many entries make the publishing task go on without waiting for more.
    let batchLimit: Int
    /// Set when there is a first entry, or something to tell.
    let filled = Pulse()
    /// Set when there are `batchLimit` entries.
    let full = Pulse()
    private let state = Mutex(State())

    init(limit: Int, batchLimit: Int) {
        self.limit = limit
        self.batchLimit = batchLimit
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    var isEmpty: Bool { state.withLock { $0.contents.entries.isEmpty } }

    /// Whether entries were dropped of which no entry tells yet.
    var hasUntold: Bool { state.withLock { $0.contents.dropped > 0 } }

    /// - Returns: whether there was room.
    func add(_ entry: EncodedLogEntry) -> Bool {
        let count = state.withLock { state -> Int? in
            if state.isClosed { return 0 }
            guard state.contents.entries.count < limit else {
                state.contents.dropped += 1
                return nil
            }
            state.contents.entries.append(entry)
            return state.contents.entries.count
        }
        guard let count else { return false }
        if count == 1 { filled.set() }
        if count == batchLimit { full.set() }
        return true
    }

    func take() -> Contents {
        state.withLock { state in
            let contents = state.contents
            state.contents = Contents()
            state.contents.entries.reserveCapacity(min(contents.entries.count, limit))
            return contents
        }
    }

    /// Counts entries as dropped that were taken and could not be kept.
    func addDropped(_ count: Int) {
        state.withLock { $0.contents.dropped += count }
    }

    /// Nothing is added any more; what is there can still be taken.
    func close() {
        state.withLock { $0.isClosed = true }
        filled.set()
        full.set()
    }
}

import Models
import Synchronization

/// One event of the numbered event table, as it is shown in streams.
struct StreamEvent: Sendable {
    let sequence: Int
    /// As in `action.changed`.
    let type: String
    /// Whose thing it is about; nil where it is no client's.
    let clientID: ClientID?
    /// The message's data, with secrets hidden.
    let data: RawJSON
}

/// The latest events as the bus brought them, so that streams need not ask the event table for each.
final class RecentEvents: Sendable {
    /// What is known behind a number.
    enum Answer {
        /// These follow without a gap; there may be more.
        case events([StreamEvent])
        /// What follows is not here: ask the event table, and then call `settle` with this mark.
        case unknown(mark: Int)
        /// Nothing is newer.
        case none
    }

    private struct State {
        var ring: [StreamEvent?] = Array(repeating: nil, count: Limits.recentEvents)
        var newest = 0
        /// Events may have been missed: only the event table knows.
        var isUncertain = true
        /// Rises whenever events may have been missed.
        var mark = 0
    }

    private let state = Mutex(State())

    func add(_ event: StreamEvent) {
        state.withLock { state in
            state.ring[event.sequence % Limits.recentEvents] = event
            state.newest = max(state.newest, event.sequence)
        }
    }

    /// Events may have been missed.
    func interrupt() {
        state.withLock { state in
            state.isUncertain = true
            state.mark += 1
        }
    }

    /// What follows a number, in order.
    func events(after sequence: Int, limit: Int) -> Answer {
        state.withLock { state in
            var events: [StreamEvent] = []
            while events.count < limit {
                let wanted = sequence + events.count + 1
                guard let event = state.ring[wanted % Limits.recentEvents], event.sequence == wanted else {
                    break
                }
                events.append(event)
            }
            if !events.isEmpty { return .events(events) }
            return state.newest > sequence || state.isUncertain ? .unknown(mark: state.mark) : .none
        }
    }

    /// The event table said that nothing is newer than this.
    func settle(newest: Int, mark: Int) {
        state.withLock { state in
            state.newest = max(state.newest, newest)
            if state.mark == mark { state.isUncertain = false }
        }
    }
}

import Logging
package import Models
import ServiceRuntime
import Synchronization

extension ActionService {
    /// How many due actions are moved on in one transaction.
    private static let dueLimit = 128

    /// Moves on every action whose time has come, lets one action through each circuit whose pause is over, and removes
    /// the results whose time is over.
    ///
    /// - Returns: when the next one's time comes; nil where there is none.
    package func moveDueActions() async throws -> Timestamp? {
        try await followClock()
        while true {
            let now = now()
            let (news, count, next): (ActionNews, Int, Timestamp?) = try await store.write { transaction in
                let due = try transaction.dueActions(by: now, limit: Self.dueLimit)
                var changes = ActionChanges()
                try transaction.removeExpiredResults(by: now)
                for action in due {
                    // An earlier one of the batch may have moved it.
                    guard var action = try transaction.action(action.id), let wake = action.machine.wakeAt,
                        wake <= now
                    else { continue }
                    try noteLoss(of: action, in: transaction, changes: &changes, now: now)
                    try action.machine.handle(.due)
                    try settle(&action, in: transaction, changes: &changes, now: now)
                }
                for configuration in try transaction.dueCircuits(by: now) {
                    try dispatcher.fill(configuration, in: transaction, changes: &changes, now: now)
                }
                return (
                    try self.news(of: changes, in: transaction, now: now), due.count,
                    try transaction.nextWake(after: now)
                )
            }
            logDispatches(in: news)
            tell(news)
            if count < Self.dueLimit { return next }
        }
    }

    /// Where the wall clock was set, moves the waits along with it, so that it makes none shorter or longer.
    private func followClock() async throws {
        guard clock.step() != nil else { return }
        let followed = Mutex<Duration?>(nil)
        do {
            // In the writer's turn, so that nobody compares moments of before with a clock of after.
            try await store.write { transaction in
                guard let step = clock.step() else { return }
                try transaction.moveWaits(by: step)
                catalogue.moveTimes(by: step)
                clock.follow(step)
                followed.withLock { $0 = step }
            }
        } catch {
            // Nothing was moved, so the step is still to come.
            if let step = followed.withLock({ $0 }) {
                catalogue.moveTimes(by: .zero - step)
                clock.follow(.zero - step)
            }
            throw error
        }
        guard let step = followed.withLock({ $0 }) else { return }
        logger.warning(
            "Moved waits along with a clock that was set",
            metadata: [LogKey.stepMilliseconds: "\((step / .milliseconds(1)).rounded())"])
    }

    /// Hands every dispatched action over again, as one that may be done: the bus forgot what was in flight.
    package func redispatchLost() async throws {
        let now = now()
        let lost = try await store.read { try $0.openActions(in: .dispatched).map(\.id) }
        for start in stride(from: 0, to: lost.count, by: Self.dueLimit) {
            let batch = lost[start..<min(start + Self.dueLimit, lost.count)]
            let news: ActionNews = try await store.write { transaction in
                var changes = ActionChanges()
                for id in batch {
                    guard var action = try transaction.action(id), action.machine.state == .dispatched else {
                        continue
                    }
                    try noteLoss(of: action, in: transaction, changes: &changes, now: now)
                    try action.machine.handle(.lost)
                    try settle(&action, in: transaction, changes: &changes, now: now)
                }
                return try self.news(of: changes, in: transaction, now: now)
            }
            logDispatches(in: news)
            tell(news)
        }
        if !lost.isEmpty {
            logger.notice("Handed actions over again", metadata: [LogKey.count: "\(lost.count)"])
        }
    }

    /// Ends the attempt of a dispatched action that came to nothing known. Nobody is at it any more: its time is over, or the
    /// processes that were at it are.
    func noteLoss(
        of action: ActionRecord, in transaction: Transaction, changes: inout ActionChanges, now: Timestamp
    ) throws {
        guard action.machine.state == .dispatched else { return }
        try dispatcher.note(
            .lost(action.number, at: now), of: action.configurationID, in: transaction, changes: &changes)
        try transaction.endAttempt(
            action.machine.attempt, of: action, outcome: nil,
            error: ActionError(kind: .timedOut, message: "No answer came to this attempt."), begunAt: nil,
            at: now)
        try transaction.forgetBeginnings(of: action)
    }
}

import Logging
import Models
import ServiceRuntime

extension ActionService {
    /// Where the database is a backup that nothing was started on yet: treats what was open in it as what may have been
    /// done since, and has every product compared with its provider. All in one transaction.
    ///
    /// What can be looked at, or does no harm twice, is handed over again and looked at first. Of other changes nobody
    /// knows whether they happened, nor what happened after them: they wait for a person. Messages that were still to be
    /// published are forgotten, since the attempts that they hand over count as lost.
    ///
    /// - Returns: whether it was one.
    package func restoreFromBackup() async throws -> Bool {
        let now = now()
        guard let madeAt = try await store.read({ try $0.unrestoredBackup() }) else { return false }
        let (news, forgotten, open): (ActionNews, Int, Int) = try await store.write { transaction in
            var changes = ActionChanges()
            let forgotten = try transaction.clearOutbox()
            try transaction.noteRestoration(at: now)
            // Who had signed out since would be signed in again.
            try transaction.removeSessions(notSeenSince: now)
            let open = try transaction.openActions()
            for found in open where isDoubtful(found, now: now) {
                // An earlier one's end may have moved it.
                guard var action = try transaction.action(found.id), !action.machine.state.isTerminal else {
                    continue
                }
                try noteLoss(of: action, in: transaction, changes: &changes, now: now)
                try action.machine.handle(.restored(canLook: canLook(action)))
                if action.machine.state == .unsure { action.error = action.error ?? Self.unknown }
                try settle(&action, in: transaction, changes: &changes, now: now)
            }
            return (try self.news(of: changes, in: transaction, now: now), forgotten, open.count)
        }
        logger.warning(
            "Started on a backup",
            metadata: [
                LogKey.madeAt: "\(madeAt)", LogKey.count: "\(open)", LogKey.forgottenMessages: "\(forgotten)",
            ])
        logDispatches(in: news)
        tell(news)
        return true
    }

    private static var unknown: ActionError {
        ActionError(
            kind: .timedOut,
            message: "It was under way when the backup was made that this system was restored from.")
    }

    /// Whether something may have been done about it since. What is scheduled for later was not begun.
    private func isDoubtful(_ action: ActionRecord, now: Timestamp) -> Bool {
        switch action.machine.state {
        case .scheduled: action.machine.wakeAt.map { $0 <= now } ?? true
        case .queued, .dispatched, .waiting, .deferred, .unsure: true
        case .awaitingApproval, .succeeded, .failed, .rejected, .cancelled: false
        }
    }

    private func canLook(_ action: ActionRecord) -> Bool {
        guard let function = catalogue.function(action.function, of: action.category) else { return false }
        // An adapter that cannot look at these says so, and does nothing.
        if !function.isChanging || function.mustObserveRepeats { return true }
        let provider = catalogue.provider(action.provider, of: action.category)
        return function.effect == .conditional
            && provider?.functions.first { $0.name == function.name }?.isObservable ?? false
    }
}

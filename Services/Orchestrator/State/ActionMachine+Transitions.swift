import Models

extension ActionMachine {
    /// Applies an event.
    ///
    /// - Throws: `Refusal`, and then nothing has changed.
    package mutating func handle(_ event: Event) throws(Refusal) {
        switch (state, event) {
        case (.scheduled, .due), (.waiting, .due), (.deferred, .due):
            move(to: .queued)
        case (.queued, .dispatch(let answerBy)):
            attempt += 1
            move(to: .dispatched, wakeAt: answerBy)
        case (.queued, .invalid):
            end(in: .failed)
        case (.dispatched, .due), (.dispatched, .lost):
            mayBeDone = true
            move(to: .queued)
        case (.dispatched, .outcome(let number, let outcome)) where number == attempt:
            apply(outcome)
        case (.scheduled, .restored(let canLook)), (.queued, .restored(let canLook)),
            (.dispatched, .restored(let canLook)), (.waiting, .restored(let canLook)):
            attempt += Self.restoredAttempts
            mayBeDone = true
            move(to: canLook ? .queued : .unsure)
        case (.deferred, .restored):
            attempt += Self.restoredAttempts
            mayBeDone = true
        case (.unsure, .restored):
            attempt += Self.restoredAttempts
            move(to: .unsure)
        case (_, .outcome):
            throw .stale
        case (_, .decision(let decision)):
            try apply(decision)
        case (_, .due), (_, .dispatch), (_, .invalid), (_, .lost), (_, .restored):
            throw .notNow(state)
        }
    }

    private mutating func apply(_ outcome: Outcome) {
        switch outcome {
        case .succeeded:
            end(in: .succeeded)
        case .failed(let isTransient, let retryAt):
            mayBeDone = false
            failures += 1
            if isTransient, failures < Self.failureLimit {
                move(to: .waiting, wakeAt: retryAt)
            } else {
                end(in: .failed)
            }
        case .deferred(let reference, let pollAt, let now):
            let since = deferredSince ?? now
            deferredReference = reference ?? deferredReference
            deferredSince = since
            failures = 0
            if since.duration(to: now) > Self.deferralLimit {
                move(to: .unsure)
            } else {
                move(to: .deferred, wakeAt: pollAt)
            }
        case .unsure:
            mayBeDone = true
            move(to: .unsure)
        case .expired:
            move(to: .queued)
        case .interrupted(let retryAt):
            mayBeDone = true
            failures += 1
            // What ends its adapter each time must not do so again and again at once, nor for ever.
            if failures <= Self.promptReturns {
                move(to: .queued)
            } else if failures < Self.failureLimit {
                move(to: .waiting, wakeAt: retryAt)
            } else {
                move(to: .unsure)
            }
        }
    }

    private mutating func apply(_ decision: Decision) throws(Refusal) {
        switch (decision, state) {
        case (.cancel, .scheduled), (.cancel, .awaitingApproval), (.cancel, .queued), (.cancel, .waiting):
            guard !mayBeDone, deferredReference == nil else { throw .begun(state) }
            end(in: .cancelled)
        case (.cancel, .dispatched), (.cancel, .deferred), (.cancel, .unsure):
            throw .begun(state)
        case (.retry, .failed), (.retry, .waiting), (.retry, .unsure):
            failures = 0
            // Of what is unsure a person says by this that it did not happen; of what waits, only that it shall not wait: what
            // may be done is looked at all the same, and so is what the provider is working on.
            if state != .waiting {
                mayBeDone = false
                deferredReference = nil
                deferredSince = nil
            }
            move(to: .queued)
        case (.adopt, .unsure):
            end(in: .succeeded)
        case (.abandon, .unsure):
            end(in: .failed)
        case (.approve, .awaitingApproval):
            move(to: .queued)
        case (.reject, .awaitingApproval):
            end(in: .rejected)
        case (.cancel, _), (.retry, _), (.adopt, _), (.abandon, _), (.approve, _), (.reject, _):
            throw .notNow(state)
        }
    }

    private mutating func move(to next: ActionState, wakeAt time: Timestamp? = nil) {
        state = next
        wakeAt = time
    }

    private mutating func end(in end: ActionState) {
        move(to: end)
        deferredReference = nil
        deferredSince = nil
        mayBeDone = false
    }
}

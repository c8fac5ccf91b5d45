package import Models

/// The life of one action, as a pure value: an event goes in, the new state comes out.
///
/// It does no I/O and knows no clock: every event carries the time it happened. `ActionMachine+Transitions.swift` is
/// the whole table; whatever is not in it is refused and changes nothing.
package struct ActionMachine: Sendable, Equatable {
    package var state: ActionState
    /// How many attempts were handed over so far; the number of the last one.
    package var attempt: Int
    /// How many of them failed for a reason that passes, since the action was accepted or retried by a person.
    package var failures: Int
    /// Whether an attempt may have done it without anyone knowing, so that the next one has to look first.
    package var mayBeDone: Bool
    /// When time moves it on: its start, its next try, its next look, or the latest moment for an outcome.
    package var wakeAt: Timestamp?
    /// What the provider's own work on it is known by, while it is deferred.
    package var deferredReference: String?
    /// Since when the provider has been working on it.
    package var deferredSince: Timestamp?

    package init(
        state: ActionState, attempt: Int = 0, failures: Int = 0, mayBeDone: Bool = false,
        wakeAt: Timestamp? = nil,
        deferredReference: String? = nil, deferredSince: Timestamp? = nil
    ) {
        self.state = state
        self.attempt = attempt
        self.failures = failures
        self.mayBeDone = mayBeDone
        self.wakeAt = wakeAt
        self.deferredReference = deferredReference
        self.deferredSince = deferredSince
    }

    /// What can happen to an action.
    package enum Event: Sendable, Equatable {
        /// Its `wakeAt` has come.
        case due
        /// It is its turn: it is handed to an adapter, whose outcome is expected by `answerBy`.
        case dispatch(answerBy: Timestamp)
        /// It is its turn, and it cannot be handed over: what it needs is missing or wrong.
        case invalid
        /// An attempt came to this. An outcome of any attempt but the last is stale.
        case outcome(attempt: Int, Outcome)
        /// The bus forgot what was in flight (it does not outlive a restart).
        case lost
        /// It comes from a backup, and what was done since is not known here. Not of what is scheduled for later.
        ///
        /// - Parameter canLook: whether it can be handed over again, because running it twice is no harm or the provider
        ///   is looked at first.
        case restored(canLook: Bool)
        /// A person decided.
        case decision(Decision)
    }

    /// What an attempt came to, as far as the state is concerned.
    package enum Outcome: Sendable, Equatable {
        case succeeded
        /// - Parameters:
        ///   - isTransient: whether it may succeed later.
        ///   - retryAt: the moment of the next try.
        case failed(isTransient: Bool, retryAt: Timestamp)
        case deferred(reference: String?, pollAt: Timestamp, now: Timestamp)
        case unsure
        /// It was not begun, and its lease has run out.
        case expired
        /// An earlier delivery of the attempt may have begun it, and told nothing; this counts as a failure.
        ///
        /// - Parameter retryAt: the moment of the next try, where it does not come at once.
        case interrupted(retryAt: Timestamp)
    }

    /// What a person can decide.
    package enum Decision: String, Sendable, Equatable, CaseIterable {
        case cancel, retry, adopt, abandon, approve, reject
    }

    /// Why an event was refused.
    package enum Refusal: Error, Sendable, Equatable {
        /// The outcome of an attempt that is not the last one, or of an action that is not dispatched.
        case stale
        /// Not possible in this state.
        case notNow(ActionState)
        /// It may have been begun, so it cannot be cancelled.
        case begun(ActionState)
    }

    /// How often an action is tried for reasons that pass, before it fails: 12 failures, about 50 minutes.
    package static let failureLimit = 12
    /// After how many failures what was interrupted still goes on at once: 2, as one restart or lost connection is no reason to
    /// wait. From the third on it waits as after any failure, so that what ends its adapter each time leaves the others there
    /// time to end.
    package static let promptReturns = 2
    /// By how much the number of attempts is raised in a restored action, so that no outcome of an attempt after the
    /// backup is taken for one of an attempt after the restoration: 1,000.
    package static let restoredAttempts = 1_000
    /// How long a provider may work on an action by itself: 30 days.
    package static let deferralLimit: Duration = .seconds(30 * 86_400)
}

extension ActionState {
    /// Whether it is an end.
    package var isTerminal: Bool {
        switch self {
        case .succeeded, .failed, .rejected, .cancelled: true
        case .scheduled, .awaitingApproval, .queued, .dispatched, .waiting, .deferred, .unsure: false
        }
    }

    /// Whether an action in this state is work that is to be done now, or is being done.
    package var isLoad: Bool {
        switch self {
        case .queued, .dispatched, .waiting: true
        case .scheduled, .awaitingApproval, .deferred, .unsure, .succeeded, .failed, .rejected, .cancelled:
            false
        }
    }

    /// Whether an action in this state keeps the product's later changing actions waiting.
    package var holdsLine: Bool {
        switch self {
        case .queued, .dispatched, .waiting, .deferred, .unsure: true
        case .scheduled, .awaitingApproval, .succeeded, .failed, .rejected, .cancelled: false
        }
    }
}

extension ErrorKind {
    /// Whether the same call may succeed later.
    package var isTransient: Bool {
        switch self {
        case .rateLimited, .providerUnavailable, .timedOut: true
        case .invalidInput, .notFound, .alreadyExists, .unauthorized, .rejected, .unsupported, .internal:
            false
        }
    }
}

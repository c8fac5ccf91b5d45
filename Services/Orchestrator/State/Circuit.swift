package import Models

/// Whether the actions of one configuration are handed over, as a pure value: it does no I/O and knows no clock.
///
/// After `failureLimit` attempts in a row that its provider left unanswered it opens: what is queued stays queued and
/// uses up no tries. After a pause one action is let through. If the provider answers that one it closes, otherwise the
/// next pause is twice as long.
package struct Circuit: Sendable, Equatable {
    /// How many attempts in a row fail before it opens: 5.
    package static let failureLimit = 5
    /// The first pause: 30 s. It doubles with every probe that fails.
    package static let firstPause: Duration = .seconds(30)
    /// The longest pause: 10 min.
    package static let longestPause: Duration = .seconds(600)

    package enum State: Sendable, Equatable {
        /// Everything is handed over.
        case closed
        /// Nothing is handed over until then; after it, one action is.
        case open(until: Timestamp)
        /// The action of this number is under way, and decides.
        case probing(Int64)
    }

    package var state: State
    /// How many attempts failed in a row; not counted while it is not closed.
    package var failures: Int
    /// How often it has opened since it was last closed.
    package var openings: Int
    /// What failed last, in one sentence; nil where nothing did.
    package var reason: String?

    package init(
        state: State = .closed, failures: Int = 0, openings: Int = 0, reason: String? = nil
    ) {
        self.state = state
        self.failures = failures
        self.openings = openings
        self.reason = reason
    }

    /// What can happen to it.
    package enum Event: Sendable, Equatable {
        /// An action was handed over, by its number.
        case dispatched(Int64)
        /// The provider answered an attempt, whatever it said.
        case answered
        /// The provider did not answer an attempt of that action, or said that it cannot.
        case failed(Int64, reason: String, at: Timestamp)
        /// An attempt of that action ended and says nothing of the provider.
        case lost(Int64, at: Timestamp)
        /// The configuration was changed, or tested with success.
        case reset
    }

    /// Whether an action may be handed over.
    ///
    /// - Parameter byPerson: whether a person asks for a retry; that need not wait for the end of the pause.
    package func admits(byPerson: Bool, now: Timestamp) -> Bool {
        switch state {
        case .closed: true
        case .open(let until): byPerson || until <= now
        case .probing: false
        }
    }

    /// Applies an event. What is not in the table changes nothing.
    package mutating func handle(_ event: Event) {
        switch (state, event) {
        case (_, .reset), (_, .answered):
            self = Circuit()
        case (.closed, .failed(_, let reason, let time)):
            failures += 1
            self.reason = reason
            if failures >= Self.failureLimit { open(at: time) }
        case (.open, .dispatched(let number)):
            state = .probing(number)
        case (.probing(let probe), .failed(let number, let reason, let time)) where number == probe:
            self.reason = reason
            open(at: time)
        case (.probing(let probe), .lost(let number, let time)) where number == probe:
            // Nothing was learnt: the next action may try at once.
            state = .open(until: time)
        case (.open, .failed), (.probing, .failed):
            // Handed over before it opened.
            break
        case (.closed, .dispatched), (.probing, .dispatched), (_, .lost):
            break
        }
    }

    private mutating func open(at time: Timestamp) {
        openings += 1
        failures = 0
        let doubled = Self.firstPause * (1 << min(openings - 1, 20))
        state = .open(until: time.advanced(by: min(doubled, Self.longestPause)))
    }
}

extension Circuit.Event {
    /// What the outcome of an attempt says of the provider.
    ///
    /// - Parameter number: of the action.
    init(_ outcome: ActionOutcome, of number: Int64, now: Timestamp) {
        switch (outcome.outcome, outcome.error?.kind) {
        case (.succeeded, _), (.deferred, _):
            self = .answered
        case (.failed, .providerUnavailable?), (.failed, .timedOut?), (.unsure, .providerUnavailable?),
            (.unsure, .timedOut?):
            let error = outcome.error.map { "\($0.kind.rawValue): \($0.message)" }
            self = .failed(number, reason: error ?? "", at: now)
        case (.failed, .internal?), (.failed, .unsupported?), (.failed, .invalidInput?), (.failed, nil),
            (.unsure, _), (.expired, _):
            // It may not have been asked at all.
            self = .lost(number, at: now)
        case (.failed, _):
            self = .answered
        }
    }
}

import Models
import Orchestrator
import Testing

/// The whole table: every state meets every event, and whatever is not listed is refused and changes nothing.
struct ActionMachineTests {
    private static let now = Timestamp(milliseconds: 1_000_000)
    private static let later = Timestamp(milliseconds: 2_000_000)

    /// Every kind of event. The attempt of the machines below is 1.
    private static let events: [String: ActionMachine.Event] = [
        "due": .due, "dispatch": .dispatch(answerBy: later), "invalid": .invalid, "lost": .lost,
        "restored": .restored(canLook: true), "restoredBlind": .restored(canLook: false),
        "succeeded": .outcome(attempt: 1, .succeeded),
        "failed": .outcome(attempt: 1, .failed(isTransient: false, retryAt: later)),
        "failedForNow": .outcome(attempt: 1, .failed(isTransient: true, retryAt: later)),
        "deferred": .outcome(attempt: 1, .deferred(reference: "r", pollAt: later, now: now)),
        "unsure": .outcome(attempt: 1, .unsure),
        "expired": .outcome(attempt: 1, .expired),
        "interrupted": .outcome(attempt: 1, .interrupted(retryAt: later)),
        "stale": .outcome(attempt: 0, .succeeded),
        "cancel": .decision(.cancel), "retry": .decision(.retry), "adopt": .decision(.adopt),
        "abandon": .decision(.abandon), "approve": .decision(.approve), "reject": .decision(.reject),
    ]

    private static let table: [ActionState: [String: ActionState]] = [
        .scheduled: [
            "due": .queued, "cancel": .cancelled, "restored": .queued, "restoredBlind": .unsure,
        ],
        .awaitingApproval: ["approve": .queued, "reject": .rejected, "cancel": .cancelled],
        .queued: [
            "dispatch": .dispatched, "invalid": .failed, "cancel": .cancelled, "restored": .queued,
            "restoredBlind": .unsure,
        ],
        .dispatched: [
            "due": .queued, "lost": .queued, "succeeded": .succeeded, "failed": .failed,
            "failedForNow": .waiting,
            "deferred": .deferred, "unsure": .unsure, "expired": .queued, "interrupted": .queued,
            "restored": .queued, "restoredBlind": .unsure,
        ],
        .waiting: [
            "due": .queued, "cancel": .cancelled, "retry": .queued, "restored": .queued,
            "restoredBlind": .unsure,
        ],
        .deferred: ["due": .queued, "restored": .deferred, "restoredBlind": .deferred],
        .unsure: [
            "retry": .queued, "adopt": .succeeded, "abandon": .failed, "restored": .unsure,
            "restoredBlind": .unsure,
        ],
        .succeeded: [:], .failed: ["retry": .queued], .rejected: [:], .cancelled: [:],
    ]

    @Test(arguments: ActionState.allCases)
    func `Every event in a state leads where the table says`(state: ActionState) throws {
        let expected = try #require(Self.table[state])
        for (name, event) in Self.events {
            var machine = ActionMachine(state: state, attempt: 1, wakeAt: Self.now)
            let before = machine
            do {
                try machine.handle(event)
                #expect(machine.state == expected[name], "\(state) on \(name)")
            } catch {
                #expect(expected[name] == nil, "\(state) on \(name) was refused: \(error)")
                #expect(machine == before, "\(state) on \(name) was refused and changed something")
            }
        }
    }

    @Test func `Only what waits for time keeps a time`() throws {
        for (state, transitions) in Self.table {
            for name in transitions.keys {
                var machine = ActionMachine(state: state, attempt: 1, wakeAt: Self.now)
                try machine.handle(try #require(Self.events[name]))
                let waits: Set<ActionState> = [.dispatched, .waiting, .deferred]
                #expect((machine.wakeAt != nil) == waits.contains(machine.state), "\(state) on \(name)")
            }
        }
    }

    @Test func `An attempt that was lost is followed by one that looks first`() throws {
        for event in [ActionMachine.Event.lost, .due] {
            var machine = ActionMachine(state: .dispatched, attempt: 3, wakeAt: Self.now)
            try machine.handle(event)
            #expect(machine.mayBeDone)
            try machine.handle(.dispatch(answerBy: Self.later))
            #expect(machine.attempt == 4)
            #expect(machine.mayBeDone)
        }
    }

    @Test func `In a restored action no outcome of before is taken for one of now`() throws {
        for state in [ActionState.queued, .dispatched, .waiting, .deferred] {
            var machine = ActionMachine(state: state, attempt: 2, wakeAt: Self.now)
            try machine.handle(.restored(canLook: true))
            #expect(machine.mayBeDone)
            if state == .deferred { try machine.handle(.due) }
            try machine.handle(.dispatch(answerBy: Self.later))
            for number in 1...10 {
                #expect(throws: ActionMachine.Refusal.stale) {
                    try machine.handle(.outcome(attempt: number, .succeeded))
                }
            }
            #expect(machine.mayBeDone)
        }
    }

    @Test(arguments: [ActionMachine.Outcome.expired, .interrupted(retryAt: later)])
    func `What an earlier delivery may have begun is looked at`(outcome: ActionMachine.Outcome) throws {
        var machine = ActionMachine(state: .dispatched, attempt: 1, wakeAt: Self.now)
        try machine.handle(.outcome(attempt: 1, outcome))
        #expect(machine.mayBeDone == (outcome != .expired))
    }

    @Test func `What breaks off each time soon waits for its next try, and is left to a person in the end`()
        throws
    {
        var machine = ActionMachine(state: .queued)
        for number in 1...ActionMachine.failureLimit {
            try machine.handle(.dispatch(answerBy: Self.later))
            try machine.handle(.outcome(attempt: number, .interrupted(retryAt: Self.later)))
            #expect(machine.mayBeDone)
            switch number {
            case ...ActionMachine.promptReturns: #expect(machine.state == .queued)
            case ActionMachine.failureLimit: #expect(machine.state == .unsure)
            default:
                #expect(machine.state == .waiting)
                #expect(machine.wakeAt == Self.later)
                try machine.handle(.due)
            }
        }
    }

    @Test(arguments: [ActionState.waiting, .unsure])
    func `A retry says that it did not happen only where that was asked`(state: ActionState) throws {
        var machine = ActionMachine(
            state: state, attempt: 3, failures: 3, mayBeDone: true, deferredReference: "r",
            deferredSince: Self.now)
        try machine.handle(.decision(.retry))
        #expect(machine.mayBeDone == (state == .waiting))
        #expect(machine.deferredReference == (state == .waiting ? "r" : nil))
        #expect(machine.deferredSince == (state == .waiting ? Self.now : nil))
        #expect(machine.failures == 0)
    }

    @Test func `What may have been begun cannot be cancelled`() {
        for state in [ActionState.queued, .waiting] {
            var maybeDone = ActionMachine(state: state, attempt: 1, mayBeDone: true)
            #expect(throws: ActionMachine.Refusal.begun(state)) { try maybeDone.handle(.decision(.cancel)) }
            var deferred = ActionMachine(state: state, attempt: 1, deferredReference: "r")
            #expect(throws: ActionMachine.Refusal.begun(state)) { try deferred.handle(.decision(.cancel)) }
        }
    }

    @Test func `It fails when its tries are used up, and a person's retry gives it new ones`() throws {
        var machine = ActionMachine(state: .queued)
        for number in 1...ActionMachine.failureLimit {
            try machine.handle(.dispatch(answerBy: Self.later))
            try machine.handle(.outcome(attempt: number, .failed(isTransient: true, retryAt: Self.later)))
            if number < ActionMachine.failureLimit {
                #expect(machine.state == .waiting)
                try machine.handle(.due)
            }
        }
        #expect(machine.state == .failed)
        try machine.handle(.decision(.retry))
        #expect(machine.failures == 0)
        #expect(machine.attempt == ActionMachine.failureLimit)
    }

    @Test func `A provider that works on it for more than the limit leaves it unsure`() throws {
        var machine = ActionMachine(state: .queued)
        try machine.handle(.dispatch(answerBy: Self.later))
        try machine.handle(.outcome(attempt: 1, .deferred(reference: "r", pollAt: Self.later, now: Self.now)))
        try machine.handle(.due)
        try machine.handle(.dispatch(answerBy: Self.later))
        let after = Self.now.advanced(by: ActionMachine.deferralLimit + .seconds(1))
        try machine.handle(.outcome(attempt: 2, .deferred(reference: nil, pollAt: after, now: after)))
        #expect(machine.state == .unsure)
        #expect(machine.deferredReference == "r")
    }
}

struct BackoffTests {
    private let now = Timestamp(milliseconds: 0)

    @Test func `Waits double up to the longest, and jitter takes at most half of one`() {
        for (jitter, share) in [(0.5, 0.5), (1.0, 1.0)] {
            var backoff = Backoff()
            backoff.jitter = { jitter }
            let waits = (0..<12).map { failures in
                Double(backoff.nextTry(failures: failures, retryAfter: nil, now: now).milliseconds) / 1000
            }
            #expect(waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600].map { $0 * share })
        }
    }

    @Test func `What the provider asked for is never undercut, and is heeded up to a day`() {
        let backoff = Backoff()
        #expect(backoff.nextTry(failures: 0, retryAfter: .seconds(120), now: now).milliseconds == 120_000)
        #expect(
            backoff.nextTry(failures: 0, retryAfter: .seconds(9_999_999), now: now).milliseconds == 86_400_000
        )
    }
}

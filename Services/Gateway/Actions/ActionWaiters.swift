import Models
import Synchronization

/// Who waits for which action's end. Fed by the process's one subscription to `action.changed`.
///
/// A caller registers before it sends its request, so that an end which comes before the answer is not missed.
final class ActionWaiters: Sendable {
    /// Why a wait goes on no longer.
    enum Wake: Sendable {
        case ended(RawAction)
        /// The end may have been missed: ask.
        case interrupted
        /// The time is over.
        case expired
        /// The process is stopping.
        case stopping
    }

    /// One wait.
    struct Ticket: Sendable {
        let id: ActionID
        fileprivate let number: Int
    }

    private struct Waiter {
        let number: Int
        let deadline: ContinuousClock.Instant
        /// When it asks by itself, should an event have been lost.
        var nextCheck: ContinuousClock.Instant
        /// What came while no one was waiting yet.
        var wake: Wake?
        var continuation: CheckedContinuation<Wake, Never>?
    }

    private struct State {
        var waiters: [ActionID: [Waiter]] = [:]
        var count = 0
        var lastNumber = 0
        var isStopping = false
    }

    private let state = Mutex(State())

    // MARK: Waiting

    /// Begins a wait; end it with `cancel`.
    ///
    /// - Returns: nil where `Limits.waiters` are waiting already, or the process is stopping.
    func register(
        _ id: ActionID, now: ContinuousClock.Instant, until deadline: ContinuousClock.Instant
    ) -> Ticket? {
        state.withLock { state in
            guard state.count < Limits.waiters, !state.isStopping else { return nil }
            state.lastNumber += 1
            state.count += 1
            let waiter = Waiter(
                number: state.lastNumber, deadline: deadline, nextCheck: now.advanced(by: Limits.waitRecheck))
            state.waiters[id, default: []].append(waiter)
            return Ticket(id: id, number: state.lastNumber)
        }
    }

    /// Waits for the next reason to go on. At once where there is one already.
    func wait(_ ticket: Ticket) async -> Wake {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now: Wake? = state.withLock { state in
                    if Task.isCancelled || state.isStopping { return .stopping }
                    return Self.update(ticket, in: &state) { waiter -> Wake? in
                        if let wake = waiter.wake.take() { return wake }
                        waiter.continuation = continuation
                        return nil
                    } ?? .stopping
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            wake(ticket, .stopping)
        }
    }

    func cancel(_ ticket: Ticket) {
        state.withLock { state in
            guard var waiters = state.waiters[ticket.id],
                let index = waiters.firstIndex(where: { $0.number == ticket.number })
            else { return }
            waiters.remove(at: index)
            state.waiters[ticket.id] = waiters.isEmpty ? nil : waiters
            state.count -= 1
        }
    }

    // MARK: Waking

    /// Whether anyone waits for the action.
    func isAwaited(_ id: ActionID) -> Bool {
        state.withLock { $0.waiters[id] != nil }
    }

    /// An action ended.
    func end(_ action: RawAction) {
        let woken = state.withLock { state in
            Self.wake(&state, action.id, .ended(action))
        }
        for continuation in woken { continuation.resume(returning: .ended(action)) }
    }

    /// Ends may have been missed: everyone asks.
    func interrupt() { wakeAll(.interrupted) { _ in true } }

    /// Ends the waits whose time is over, and lets those ask that have waited long.
    func sweep(now: ContinuousClock.Instant) {
        wakeAll(.expired) { $0.deadline <= now }
        wakeAll(.interrupted) { waiter in
            guard waiter.nextCheck <= now else { return false }
            waiter.nextCheck = now.advanced(by: Limits.waitRecheck)
            return true
        }
    }

    /// Ends all waits, and those to come at once.
    func stop() {
        state.withLock { $0.isStopping = true }
        wakeAll(.stopping) { _ in true }
    }

    private func wakeAll(_ wake: Wake, where condition: (inout Waiter) -> Bool) {
        let woken = state.withLock { state in
            var woken: [CheckedContinuation<Wake, Never>] = []
            for id in state.waiters.keys { woken += Self.wake(&state, id, wake, where: condition) }
            return woken
        }
        for continuation in woken { continuation.resume(returning: wake) }
    }

    private func wake(_ ticket: Ticket, _ wake: Wake) {
        let woken = state.withLock { Self.wake(&$0, ticket.id, wake) { $0.number == ticket.number } }
        for continuation in woken { continuation.resume(returning: wake) }
    }

    /// Notes the reason with each of an action's waiters; what is returned is to be resumed outside of the lock.
    private static func wake(
        _ state: inout State, _ id: ActionID, _ wake: Wake,
        where condition: (inout Waiter) -> Bool = { _ in true }
    ) -> [CheckedContinuation<Wake, Never>] {
        guard var waiters = state.waiters[id] else { return [] }
        var woken: [CheckedContinuation<Wake, Never>] = []
        for index in waiters.indices where condition(&waiters[index]) {
            if let continuation = waiters[index].continuation.take() {
                woken.append(continuation)
            } else if case .ended = waiters[index].wake {
                continue
            } else {
                waiters[index].wake = wake
            }
        }
        state.waiters[id] = waiters
        return woken
    }

    private static func update<Result>(
        _ ticket: Ticket, in state: inout State, _ change: (inout Waiter) -> Result
    ) -> Result? {
        guard var waiters = state.waiters[ticket.id],
            let index = waiters.firstIndex(where: { $0.number == ticket.number })
        else { return nil }
        let result = change(&waiters[index])
        state.waiters[ticket.id] = waiters
        return result
    }
}

import Dispatch
import Synchronization

/// The requests that wait for an answer, each with its deadline.
///
/// One timer looks after all of them every 20 ms, while there are any: a timer or a task a request would cost more
/// than the request itself.
final class PendingAnswers: Sendable {
    typealias Answer = Result<BusMessage, BusError>

    private struct Pending {
        let continuation: CheckedContinuation<Answer, Never>
        let deadline: ContinuousClock.Instant
    }

    private struct State {
        var lastID: UInt64 = 0
        var pending: [UInt64: Pending] = [:]
        var timerIsRunning = false
    }

    private static let tickMilliseconds = 20

    private let state = Mutex(State())

    /// Sends with `send`, which gets the request's id, and waits for `resolve` to be called with that id.
    ///
    /// - Throws: what `resolve` was given; `timedOut` at the deadline or when the calling task is cancelled.
    func answer(
        by deadline: ContinuousClock.Instant, send: @Sendable (UInt64) -> Void
    ) async throws(BusError) -> BusMessage {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                register(id, Pending(continuation: continuation, deadline: deadline))
                // Asked after registering, so that a cancellation is either seen here or finds the request.
                if Task.isCancelled { resolve(id, with: .failure(.cancelledRequest)) } else { send(id) }
            }
        } onCancel: {
            resolve(id, with: .failure(.cancelledRequest))
        }
        return try answer.get()
    }

    /// Does nothing if the request is not waiting any more.
    func resolve(_ id: UInt64, with answer: Answer) {
        state.withLock { $0.pending.removeValue(forKey: id) }?.continuation.resume(returning: answer)
    }

    /// Ends all waiting requests.
    func failAll(_ error: BusError) {
        let all = state.withLock { state in
            defer { state.pending = [:] }
            return state.pending
        }
        for pending in all.values { pending.continuation.resume(returning: .failure(error)) }
    }

    private func register(_ id: UInt64, _ pending: Pending) {
        let startsTimer = state.withLock { state in
            state.pending[id] = pending
            defer { state.timerIsRunning = true }
            return !state.timerIsRunning
        }
        if startsTimer { scheduleTick() }
    }

    private func scheduleTick() {
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(Self.tickMilliseconds)) {
            self.tick()
        }
    }

    private func tick() {
        let now = ContinuousClock.now
        let (overdue, goesOn) = state.withLock { state in
            let overdue = state.pending.filter { $0.value.deadline <= now }
            for id in overdue.keys { state.pending.removeValue(forKey: id) }
            state.timerIsRunning = !state.pending.isEmpty
            return (overdue.values.map(\.continuation), state.timerIsRunning)
        }
        for continuation in overdue { continuation.resume(returning: .failure(.unansweredRequest)) }
        if goesOn { scheduleTick() }
    }
}

extension BusError {
    static let unansweredRequest = BusError(.timedOut, "The request was not answered within its limit.")
    static let cancelledRequest = BusError(.timedOut, "The request was given up before its answer came.")
    static let closedBus = BusError(.closed, "The bus has been shut down.")
}

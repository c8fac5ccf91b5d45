import Models
import Synchronization

/// How many submissions wait for the orchestrator's answer, of all and of each caller. Where there are too many, further
/// ones are refused at once: so nobody waits long behind another's, and what is accepted keeps its pace.
///
/// Counting them is all that is needed: by Little's law so many under way, and so many accepted a second, make the time
/// that the last one waits. The age of a request would need clocks of two machines that agree.
final class SubmissionSlots: Sendable {
    private struct State {
        var all = 0
        var byCaller: [String: Int] = [:]
    }

    private let state = Mutex(State())

    /// Takes a place for a submission, to be given back when it was answered.
    ///
    /// - Throws: 429 where the caller has too many under way, or all have.
    func take(for caller: Principal) throws(Problem) {
        let limit = caller.role == .client ? Limits.submissionsOfClient : Limits.submissionsOfToken
        let key = caller.limitKey
        let full = state.withLock { state -> Int? in
            let own = state.byCaller[key, default: 0]
            if own >= limit { return limit }
            if state.all >= Limits.submissions { return Limits.submissions }
            state.all += 1
            state.byCaller[key] = own + 1
            return nil
        }
        if let full {
            throw Problem(.tooMany, "\(full) submissions are being accepted already. Try again shortly.")
        }
    }

    func give(for caller: Principal) {
        let key = caller.limitKey
        state.withLock { state in
            guard let own = state.byCaller[key] else { return }
            state.all -= 1
            state.byCaller[key] = own > 1 ? own - 1 : nil
        }
    }
}

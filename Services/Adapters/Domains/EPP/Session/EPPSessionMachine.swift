/// Where a session stands: what may be sent now, and whether what comes is the answer to it. Knows no connection.
///
/// A registry answers one command after the other. An answer that belongs to another command, or that nobody waits for,
/// means that both sides have lost step; the session is of no use then.
///
/// - SeeAlso: RFC 5730, section 2; RFC 5734, section 2.
struct EPPSessionMachine: Sendable, Equatable {
    enum State: Sendable, Equatable {
        /// The greeting has not come yet.
        case connected
        /// Not signed in.
        case greeted
        case asked(Question)
        case ready
        case over
    }

    enum Question: Sendable, Equatable {
        case login(transactionID: String)
        case command(transactionID: String)
        case hello
        case logout(transactionID: String)
    }

    enum Verdict: Sendable, Equatable {
        case accepted
        /// Why it cannot be the answer.
        case violation(String)
    }

    private(set) var state = State.connected

    /// Whether a command may be sent.
    var isReady: Bool { state == .ready }

    /// Notes that something is about to be sent.
    ///
    /// - Returns: false where it may not be sent now.
    mutating func ask(_ question: Question) -> Bool {
        switch (state, question) {
        case (.greeted, .login), (.ready, .command), (.ready, .hello), (.ready, .logout):
            state = .asked(question)
            return true
        default: return false
        }
    }

    /// Takes what came.
    mutating func take(_ frame: EPPFrame) -> Verdict {
        switch (state, frame) {
        case (.connected, .greeting):
            state = .greeted
            return .accepted
        case (.asked(.hello), .greeting):
            state = .ready
            return .accepted
        case (.asked(.login(let id)), .response(let response)):
            return take(response, for: id, next: response.result.code < 2_000 ? .ready : .over)
        case (.asked(.command(let id)), .response(let response)):
            return take(response, for: id, next: response.endsSession ? .over : .ready)
        case (.asked(.logout(let id)), .response(let response)): return take(response, for: id, next: .over)
        case (.asked, _), (.connected, _):
            return violation("is not what was asked for")
        case (.greeted, _), (.ready, _), (.over, _): return violation("came unasked")
        }
    }

    /// An answer has to repeat the id of its command. One without an id is let through: some registries leave it out.
    private mutating func take(_ response: EPPResponse, for id: String, next: State) -> Verdict {
        guard response.clientTransactionID == nil || response.clientTransactionID == id else {
            return violation("belongs to another command")
        }
        state = next
        return .accepted
    }

    private mutating func violation(_ problem: String) -> Verdict {
        state = .over
        return .violation(problem)
    }

    /// The connection was lost, or something came that is no EPP.
    mutating func lose() { state = .over }
}

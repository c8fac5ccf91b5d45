import Foundation
import Models

/// An action as the orchestrator wrote it, of which only what steers an answer has been read.
struct RawAction: Sendable {
    let json: RawJSON
    let id: ActionID
    let state: ActionState

    /// Nil where the text is no action.
    init?(_ json: RawJSON) {
        let members = json.members(["id", "state"])
        guard let id = members[0]?.string,
            let state = members[1]?.string.flatMap({ ActionState(rawValue: $0) })
        else { return nil }
        self.json = json
        self.id = ActionID(rawValue: id)
        self.state = state
    }

    /// Whether it has ended.
    var hasEnded: Bool { state.isEnd }
}

extension ActionState {
    /// Whether an action in it has ended.
    var isEnd: Bool {
        switch self {
        case .succeeded, .failed, .rejected, .cancelled: true
        case .scheduled, .awaitingApproval, .queued, .dispatched, .waiting, .deferred, .unsure: false
        }
    }
}

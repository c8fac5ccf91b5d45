import AdapterKit
import Models
import Synchronization
import TestSupport

/// Says what a test wants of whether an attempt may be begun, and that it may where the test says nothing.
final class ScriptedPermits: AttemptPermits {
    let asked = Recorder<ActionID>()
    private let answers = Mutex<[AttemptPermission?]>([])

    /// What is answered to the next that ask; nil is a failure.
    func answer(_ permissions: AttemptPermission?...) {
        answers.withLock { $0 = permissions }
    }

    func ask(for action: ExecuteAction) async throws(RequestFailure) -> AttemptPermission {
        asked.record(action.actionID)
        let answer = answers.withLock { $0.isEmpty ? .begin : $0.removeFirst() }
        guard let answer else { throw RequestFailure(.unavailable, "No answer came in time.") }
        return answer
    }
}

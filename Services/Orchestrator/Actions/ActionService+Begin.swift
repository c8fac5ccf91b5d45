import Logging
package import Models
import ServiceRuntime

extension ActionService {
    /// Whether an adapter's instance may begin an attempt. Asked before what must not be done twice, and before whatever may
    /// have been done: of several processes one at a time is at an action.
    ///
    /// - Parameter category: that of the adapter that asks; nil where that is not known.
    /// - Returns: `begin` for the first that asks. Where an instance has begun the action before and told nothing: `look` for
    ///   the same one, which was restarted, and for another one once the first has surely ended its call, after the
    ///   function's limit and `ActionDispatcher.answerGrace`; until then `wait`. `over` where the attempt is not the one that
    ///   is dispatched.
    /// - Throws: `RequestFailure` (`forbidden`) where the action is of another category.
    package func begin(_ request: BeginAttempt, from category: String? = nil) async throws -> AttemptPermit {
        let now = now()
        let permission: AttemptPermission = try await store.write { transaction in
            guard let action = try transaction.action(request.actionID), action.machine.state == .dispatched,
                action.machine.attempt == request.attempt,
                let function = catalogue.function(action.function, of: action.category)
            else { return .over }
            try checkSender(category, of: action)
            let before = try transaction.lastBeginning(of: action)
            if let before, before.instance != request.instance, before.until > now { return .wait }
            try transaction.begin(
                attempt: request.attempt, of: action, by: request.instance,
                until: now.advanced(by: .seconds(function.timeoutSeconds) + ActionDispatcher.answerGrace))
            return before == nil ? .begin : .look
        }
        return AttemptPermit(permission: permission)
    }

    /// - Throws: `RequestFailure` (`forbidden`) where an adapter of another category tells or asks about an action.
    func checkSender(_ category: String?, of action: ActionRecord) throws(RequestFailure) {
        guard let category, category != action.category else { return }
        logger.warning(
            "Refused what an adapter of another category said of an action",
            metadata: [
                LogKey.security: "message.refused", LogKey.actionID: "\(action.id)",
                LogKey.category: "\(category)",
            ])
        throw RequestFailure(
            .forbidden, "an adapter of \(category) has no part in an action of \(action.category)")
    }
}

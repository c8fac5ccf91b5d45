import Logging
package import Models
import ServiceRuntime

extension ActionService {
    /// Carries out what a person decided on an action.
    ///
    /// - Throws: `RequestFailure`: `notFound`, or `conflict` with the reason why it is not possible now.
    package func decide(_ request: DecideAction) async throws -> Action {
        guard let decision = ActionMachine.Decision(rawValue: request.decision) else {
            throw RequestFailure(.invalid, "There is no such decision.")
        }
        let now = now()
        let (view, news): (Action, ActionNews) = try await store.write { transaction in
            var action = try transaction.action(request.id, of: request.clientID)
            var changes = ActionChanges()
            do {
                try action.machine.handle(.decision(decision))
            } catch let refusal as ActionMachine.Refusal {
                throw RequestFailure(.conflict, Self.sentence(refusal, decision))
            }
            try prepare(
                &action, decision: decision, request: request, in: transaction, changes: &changes, now: now)
            try settle(
                &action, in: transaction, changes: &changes, byPerson: decision == .retry, now: now)
            let news = try self.news(of: changes, in: transaction, now: now)
            let current = try transaction.action(request.id, of: nil)
            return (try views.view(current, in: transaction, withResult: true, now: now), news)
        }
        var metadata = LogKey.metadata(of: view)
        metadata[LogKey.decision] = "\(decision.rawValue)"
        metadata[LogKey.requestedBy] = "\(request.decidedBy)"
        metadata[LogKey.state] = "\(view.state.rawValue)"
        logger.notice("Decided on action", metadata: metadata)
        logDispatches(in: news)
        tell(news)
        return view
    }

    private func prepare(
        _ action: inout ActionRecord, decision: ActionMachine.Decision, request: DecideAction,
        in transaction: Transaction, changes: inout ActionChanges, now: Timestamp
    ) throws {
        switch decision {
        case .adopt:
            action.error = nil
            try adopt(&action, result: request.result ?? [:], in: transaction, changes: &changes, now: now)
        case .abandon:
            action.error = ActionError(
                kind: .rejected, message: "It was abandoned; it may or may not have happened.",
                details: ["abandoned_by": .string(request.decidedBy)])
        case .retry:
            action.finishedAt = nil
            // Who decides so has looked.
            if var product = try transaction.product(action.productID), product.isDoubtful {
                product.isDoubtful = false
                try transaction.update(product)
            }
        case .cancel, .approve, .reject:
            break
        }
    }

    /// Takes an action for done, with a result that a person found out.
    private func adopt(
        _ action: inout ActionRecord, result: [String: JSONValue], in transaction: Transaction,
        changes: inout ActionChanges, now: Timestamp
    ) throws {
        guard let function = catalogue.function(action.function, of: action.category) else {
            throw StoreError.damaged("actions.function")
        }
        let given = function.result.filter { result[$0.name] != nil }
        let opened = try secrets.open(
            sent: result, fields: function.result, context: "\(action.id)/result")
        let problems = given.problems(in: opened, at: "/result")
        guard problems.isEmpty else {
            throw RequestFailure(.invalid, "The result is not as it should be.", problems: problems)
        }
        let sealed = try secrets.category(action.category).seal(
            secretsOf: opened, fields: function.result, context: "\(action.id)/result")
        try succeed(&action, result: sealed, in: transaction, changes: &changes, now: now)
    }

    private static func sentence(_ refusal: ActionMachine.Refusal, _ decision: ActionMachine.Decision)
        -> String
    {
        switch refusal {
        case .begun(let state):
            "The action is \(state.rawValue) and may have been begun at the provider, so it cannot be cancelled."
        case .notNow(let state):
            "The action is \(state.rawValue), so there is nothing to \(decision.rawValue)."
        case .stale:
            "The action has moved on."
        }
    }
}

package import Models
import ServiceRuntime

/// Actions as the world sees them: parameters without secrets, secrets of the result sealed for the gateway, and one
/// sentence on why they have not ended.
package struct ActionViews: Sendable {
    package let catalogue: Catalogue
    package let secrets: SecretKeeper

    package init(catalogue: Catalogue, secrets: SecretKeeper) {
        self.catalogue = catalogue
        self.secrets = secrets
    }

    /// - Parameter withResult: whether the result's secrets are wanted, sealed for the gateway; else they are masked.
    package func view(
        _ action: ActionRecord, in transaction: Transaction, withResult: Bool, now: Timestamp
    ) throws -> Action {
        let function = catalogue.function(action.function, of: action.category)
        let parameters = function?.parameters.masked(action.parameters) ?? [:]
        let isExpired = action.isResultExpired || action.resultExpiresAt.map { $0 <= now } ?? false
        let result: [String: JSONValue]? = try (isExpired ? nil : action.result).map { result in
            guard let function, withResult else { return result.mapValues(\.maskingSealed) }
            let context = "\(action.id)/result"
            return try secrets.move(
                result, fields: function.result, from: .init(secrets.storage, context),
                to: .init(secrets.gateway, context))
        }
        let why = try waitingReason(of: action, in: transaction, now: now)
        return Action(
            id: action.id, contractProductID: action.productID, clientID: action.clientID,
            category: action.category,
            provider: action.provider, configurationID: action.configurationID, function: action.function,
            state: action.machine.state, waitingBecause: why,
            waitingUntil: why == nil ? nil : try waitingUntil(action, in: transaction),
            parameters: parameters, result: result, resultExpired: isExpired ? true : nil,
            error: action.error,
            attempts: action.machine.attempt == 0 ? [] : try transaction.attempts(of: action),
            check: action.check, differences: action.differences,
            requestedBy: action.requestedBy, runAt: action.runAt, createdAt: action.createdAt,
            finishedAt: action.finishedAt)
    }

    /// Why the action has not ended, in one sentence; nil where it has.
    func waitingReason(of action: ActionRecord, in transaction: Transaction, now: Timestamp) throws -> String?
    {
        let machine = action.machine
        let until = machine.wakeAt.map(\.description) ?? "an unknown time"
        let adapter = "the \(action.category) adapter"
        switch machine.state {
        case .succeeded, .failed, .rejected, .cancelled:
            return nil
        case .scheduled:
            return "It is scheduled for \(until)."
        case .awaitingApproval:
            return "A person has to approve it."
        case .queued:
            return try queuedReason(of: action, in: transaction, now: now)
        case .dispatched where !catalogue.isServed(action.category, now: now):
            return "It was handed over, but no \(action.category) adapter is online."
        case .dispatched:
            return "It was handed to \(adapter), whose answer is expected by \(until)."
        case .waiting where machine.mayBeDone:
            return
                "Try \(machine.failures) of \(ActionMachine.failureLimit) broke off, as its adapter stopped or lost the bus, so it may have happened; it is looked at, and tried again, at \(until)."
        case .waiting:
            let reason = action.error.map { " (\($0.kind.rawValue): \($0.message))" } ?? ""
            return
                "Try \(machine.failures) of \(ActionMachine.failureLimit) failed\(reason); the next one is at \(until)."
                + (try circuitNote(of: action, in: transaction))
        case .deferred:
            return "The provider is working on it; it is looked at again at \(until)."
        case .unsure:
            return
                "Nobody knows whether it happened at the provider. A person has to adopt, retry or abandon it."
        }
    }
}

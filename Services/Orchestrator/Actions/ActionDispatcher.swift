import Bus
import Foundation
package import Models
import ServiceRuntime

/// Hands the first action in a product's line to an adapter, inside the transaction that made it the first.
package struct ActionDispatcher: Sendable {
    /// How long an adapter may take to begin an attempt: 10 min. Later it answers `expired`.
    package static let lease: Duration = .seconds(600)
    /// How much later than lease and call together an outcome is still expected before the attempt counts as lost.
    package static let answerGrace: Duration = .seconds(60)

    package let catalogue: Catalogue
    package let secrets: SecretKeeper
    let statuses: DeferralStatus

    package init(catalogue: Catalogue, secrets: SecretKeeper) {
        self.catalogue = catalogue
        self.secrets = secrets
        statuses = DeferralStatus(catalogue: catalogue)
    }

    /// Offers the first in line, where it is queued. One that cannot be dispatched fails, and the next is first.
    ///
    /// - Parameter pressed: the action for which a person asks for a retry.
    package func advance(
        _ product: ContractProductID, in transaction: Transaction, changes: inout ActionChanges,
        pressed: ActionID? = nil, now: Timestamp
    ) throws {
        while let action = try transaction.firstInLine(of: product), action.machine.state == .queued,
            action.turn == nil
        {
            var action = action
            try offer(
                &action, in: transaction, changes: &changes, byPerson: action.id == pressed, now: now)
            try transaction.update(action)
            if !action.machine.state.isTerminal { return }
        }
    }

    /// Hands a queued action over: it becomes dispatched, or failed where what it needs is missing or wrong. The caller
    /// stores the action; it must have its number.
    package func dispatch(
        _ action: inout ActionRecord, in transaction: Transaction, changes: inout ActionChanges,
        now: Timestamp
    ) throws {
        do {
            try handOver(&action, in: transaction, changes: &changes, now: now)
        } catch let failure as RequestFailure {
            try action.machine.handle(.invalid)
            action.error = ActionError(failure)
            action.finishedAt = now
            action.line = nil
            try statuses.leaveDeferral(of: &action, in: transaction, changes: &changes, now: now)
            changes.actions.append(action)
        }
    }

    /// Hands a queued action over.
    ///
    /// - Throws: `RequestFailure` where what it needs is missing or wrong; then nothing was done.
    package func handOver(
        _ action: inout ActionRecord, in transaction: Transaction, changes: inout ActionChanges,
        now: Timestamp
    ) throws {
        let message = try compose(&action, in: transaction, now: now)
        try note(.dispatched(action.number), of: action.configurationID, in: transaction, changes: &changes)
        try transaction.insertAttempt(
            action.machine.attempt, of: action, possibleDuplicate: message.possibleDuplicate, at: now)
        let envelope = Envelope(
            id: "\(action.id)-\(action.machine.attempt)", source: Orchestrator.source, time: now,
            subject: action.id.rawValue, traceparent: action.traceparent, data: message)
        try transaction.enqueue(BusMessage(envelope), to: Queue.actions(category: action.category).route)
        changes.hasOutgoing = true
        changes.actions.append(action)
    }

    /// What an action is handed over with.
    private struct Parts {
        let function: FunctionDefinition
        let product: ProductRecord
        let configuration: ConfigurationRecord
        let provider: ProviderDescriptor
        let parameters: [String: JSONValue]
    }

    /// Looks whether an action could be handed over now, as far as it and its product are concerned.
    ///
    /// - Throws: `RequestFailure` where what it needs is missing or wrong.
    func check(_ action: ActionRecord, in transaction: Transaction) throws {
        _ = try parts(of: action, in: transaction)
    }

    private func parts(of action: ActionRecord, in transaction: Transaction) throws -> Parts {
        guard let function = catalogue.function(action.function, of: action.category),
            let product = try transaction.product(action.productID),
            let client = try transaction.client(product.clientID),
            let configuration = try transaction.configuration(product.configurationID)
        else {
            throw RequestFailure(
                .conflict, "The product, its client or its configuration is no longer there.")
        }
        if let refusal = ProductGuard.refusal(of: function, on: product.status) { throw refusal }
        guard let provider = catalogue.provider(configuration.provider, of: action.category),
            provider.supports(function.name)
        else { throw RequestFailure(.conflict, "The product's provider does not support \(function.name).") }
        let effective = try effectiveParameters(
            of: action, function: function, sources: ParameterSources(product: product, client: client))
        let problems = function.parameters.problems(in: effective, at: "/parameters")
        guard problems.isEmpty else {
            throw RequestFailure(.invalid, "What the action needs is missing or wrong.", problems: problems)
        }
        return Parts(
            function: function, product: product, configuration: configuration, provider: provider,
            parameters: effective)
    }

    private func compose(
        _ action: inout ActionRecord, in transaction: Transaction, now: Timestamp
    ) throws -> ExecuteAction {
        let parts = try parts(of: action, in: transaction)
        let (function, configuration, effective) = (parts.function, parts.configuration, parts.parameters)
        action.provider = configuration.provider
        action.configurationID = configuration.id
        action.parameters = try secrets.storage.seal(
            secretsOf: effective, fields: function.parameters, context: "\(action.id)/parameters")
        let timeout = Duration.seconds(function.timeoutSeconds)
        let beginBefore = now.advanced(by: Self.lease)
        // What was done after the backup that a product comes from, nobody here knows.
        let mayBeDone = action.machine.mayBeDone || (parts.product.isDoubtful && function.isChanging)
        try action.machine.handle(.dispatch(answerBy: beginBefore.advanced(by: timeout + Self.answerGrace)))
        let category = secrets.category(action.category)
        return ExecuteAction(
            actionID: action.id, attempt: action.machine.attempt, contractProductID: action.productID,
            clientID: action.clientID, category: action.category, provider: action.provider,
            function: action.function,
            configuration: AttemptConfiguration(
                id: configuration.id, version: configuration.version,
                settings: try secrets.move(
                    configuration.settings, fields: parts.provider.configuration,
                    from: .init(secrets.storage, "\(configuration.id)/settings"),
                    to: .init(category, "\(configuration.id)/settings"))),
            parameters: try category.seal(
                secretsOf: effective, fields: function.parameters, context: "\(action.id)/parameters"),
            possibleDuplicate: mayBeDone, deferredReference: action.machine.deferredReference,
            beginBefore: beginBefore, timeoutSeconds: function.timeoutSeconds)
    }

    /// The action's parameters, opened and filled from the product and its client.
    package func effectiveParameters(
        of action: ActionRecord, function: FunctionDefinition, sources: ParameterSources
    ) throws -> [String: JSONValue] {
        let given = try secrets.storage.open(
            secretsOf: action.given, fields: function.parameters, context: "\(action.id)/parameters")
        return try sources.fill(given, for: function) { name, value in
            try secrets.storage.open(allIn: value, context: "\(sources.product.id)/fields/\(name)")
        }
    }
}

/// What a product's status allows.
package enum ProductGuard {
    /// Why the function cannot be run on a product in this status, or nil.
    ///
    /// A set-up function (`verifyFirst` and leading to `active`) is refused on what is set up already: nothing is done
    /// twice at a provider because a button was pressed twice.
    package static func refusal(of function: FunctionDefinition, on status: ProductStatus) -> RequestFailure?
    {
        let isSetUp = function.effect == .verifyFirst && function.statusAfter == ProductStatus.active.rawValue
        switch status {
        case .active where isSetUp, .suspended where isSetUp:
            return RequestFailure(
                .conflict,
                "The product is \(status.rawValue) already, so \(function.name) cannot be run on it.")
        case .terminated where function.isChanging && !isSetUp:
            return RequestFailure(
                .conflict, "The product is terminated, so \(function.name) cannot be run on it.")
        case .pending, .active, .suspended, .terminated, .transferring, .expired:
            return nil
        }
    }
}

extension ActionError {
    /// The failure of an action that could not be handed over.
    init(_ failure: RequestFailure) {
        let kind: ErrorKind = failure.kind == .invalid ? .invalidInput : .rejected
        let problems = failure.problems.map {
            JSONValue.object(["pointer": .string($0.pointer), "detail": .string($0.detail)])
        }
        self.init(
            kind: kind, message: failure.message,
            details: problems.isEmpty ? nil : ["errors": .array(problems)])
    }
}

package import Bus
import Foundation
import Logging
package import Models
import ServiceRuntime

extension ActionService {
    /// How long to wait before an outcome that could not be stored is delivered again.
    private static let storeRetryDelay: Duration = .seconds(1)

    /// Applies what an attempt came to. The attempt's number is the guard: a repeat changes nothing.
    ///
    /// - Parameter category: that of the adapter that tells it; nil where that is not known. An outcome of another
    ///   category's action is rejected.
    package func apply(
        _ outcome: ActionOutcome, traceparent: String?, from category: String? = nil
    ) async -> Settlement {
        let now = now()
        CrashPoint.beforeCommit.reach([outcome.actionID.rawValue])
        do {
            let news: ActionNews = try await store.write { transaction in
                guard var action = try transaction.action(outcome.actionID) else {
                    throw RequestFailure(
                        .notFound, "there is no action \(outcome.actionID.rawValue.prefix(40))")
                }
                try checkSender(category, of: action)
                var changes = ActionChanges()
                try apply(outcome, to: &action, in: transaction, changes: &changes, now: now)
                return try self.news(of: changes, in: transaction, now: now)
            }
            CrashPoint.afterCommit.reach([outcome.actionID.rawValue])
            logCommit(of: outcome, news: news)
            tell(news)
            return .done
        } catch let refusal as ActionMachine.Refusal {
            logger.debug(
                "Ignored a stale outcome",
                metadata: [
                    LogKey.actionID: "\(outcome.actionID)", LogKey.attempt: "\(outcome.attempt)",
                    LogKey.error: "\(refusal)",
                ])
            return .done
        } catch let failure as RequestFailure {
            return .reject(failure.message)
        } catch {
            logger.error(
                "Could not store an outcome",
                metadata: [LogKey.actionID: "\(outcome.actionID)", LogKey.error: "\(error)"])
            return .retry(after: Self.storeRetryDelay)
        }
    }

    private func apply(
        _ outcome: ActionOutcome, to action: inout ActionRecord, in transaction: Transaction,
        changes: inout ActionChanges, now: Timestamp
    ) throws {
        try action.machine.handle(
            .outcome(attempt: outcome.attempt, machineOutcome(outcome, of: action, now: now)))
        try transaction.endAttempt(
            outcome.attempt, of: action, outcome: outcome.outcome, error: outcome.error,
            begunAt: outcome.begunAt,
            at: now)
        try dispatcher.note(
            Circuit.Event(outcome, of: action.number, now: now), of: action.configurationID, in: transaction,
            changes: &changes)
        if let error = outcome.error { action.error = error }
        if action.check != nil, action.machine.state == .failed, outcome.error?.kind == .notFound {
            try noteAbsence(&action, in: transaction, changes: &changes, now: now)
        }
        if action.machine.state == .deferred {
            try dispatcher.statuses.enterDeferral(of: &action, in: transaction, changes: &changes, now: now)
        }
        if outcome.outcome == .succeeded {
            action.error = nil
            try succeed(&action, result: outcome.result ?? [:], in: transaction, changes: &changes, now: now)
        }
        try settle(&action, in: transaction, changes: &changes, now: now)
    }

    private func machineOutcome(
        _ outcome: ActionOutcome, of action: ActionRecord, now: Timestamp
    ) -> ActionMachine.Outcome {
        let retryAt = backoff.nextTry(
            failures: action.machine.failures, retryAfter: outcome.retryAfterSeconds.map { .seconds($0) },
            now: now)
        switch outcome.outcome {
        case .succeeded: return .succeeded
        case .expired where outcome.mayHaveBegun ?? false: return .interrupted(retryAt: retryAt)
        case .expired: return .expired
        case .unsure: return .unsure
        case .deferred:
            let pollAt = now.advanced(by: .seconds(min(max(outcome.pollAfterSeconds ?? 60, 1), 86_400)))
            return .deferred(reference: outcome.deferredReference, pollAt: pollAt, now: now)
        case .failed:
            return .failed(isTransient: outcome.error?.kind.isTransient ?? false, retryAt: retryAt)
        }
    }

    /// Stores an action in its new state; where it has left the line, the next one is offered to its configuration, and
    /// where it has made room there, those that wait for it are handed over.
    ///
    /// - Parameter byPerson: whether a person asks for a retry.
    func settle(
        _ action: inout ActionRecord, in transaction: Transaction, changes: inout ActionChanges,
        byPerson: Bool = false, now: Timestamp
    ) throws {
        let state = action.machine.state
        if state.isTerminal {
            action.finishedAt = now
            action.line = nil
            try dispatcher.statuses.leaveDeferral(of: &action, in: transaction, changes: &changes, now: now)
        } else {
            action.finishedAt = nil
            if state.holdsLine, action.isChanging, action.line == nil {
                action.line = try transaction.nextLine(of: action.productID)
            }
        }
        let (before, configuration) = (changes.actions.count, action.configurationID)
        if state == .queued, !action.isChanging {
            try dispatcher.offer(
                &action, in: transaction, changes: &changes, byPerson: byPerson, now: now)
        } else if state != .queued {
            changes.actions.append(action)
        }
        try transaction.update(action)
        if action.isChanging {
            try dispatcher.advance(
                action.productID, in: transaction, changes: &changes, pressed: byPerson ? action.id : nil,
                now: now)
        }
        // That which it was under way with; it may wait with another one now.
        try dispatcher.fill(configuration, in: transaction, changes: &changes, now: now)
        if state == .queued, changes.actions[before...].allSatisfy({ $0.id != action.id }) {
            changes.actions.append(action)
        }
    }

    /// Writes a result back: to the action, to the product's provision fields, and to its status. Parameters that the
    /// function keeps are written too, where the result does not say otherwise.
    ///
    /// - Parameter result: its secrets are sealed for the category.
    func succeed(
        _ action: inout ActionRecord, result: [String: JSONValue], in transaction: Transaction,
        changes: inout ActionChanges, now: Timestamp
    ) throws {
        guard let function = catalogue.function(action.function, of: action.category),
            var product = try transaction.product(action.productID)
        else { throw StoreError.damaged("actions.function or actions.product_id") }
        let context = "\(action.id)/result"
        let category = SecretKeeper.Place(secrets.category(action.category), context)
        action.result = try secrets.move(
            result, fields: function.result, from: category, to: .init(secrets.storage, context))
        action.resultExpiresAt = function.resultKeptSeconds.map { now.advanced(by: .seconds($0)) }
        action.isResultExpired = false
        guard action.check == nil else {
            return try compare(
                &action, function: function, product: &product, in: transaction, changes: &changes, now: now)
        }
        // What was done on it, or was found done, shows that it is there.
        if action.isChanging, product.isDoubtful {
            product.isDoubtful = false
            try transaction.update(product)
        }
        var fields = try keptParameters(of: action, function: function, product: product.id)
        if function.writesBack {
            let place = SecretKeeper.Place(secrets.storage, "\(product.id)/fields")
            let written = try secrets.move(result, fields: function.result, from: category, to: place)
            fields.merge(written) { kept, written in written == .null ? kept : written }
        }
        let status =
            function.statusAfter.flatMap(ProductStatus.init(rawValue:)) ?? action.statusBefore
            ?? product.status
        action.statusBefore = nil
        let didChange = try ProductChanges(actionID: action.id, changedBy: nil, now: now)
            .apply(fields: fields, status: status, to: &product, in: transaction)
        if didChange { changes.products.append(product) }
    }

    /// The parameters that become provision fields, sealed as these are.
    private func keptParameters(
        of action: ActionRecord, function: FunctionDefinition, product: ContractProductID
    ) throws -> [String: JSONValue] {
        let kept = action.parameters.filter { function.keeps.contains($0.key) && $0.value != .null }
        return try secrets.move(
            kept, fields: function.parameters, from: .init(secrets.storage, "\(action.id)/parameters"),
            to: .init(secrets.storage, "\(product)/fields"))
    }

    private func logCommit(of outcome: ActionOutcome, news: ActionNews) {
        for event in news.actions where event.action.id == outcome.actionID {
            statistics.record(outcome, of: event.action, now: now())
            var metadata = LogKey.metadata(of: event.action)
            metadata[LogKey.attempt] = "\(outcome.attempt)"
            metadata[LogKey.state] = "\(event.action.state.rawValue)"
            if let error = event.action.error {
                metadata[LogKey.errorKind] = "\(error.kind.rawValue)"
                metadata[LogKey.error] = "\(error.message)"
            }
            if let differences = event.action.differences, !differences.isEmpty {
                metadata[LogKey.fields] = "\(differences.map(\.field).joined(separator: ","))"
                logger.warning("Found a product that differs from its provider", metadata: metadata)
                continue
            }
            switch event.action.state {
            case .unsure, .failed: logger.error("Committed outcome", metadata: metadata)
            case .waiting: logger.warning("Committed outcome", metadata: metadata)
            default: logger.info("Committed outcome", metadata: metadata)
            }
        }
        logDispatches(in: news)
    }
}

import Foundation
package import Logging
package import Models
import ServiceRuntime

/// Owns every action until it has ended: accepts it, hands it over, applies what it came to, and tells.
///
/// Every method that changes something does so in one transaction, then tells the outbox relay, the alarm and the
/// subscribers of events. This file accepts; `ActionService+Outcome`, `+Decision` and `+Alarm` hold the rest.
package struct ActionService: Sendable {
    /// How far ahead an action can be scheduled: a year.
    package static let farthestRunAt: Duration = .seconds(366 * 86_400)

    let store: Store
    let catalogue: Catalogue
    let secrets: SecretKeeper
    let dispatcher: ActionDispatcher
    let views: ActionViews
    let admission: Admission
    let fingerprints: Fingerprints
    let webhooks: WebhookWriter
    let statistics: AttemptStatistics
    let backoff: Backoff
    let clock: SteadyClock
    let events: EventPublisher
    let outboxWritten: Nudge
    let alarmSet: Nudge
    let deliveriesWritten: Nudge
    let logger: Logger

    package init(
        store: Store, catalogue: Catalogue, secrets: SecretKeeper, fingerprints: Fingerprints,
        backoff: Backoff, admission: Admission, clock: SteadyClock, events: EventPublisher,
        outboxWritten: Nudge,
        alarmSet: Nudge, deliveriesWritten: Nudge, logger: Logger
    ) {
        self.store = store
        self.catalogue = catalogue
        self.secrets = secrets
        self.backoff = backoff
        self.admission = admission
        self.fingerprints = fingerprints
        self.clock = clock
        self.events = events
        self.outboxWritten = outboxWritten
        self.alarmSet = alarmSet
        self.deliveriesWritten = deliveriesWritten
        self.logger = logger
        dispatcher = ActionDispatcher(catalogue: catalogue, secrets: secrets)
        views = ActionViews(catalogue: catalogue, secrets: secrets)
        webhooks = WebhookWriter(views: views)
        statistics = AttemptStatistics(now: clock.now)
    }

    /// The time that all of the orchestrator goes by.
    func now() -> Timestamp { clock.now }

    // MARK: Accepting

    /// Accepts an action, or finds the one that was accepted under the same idempotency key. It is durable when this
    /// returns.
    ///
    /// - Throws: `RequestFailure`: `notFound`, `forbidden`, `conflict`, `invalid` with the fields, `keyReused`, and
    ///   `tooMany` where too many wait already.
    package func submit(_ request: SubmitAction, traceparent: String?) async throws -> SubmittedAction {
        let now = now()
        guard request.id.isWellFormed else {
            throw RequestFailure(.invalid, "The action's id is not well formed.")
        }
        let (submitted, news): (SubmittedAction, ActionNews) = try await store.write { transaction in
            if let replayed = try replay(of: request, in: transaction, now: now) {
                return (SubmittedAction(action: replayed, replayed: true), ActionNews())
            }
            var changes = ActionChanges()
            let action = try accept(
                request, traceparent: traceparent, in: transaction, changes: &changes, now: now)
            if let key = request.idempotencyKey {
                try transaction.insertIdempotencyKey(
                    key, owner: request.requestedBy,
                    fingerprint: try fingerprints.kept(
                        request.fingerprint, context: Self.fingerprintContext(request.id)),
                    action: action.id, at: now)
            }
            let news = try self.news(of: changes, in: transaction, now: now)
            guard let view = news.actions.last(where: { $0.action.id == action.id })?.action else {
                throw StoreError.damaged("the accepted action is not among the changes")
            }
            return (SubmittedAction(action: view, replayed: false), news)
        }
        // Logged before it is told: so it stands before what follows from it.
        logAccepted(in: news)
        logDispatches(in: news)
        tell(news)
        return submitted
    }

    private func replay(of request: SubmitAction, in transaction: Transaction, now: Timestamp) throws
        -> Action?
    {
        // The bus may deliver a request twice.
        if let action = try transaction.action(request.id), action.productID == request.contractProductID {
            return try views.view(action, in: transaction, withResult: true, now: now)
        }
        guard let key = request.idempotencyKey,
            let before = try transaction.idempotencyKey(key, owner: request.requestedBy)
        else { return nil }
        let isSame = try fingerprints.matches(
            before.fingerprint, request.fingerprint, context: Self.fingerprintContext(request.id))
        guard isSame else {
            throw RequestFailure(
                .keyReused,
                "This Idempotency-Key was used for another request. Use a new key for a new request.")
        }
        guard let action = try transaction.action(before.action) else {
            throw StoreError.damaged("idempotency_keys.action_id")
        }
        return try views.view(action, in: transaction, withResult: true, now: now)
    }

    private static func fingerprintContext(_ id: ActionID) -> String { "\(id)/fingerprint" }

    private func accept(
        _ request: SubmitAction, traceparent: String?, in transaction: Transaction,
        changes: inout ActionChanges, now: Timestamp
    ) throws -> ActionRecord {
        let product = try transaction.product(request.contractProductID, of: request.clientID)
        let function = try permittedFunction(request, product: product, in: transaction)
        let asked = try permittedParameters(request, of: function, product: product, in: transaction)
        let given = try secrets.move(
            sent: asked, fields: function.parameters, context: "\(request.id)/parameters",
            to: .init(secrets.storage, "\(request.id)/parameters"))
        let order = ActionOrder(
            id: request.id, function: function, given: given, runAt: request.runAt, check: request.check,
            requestedBy: request.requestedBy, traceparent: traceparent)
        return try accept(order, on: product, in: transaction, changes: &changes, now: now)
    }

    private func permittedFunction(
        _ request: SubmitAction, product: ProductRecord, in transaction: Transaction
    ) throws -> FunctionDefinition {
        guard let function = catalogue.function(request.function, of: product.category) else {
            let problem = FieldProblem(
                pointer: "/function",
                detail: "there is no function \(request.function.prefix(100)) in \(product.category)")
            throw RequestFailure(.invalid, "There is no such function.", problems: [problem])
        }
        if request.audience == .client, function.audience != .client {
            throw RequestFailure(.forbidden, "\(function.name) is not open to clients.")
        }
        if request.check != nil, function.isChanging {
            throw RequestFailure(.invalid, "\(function.name) changes the product, so it is no check of it.")
        }
        if let refusal = try refusal(of: function, on: product, in: transaction) { throw refusal }
        return function
    }

    // MARK: Telling

    /// What is to be told of a transaction's changes, with their numbers in the event table. The transaction's last act.
    func news(of changes: ActionChanges, in transaction: Transaction, now: Timestamp) throws -> ActionNews {
        var news = ActionNews()
        news.hasOutgoing = changes.hasOutgoing
        news.accepted = changes.accepted
        news.circuits = changes.circuits
        for action in changes.actions {
            let sequence = try transaction.insertEvent(
                type: "action.changed", client: action.clientID, data: ActionSummary.json(action), at: now)
            let view = try views.view(action, in: transaction, withResult: true, now: now)
            news.actions.append(ActionChanged(sequence: sequence, action: view))
            news.traceparents.append(action.traceparent)
            if try webhooks.write(action, in: transaction, now: now) { news.hasDeliveries = true }
            if let wake = action.machine.wakeAt, wake < news.nextWake ?? wake.advanced(by: .seconds(1)) {
                news.nextWake = wake
            }
        }
        for product in changes.products {
            var event = ProductChanged(
                sequence: 0, contractProductID: product.id, clientID: product.clientID, status: product.status
            )
            event.sequence = try transaction.insertEvent(
                type: "product.changed", client: product.clientID,
                data: JSONValue.object([
                    "id": .string(product.id.rawValue), "status": .string(product.status.rawValue),
                ]), at: now)
            news.products.append(event)
        }
        return news
    }

    /// Tells everyone, once the transaction is durable.
    func tell(_ news: ActionNews) {
        if news.hasOutgoing { outboxWritten() }
        if news.hasDeliveries { deliveriesWritten() }
        if news.nextWake != nil || !news.circuits.isEmpty { alarmSet() }
        for change in news.circuits { change.log(to: logger) }
        for (event, traceparent) in zip(news.actions, news.traceparents) {
            ActionMetrics.ended(event.action)
            events.publish(
                event, topic: "action.changed", subject: event.action.id.rawValue, traceparent: traceparent)
        }
        for event in news.products {
            events.publish(event, topic: "product.changed", subject: event.contractProductID.rawValue)
        }
    }

    func logAccepted(in news: ActionNews) {
        for event in news.actions where news.accepted.contains(event.action.id) {
            ActionMetrics.accepted(event.action)
            logger.info("Accepted action", metadata: LogKey.metadata(of: event.action))
        }
    }

    func logDispatches(in news: ActionNews) {
        for event in news.actions where event.action.state == .dispatched {
            logger.info("Dispatched action", metadata: LogKey.metadata(of: event.action))
        }
    }
}

extension Transaction {
    /// The product, where it is there and belongs to that client (any client where nil).
    package func product(_ id: ContractProductID, of client: ClientID?) throws -> ProductRecord {
        guard let product = try product(id), client == nil || product.clientID == client else {
            throw RequestFailure(.notFound, "There is no such contract product.")
        }
        return product
    }

    /// The action, where it is there and belongs to that client (any client where nil).
    package func action(_ id: ActionID, of client: ClientID?) throws -> ActionRecord {
        guard let action = try action(id), client == nil || action.clientID == client else {
            throw RequestFailure(.notFound, "There is no such action.")
        }
        return action
    }
}

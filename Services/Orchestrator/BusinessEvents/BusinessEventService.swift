import Logging
package import Models
import ServiceRuntime

/// Takes what billing systems tell of contract products, and sets off what follows from it.
///
/// What follows stands in the category's blueprint, or in the product's own settings. All of it happens in the
/// transaction that stores the event: the package that changes, the actions of earlier events that are cancelled, the
/// action that is accepted. The same id again gives the same answer and does nothing.
package struct BusinessEventService: Sendable {
    let store: Store
    let catalogue: Catalogue
    let secrets: SecretKeeper
    let actions: ActionService
    let now: @Sendable () -> Timestamp
    let logger: Logger

    /// - Throws: `RequestFailure`: `invalid` with the members of the event that are wrong, or where another event had
    ///   this id; `unavailable` where the product's provider is not known yet. Then nothing was done.
    package func submit(
        _ request: SubmitBusinessEvent, traceparent: String?
    ) async throws -> BusinessEventActions {
        let now = now()
        let (record, expected, news): (BusinessEventRecord, Bool?, ActionNews) = try await store.write {
            transaction in
            if let before = try transaction.businessEvent(request.id) {
                let isSame = try actions.fingerprints.matches(
                    before.fingerprint, request.fingerprint, context: Self.fingerprintContext(request.id))
                guard isSame else {
                    throw Self.invalid("/id", "was used for another event; give every event an id of its own")
                }
                return (before, nil, ActionNews())
            }
            guard let product = try transaction.product(request.contractProductID) else {
                throw Self.invalid("/contract_product_id", "there is no such contract product")
            }
            var consequences = EventConsequences(
                event: request, traceparent: traceparent, product: product, catalogue: catalogue,
                secrets: secrets, actions: actions, now: now)
            let record = try consequences.carryOut(in: transaction)
            try transaction.insert(record)
            let news = try actions.news(of: consequences.changes, in: transaction, now: now)
            return (record, consequences.isExpected, news)
        }
        if let expected {
            log(record, isExpected: expected)
            actions.logAccepted(in: news)
            actions.logDispatches(in: news)
        }
        actions.tell(news)
        return BusinessEventActions(
            id: record.id, actions: record.actions, notDone: record.notDone.nonEmpty,
            cancelled: record.cancelled.nonEmpty)
    }

    static func fingerprintContext(_ id: String) -> String { "event/\(id)/fingerprint" }

    /// What cannot be done is a warning: a person has to do it, or to change the product.
    private func log(_ event: BusinessEventRecord, isExpected: Bool) {
        let metadata: Logger.Metadata = [
            LogKey.eventID: "\(event.id)", LogKey.eventType: "\(event.type.rawValue)",
            LogKey.productID: "\(event.productID)",
        ]
        logger.info(
            "Accepted business event",
            metadata: metadata.merging([LogKey.count: "\(event.actions.count)"]) { $1 })
        for left in event.notDone {
            var metadata = metadata
            metadata[LogKey.reason] = "\(left.reason)"
            if let function = left.function { metadata[LogKey.function] = "\(function)" }
            logger.log(
                level: isExpected ? .info : .warning, "Left undone what a business event asks for",
                metadata: metadata)
        }
    }

    static func invalid(_ pointer: String, _ detail: String) -> RequestFailure {
        RequestFailure(
            .invalid, "The business event is not as it should be.",
            problems: [FieldProblem(pointer: pointer, detail: detail)])
    }

    // MARK: Queries

    package func show(_ request: ShowBusinessEvent) async throws -> BusinessEvent {
        try await store.read { transaction in
            guard let record = try transaction.businessEvent(request.id) else {
                throw RequestFailure(.notFound, "There is no such business event.")
            }
            let category = try transaction.product(record.productID)?.category
            let secret = category.flatMap(catalogue.blueprint)?.secretFields ?? []
            return view(record, data: secret.masked(record.data))
        }
    }

    package func list(_ request: ListBusinessEvents) async throws -> BusinessEventList {
        let limit = request.page.boundedLimit
        let cursor = try request.page.number
        let records = try await store.read {
            try $0.businessEvents(
                product: request.contractProductID, type: request.type, before: cursor, limit: limit + 1)
        }
        return BusinessEventList(
            items: records.prefix(limit).map { view($0, data: nil) },
            nextCursor: records.count > limit ? String(records[limit - 1].number) : nil)
    }

    private func view(_ record: BusinessEventRecord, data: [String: JSONValue]?) -> BusinessEvent {
        BusinessEvent(
            id: record.id, type: record.type, contractProductID: record.productID, data: data,
            actions: record.actions, notDone: record.notDone.nonEmpty, cancelled: record.cancelled.nonEmpty,
            requestedBy: record.requestedBy, receivedAt: record.receivedAt)
    }
}

extension Array {
    fileprivate var nonEmpty: Self? { isEmpty ? nil : self }
}

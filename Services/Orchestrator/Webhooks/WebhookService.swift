import Logging
package import Models
import ServiceRuntime

/// Webhooks: addresses that are told what becomes of actions. See `WebhookWriter` for what is told, and `WebhookSender`
/// for how.
package struct WebhookService: Sendable {
    /// How many webhooks there may be.
    package static let limit = 100
    /// How long an old secret signs beside its successor: 24 h.
    package static let overlap: Duration = .seconds(86_400)
    /// How many secrets sign at most; the oldest are dropped first.
    package static let secretLimit = 5
    /// The type of a delivery that was asked for to see whether it arrives.
    package static let testType = "webhook.test"

    let store: Store
    let secrets: SecretKeeper
    let address: WebhookAddress
    let now: @Sendable () -> Timestamp
    let deliveriesWritten: Nudge
    let logger: Logger

    package func create(_ request: CreateWebhook) async throws -> NewWebhook {
        let now = now()
        try check(request.url)
        let id = WebhookID.make(at: now)
        let secret = WebhookSecret.make()
        let record = WebhookRecord(
            id: id, url: request.url, eventTypes: Self.inOrder(request.eventTypes ?? []),
            description: request.description.nonEmpty,
            isEnabled: true, secrets: [try signing(secret, of: id)], createdAt: now, updatedAt: now)
        try await store.write { transaction in
            guard try transaction.webhooks().count < Self.limit else {
                throw RequestFailure(.conflict, "There are \(Self.limit) webhooks already; delete one first.")
            }
            try transaction.insert(record)
        }
        logger.notice("Made webhook", metadata: [LogKey.webhookID: "\(id)"])
        return try view(record, secret: secret)
    }

    package func list() async throws -> WebhookList {
        WebhookList(items: try await store.read { try $0.webhooks().map(\.view) })
    }

    package func show(_ request: ShowWebhook) async throws -> Webhook {
        try await store.read { try webhook(request.id, in: $0).view }
    }

    package func update(_ request: UpdateWebhook) async throws -> Webhook {
        let now = now()
        if let url = request.url { try check(url) }
        let record = try await store.write { transaction in
            var record = try webhook(request.id, in: transaction)
            record.url = request.url ?? record.url
            record.eventTypes = request.eventTypes.map(Self.inOrder) ?? record.eventTypes
            if let description = request.description { record.description = Optional(description).nonEmpty }
            if let isEnabled = request.enabled {
                record.isEnabled = isEnabled
                record.disabledBecause = nil
            }
            record.updatedAt = now
            try transaction.update(record)
            return record
        }
        // What waited while it was disabled goes out now.
        deliveriesWritten()
        return record.view
    }

    package func delete(_ request: DeleteWebhook) async throws -> NoReply {
        guard try await store.write({ try $0.deleteWebhook(request.id) }) else { throw Self.missing }
        logger.notice("Deleted webhook", metadata: [LogKey.webhookID: "\(request.id)"])
        return NoReply()
    }

    /// A new secret; those before sign beside it for a while, so that whoever verifies can follow.
    package func rotate(_ request: RotateWebhook) async throws -> NewWebhook {
        let now = now()
        let secret = WebhookSecret.make()
        let newest = try signing(secret, of: request.id)
        let record = try await store.write { transaction in
            var record = try webhook(request.id, in: transaction)
            let older = record.secrets.filter { $0.isGood(at: now) }.map { old in
                var old = old
                old.until = old.until ?? now.advanced(by: Self.overlap)
                return old
            }
            record.secrets = Array(([newest] + older).prefix(Self.secretLimit))
            record.updatedAt = now
            try transaction.update(record)
            return record
        }
        logger.notice("Gave webhook a new secret", metadata: [LogKey.webhookID: "\(request.id)"])
        return try view(record, secret: secret)
    }

    // MARK: Deliveries

    package func test(_ request: TestWebhook) async throws -> WebhookDelivery {
        let now = now()
        let delivery = try await store.write { transaction in
            let record = try webhook(request.id, in: transaction)
            guard record.isEnabled else { throw Self.disabled }
            let data: JSONValue = ["webhook_id": .string(record.id.rawValue)]
            let delivery = DeliveryRecord(
                id: .make(at: now), webhookID: record.id, type: Self.testType,
                body: WebhookWriter.body(type: Self.testType, data: data, now: now), nextAt: now,
                createdAt: now)
            try transaction.insert(delivery)
            return delivery
        }
        deliveriesWritten()
        return delivery.view
    }

    package func deliveries(_ request: ListWebhookDeliveries) async throws -> WebhookDeliveryList {
        let limit = request.page.boundedLimit
        let cursor = try request.page.number
        let records = try await store.read { transaction in
            try transaction.deliveries(
                to: try webhook(request.webhookID, in: transaction).id, state: request.state, before: cursor,
                limit: limit + 1)
        }
        return WebhookDeliveryList(
            items: records.prefix(limit).map(\.view),
            nextCursor: records.count > limit ? String(records[limit - 1].number) : nil)
    }

    package func resend(_ request: ResendWebhookDelivery) async throws -> WebhookDelivery {
        let now = now()
        let delivery = try await store.write { transaction in
            guard var delivery = try transaction.delivery(request.id) else {
                throw RequestFailure(.notFound, "There is no such delivery.")
            }
            guard try webhook(delivery.webhookID, in: transaction).isEnabled else { throw Self.disabled }
            delivery.state = .pending
            delivery.attempts = 0
            delivery.nextAt = now
            delivery.endedAt = nil
            try transaction.update(delivery)
            return delivery
        }
        deliveriesWritten()
        return delivery.view
    }

    // MARK: Parts

    private static let missing = RequestFailure(.notFound, "There is no such webhook.")
    private static let disabled = RequestFailure(.conflict, "The webhook is disabled; enable it first.")

    /// Each once.
    private static func inOrder(_ types: [WebhookEventType]) -> [WebhookEventType] {
        WebhookEventType.allCases.filter(types.contains)
    }

    private func webhook(_ id: WebhookID, in transaction: Transaction) throws -> WebhookRecord {
        guard let record = try transaction.webhook(id) else { throw Self.missing }
        return record
    }

    private func check(_ url: String) throws {
        guard let problem = address.problem(url) else { return }
        throw RequestFailure(
            .invalid, "The webhook is not as it should be.",
            problems: [FieldProblem(pointer: "/url", detail: problem)])
    }

    private func signing(_ secret: String, of id: WebhookID) throws -> WebhookRecord.SigningSecret {
        .init(sealed: try secrets.storage.seal(.string(secret), context: "\(id)/secret"))
    }

    private func view(_ record: WebhookRecord, secret: String) throws -> NewWebhook {
        let view = record.view
        return NewWebhook(
            id: view.id, url: view.url, eventTypes: view.eventTypes, description: view.description,
            enabled: view.enabled, createdAt: view.createdAt, updatedAt: view.updatedAt,
            secret: try secrets.gateway.seal(.string(secret), context: "webhook/secret"))
    }
}

extension String? {
    /// Nil where there is no text, or an empty one.
    fileprivate var nonEmpty: String? { self?.isEmpty == false ? self : nil }
}

extension WebhookRecord {
    fileprivate var view: Webhook {
        Webhook(
            id: id, url: url, eventTypes: eventTypes.isEmpty ? WebhookEventType.allCases : eventTypes,
            description: description, enabled: isEnabled, disabledBecause: disabledBecause,
            createdAt: createdAt, updatedAt: updatedAt)
    }
}

extension WebhookRecord.SigningSecret {
    /// Whether it still signs.
    func isGood(at now: Timestamp) -> Bool { until.map { $0 > now } ?? true }
}

extension DeliveryRecord {
    fileprivate var view: WebhookDelivery {
        WebhookDelivery(
            id: id, webhookID: webhookID, type: type, actionID: actionID, state: state, attempts: attempts,
            lastStatus: lastStatus, lastError: lastError, nextTryAt: nextAt, createdAt: createdAt,
            endedAt: endedAt)
    }
}

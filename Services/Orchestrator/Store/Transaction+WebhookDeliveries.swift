import GRDB
package import Models

/// A delivery as the store keeps it.
package struct DeliveryRecord: Sendable {
    /// Rises in the order of writing; 0 until it is stored.
    package var number: Int64 = 0
    package var id: WebhookDeliveryID
    package var webhookID: WebhookID
    package var type: String
    package var actionID: ActionID?
    /// What is sent, letter by letter.
    package var body: String
    package var state: WebhookDeliveryState = .pending
    package var attempts = 0
    /// When it is tried next; nil where it has ended.
    package var nextAt: Timestamp?
    package var lastStatus: Int?
    package var lastError: String?
    package var createdAt: Timestamp
    package var endedAt: Timestamp?
}

extension Transaction {
    private static let deliveryColumns = """
        number, id, webhook_id, type, action_id, body, state, attempts, next_at, last_status, last_error, created_at,
        ended_at
        """

    package func insert(_ delivery: DeliveryRecord) throws {
        try run(
            """
            INSERT INTO webhook_deliveries (id, webhook_id, type, action_id, body, state, attempts, next_at, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                delivery.id.rawValue, delivery.webhookID.rawValue, delivery.type, delivery.actionID?.rawValue,
                delivery.body, delivery.state.rawValue, delivery.attempts, delivery.nextAt,
                delivery.createdAt,
            ])
    }

    /// Stores what can change of a delivery.
    package func update(_ delivery: DeliveryRecord) throws {
        try run(
            """
            UPDATE webhook_deliveries SET state = ?, attempts = ?, next_at = ?, last_status = ?, last_error = ?,
                ended_at = ? WHERE id = ?
            """,
            [
                delivery.state.rawValue, delivery.attempts, delivery.nextAt, delivery.lastStatus,
                delivery.lastError, delivery.endedAt, delivery.id.rawValue,
            ])
    }

    package func delivery(_ id: WebhookDeliveryID) throws -> DeliveryRecord? {
        try row("SELECT \(Self.deliveryColumns) FROM webhook_deliveries WHERE id = ?", [id.rawValue])
            .map(Self.delivery)
    }

    /// What a webhook is to be told next, by now; nil where that is nothing.
    ///
    /// One that failed once keeps those behind it waiting for the few seconds until it is tried again, so that a short
    /// outage does not change their order. Later it does not: they would wait for hours.
    package func nextDelivery(to webhook: WebhookID, by now: Timestamp) throws -> DeliveryRecord? {
        let found = try row(
            """
            SELECT \(Self.deliveryColumns) FROM webhook_deliveries
            WHERE webhook_id = ? AND state = 'pending' AND next_at <= ? ORDER BY next_at, number LIMIT 1
            """, [webhook.rawValue, now]
        ).map(Self.delivery)
        guard let found, found.attempts == 0 else { return found }
        let failedOnce = try row(
            """
            SELECT \(Self.deliveryColumns) FROM webhook_deliveries
            WHERE webhook_id = ? AND state = 'pending' AND attempts = 1 AND number < ? ORDER BY number LIMIT 1
            """, [webhook.rawValue, found.number]
        ).map(Self.delivery)
        guard let failedOnce, let nextAt = failedOnce.nextAt else { return found }
        return nextAt <= now ? failedOnce : nil
    }

    /// Deliveries of a webhook, newest first, with a number below `cursor`.
    package func deliveries(
        to webhook: WebhookID, state: WebhookDeliveryState?, before cursor: Int64?, limit: Int
    ) throws -> [DeliveryRecord] {
        try rows(
            """
            SELECT \(Self.deliveryColumns) FROM webhook_deliveries
            WHERE webhook_id = ?1 AND (?2 IS NULL OR state = ?2) AND (?3 IS NULL OR number < ?3)
            ORDER BY number DESC LIMIT ?4
            """, [webhook.rawValue, state?.rawValue, cursor, limit]
        ).map(Self.delivery)
    }

    package func pendingDeliveries() throws -> Int {
        try row("SELECT count(*) FROM webhook_deliveries WHERE state = 'pending'").map { $0[0] } ?? 0
    }

    /// Removes deliveries written before `time`, whatever became of them.
    ///
    /// - Returns: how many.
    package func removeDeliveries(before time: Timestamp, limit: Int) throws -> Int {
        try run(
            """
            DELETE FROM webhook_deliveries WHERE number IN (
                SELECT number FROM webhook_deliveries WHERE created_at < ? ORDER BY created_at LIMIT ?)
            """, [time, limit])
        return database.changesCount
    }

    private static func delivery(_ row: Row) throws -> DeliveryRecord {
        let stateText: String = row[6]
        guard let state = WebhookDeliveryState(rawValue: stateText) else {
            throw StoreError.damaged("webhook_deliveries.state")
        }
        return DeliveryRecord(
            number: row[0], id: WebhookDeliveryID(rawValue: row[1]), webhookID: WebhookID(rawValue: row[2]),
            type: row[3], actionID: (row[4] as String?).map(ActionID.init(rawValue:)), body: row[5],
            state: state, attempts: row[7], nextAt: row.time(8), lastStatus: row[9], lastError: row[10],
            createdAt: Timestamp(milliseconds: row[11]), endedAt: row.time(12))
    }
}

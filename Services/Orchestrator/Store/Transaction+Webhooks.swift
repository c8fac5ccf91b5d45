import GRDB
package import Models

/// A webhook as the store keeps it.
package struct WebhookRecord: Sendable {
    /// What deliveries are signed with.
    package struct SigningSecret: Sendable, Equatable {
        /// Sealed for storage under `<id>/secret`.
        package var sealed: String
        /// Until when it signs beside the newer ones; nil for the newest.
        package var until: Timestamp?
    }

    package var id: WebhookID
    package var url: String
    /// Everything where empty.
    package var eventTypes: [WebhookEventType]
    package var description: String?
    package var isEnabled: Bool
    package var disabledBecause: String?
    /// The newest first.
    package var secrets: [SigningSecret]
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
}

extension Transaction {
    package func insert(_ webhook: WebhookRecord) throws {
        try run(
            "INSERT INTO webhooks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                webhook.id.rawValue, webhook.url, Self.json(webhook.eventTypes), webhook.description,
                webhook.isEnabled, webhook.disabledBecause, Self.json(webhook.secrets), webhook.createdAt,
                webhook.updatedAt,
            ])
    }

    package func update(_ webhook: WebhookRecord) throws {
        try run(
            """
            UPDATE webhooks SET url = ?, event_types = ?, description = ?, is_enabled = ?, disabled_because = ?,
                secrets = ?, updated_at = ? WHERE id = ?
            """,
            [
                webhook.url, Self.json(webhook.eventTypes), webhook.description, webhook.isEnabled,
                webhook.disabledBecause, Self.json(webhook.secrets), webhook.updatedAt, webhook.id.rawValue,
            ])
    }

    package func webhook(_ id: WebhookID) throws -> WebhookRecord? {
        try row("SELECT * FROM webhooks WHERE id = ?", [id.rawValue]).map(Self.webhook)
    }

    /// Every webhook, newest first.
    package func webhooks() throws -> [WebhookRecord] {
        try rows("SELECT * FROM webhooks ORDER BY id DESC").map(Self.webhook)
    }

    /// Removes a webhook and its deliveries.
    ///
    /// - Returns: whether there was one.
    package func deleteWebhook(_ id: WebhookID) throws -> Bool {
        try run("DELETE FROM webhooks WHERE id = ?", [id.rawValue])
        return database.changesCount > 0
    }

    private static func webhook(_ row: Row) throws -> WebhookRecord {
        WebhookRecord(
            id: WebhookID(rawValue: row[0]), url: row[1], eventTypes: try value(row[2]), description: row[3],
            isEnabled: row[4], disabledBecause: row[5], secrets: try value(row[6]),
            createdAt: Timestamp(milliseconds: row[7]), updatedAt: Timestamp(milliseconds: row[8]))
    }
}

extension WebhookRecord.SigningSecret: JSONConvertible {
    package init(json value: JSONValue) throws(JSONShapeError) {
        let members = try JSONMembers(value)
        sealed = try members.required("sealed")
        until = try members.optional("until")
    }

    package func write(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        sealed.writeMember(#""sealed":"#, to: &bytes)
        until.writeMember(#""until":"#, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }
}

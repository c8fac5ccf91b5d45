import GRDB
package import Models

/// A business event as the store keeps it; secrets among its data are sealed for storage.
package struct BusinessEventRecord: Sendable {
    /// Rises in the order of acceptance.
    package var number: Int64
    package var id: String
    package var type: BusinessEventType
    package var productID: ContractProductID
    package var data: [String: JSONValue]
    package var fingerprint: String
    package var actions: [ActionID] = []
    package var notDone: [NotDone] = []
    package var cancelled: [ActionID] = []
    package var requestedBy: String
    package var receivedAt: Timestamp
}

extension Transaction {
    package func nextBusinessEventNumber() throws -> Int64 {
        (try row("SELECT max(number) FROM business_events").flatMap { $0[0] as Int64? } ?? 0) + 1
    }

    package func insert(_ event: BusinessEventRecord) throws {
        try run(
            """
            INSERT INTO business_events (number, id, type, product_id, data, fingerprint, actions, not_done,
                cancelled, requested_by, received_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                event.number, event.id, event.type.rawValue, event.productID.rawValue, Self.json(event.data),
                event.fingerprint, Self.json(event.actions), Self.json(event.notDone),
                Self.json(event.cancelled), event.requestedBy, event.receivedAt,
            ])
    }

    package func businessEvent(_ id: String) throws -> BusinessEventRecord? {
        try row("SELECT * FROM business_events WHERE id = ?", [id]).map(Self.businessEvent)
    }

    /// Business events that match, newest first, with a number below `cursor`.
    package func businessEvents(
        product: ContractProductID?, type: BusinessEventType?, before cursor: Int64?, limit: Int
    ) throws -> [BusinessEventRecord] {
        let condition = product == nil ? "?1 IS NULL" : "product_id = ?1"
        return try rows(
            """
            SELECT * FROM business_events WHERE \(condition) AND (?2 IS NULL OR type = ?2)
                AND (?3 IS NULL OR number < ?3) ORDER BY number DESC LIMIT ?4
            """, [product?.rawValue, type?.rawValue, cursor, limit]
        ).map(Self.businessEvent)
    }

    private static func businessEvent(_ row: Row) throws -> BusinessEventRecord {
        let typeText: String = row["type"]
        guard let type = BusinessEventType(rawValue: typeText) else {
            throw StoreError.damaged("business_events.type")
        }
        return BusinessEventRecord(
            number: row["number"], id: row["id"], type: type,
            productID: ContractProductID(rawValue: row["product_id"]), data: try value(row["data"]),
            fingerprint: row["fingerprint"], actions: try value(row["actions"]),
            notDone: try value(row["not_done"]), cancelled: try value(row["cancelled"]),
            requestedBy: row["requested_by"], receivedAt: Timestamp(milliseconds: row["received_at"]))
    }
}

import GRDB
package import Models

extension Transaction {
    /// Adds a row to the numbered event table.
    ///
    /// - Returns: its number.
    package func insertEvent(
        type: String, client: ClientID?, data: some JSONConvertible, at time: Timestamp
    ) throws -> Int {
        try run(
            "INSERT INTO events (type, client_id, data, created_at) VALUES (?, ?, ?, ?)",
            [type, client?.rawValue, Self.json(data), time])
        return Int(database.lastInsertedRowID)
    }

    /// Rows behind `sequence`, in order.
    package func events(after sequence: Int, client: ClientID?, limit: Int) throws -> [EventRecord] {
        try rows(
            """
            SELECT * FROM events WHERE sequence > ?1 AND (?2 IS NULL OR client_id = ?2) ORDER BY sequence LIMIT ?3
            """, [sequence, client?.rawValue, limit]
        ).map { row in
            EventRecord(
                sequence: row["sequence"], type: row["type"],
                clientID: (row["client_id"] as String?).map(ClientID.init(rawValue:)), data: try Self.value(row["data"]))
        }
    }

    /// The oldest and the newest number that are kept; 0 and 0 where there is none.
    package func eventRange() throws -> (first: Int, last: Int) {
        let row = try row("SELECT coalesce(min(sequence), 0), coalesce(max(sequence), 0) FROM events")
        return row.map { ($0[0], $0[1]) } ?? (0, 0)
    }

    /// Removes rows older than `time`, but never the newest.
    ///
    /// - Returns: how many.
    package func removeEvents(before time: Timestamp, limit: Int) throws -> Int {
        try run(
            """
            DELETE FROM events WHERE sequence IN (SELECT sequence FROM events
                WHERE created_at < ? AND sequence < (SELECT max(sequence) FROM events) ORDER BY sequence LIMIT ?)
            """, [time, limit])
        return database.changesCount
    }
}

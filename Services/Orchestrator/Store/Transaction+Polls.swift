import GRDB
package import Models

/// How asking a configuration's provider for notices is getting on.
package struct PollRecord: Sendable {
    package var configurationID: ConfigurationID
    package var function: String
    /// When it is asked next.
    package var nextAt: Timestamp
    /// Only notices after this time are asked for; all of them where nil.
    package var readFrom: Timestamp?
    /// How often it failed in a row.
    package var failures: Int
    /// When the last one ended.
    package var endedAt: Timestamp?
    /// Why the last one failed; nil where it did not.
    package var error: String?
}

extension Transaction {
    /// The configurations of these providers that are to be asked by now, those that were never asked first.
    package func duePolls(
        category: String, providers: [String], function: String, by now: Timestamp, limit: Int
    ) throws -> [ConfigurationID] {
        let places = providers.map { _ in "?" }.joined(separator: ", ")
        return try rows(
            """
            SELECT c.id FROM configurations c
            LEFT JOIN polls p ON p.configuration_id = c.id AND p.function = ?
            WHERE c.category = ? AND (p.next_at IS NULL OR p.next_at <= ?) AND c.provider IN (\(places))
            ORDER BY p.next_at, c.id LIMIT ?
            """,
            StatementArguments([function, category]) + [now] + StatementArguments(providers) + [limit]
        ).map { ConfigurationID(rawValue: $0[0]) }
    }

    package func poll(of configuration: ConfigurationID, function: String) throws -> PollRecord? {
        try row(
            "SELECT * FROM polls WHERE configuration_id = ? AND function = ?",
            [configuration.rawValue, function]
        ).map(Self.poll)
    }

    /// The configuration's poll that ended last; nil where none did.
    package func lastPoll(of configuration: ConfigurationID) throws -> PollRecord? {
        try row(
            """
            SELECT * FROM polls WHERE configuration_id = ? AND ended_at IS NOT NULL
            ORDER BY ended_at DESC LIMIT 1
            """, [configuration.rawValue]
        ).map(Self.poll)
    }

    package func store(_ poll: PollRecord) throws {
        try run(
            """
            INSERT INTO polls (configuration_id, function, next_at, read_from, failures, ended_at, error)
            VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (configuration_id, function) DO UPDATE SET
                next_at = excluded.next_at, read_from = excluded.read_from, failures = excluded.failures,
                ended_at = excluded.ended_at, error = excluded.error
            """,
            [
                poll.configurationID.rawValue, poll.function, poll.nextAt, poll.readFrom, poll.failures,
                poll.endedAt, poll.error,
            ])
    }

    private static func poll(_ row: Row) throws -> PollRecord {
        PollRecord(
            configurationID: ConfigurationID(rawValue: row["configuration_id"]), function: row["function"],
            nextAt: Timestamp(milliseconds: row["next_at"]), readFrom: row.time("read_from"),
            failures: row["failures"], endedAt: row.time("ended_at"), error: row["error"])
    }
}

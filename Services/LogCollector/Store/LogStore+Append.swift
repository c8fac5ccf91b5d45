import GRDB
import Models

extension LogStore {
    /// What a commit came to.
    struct Appended: Sendable, Equatable {
        /// The number of the newest entry.
        var lastID: Int
        /// How many entries were stored: all but those of repeated messages.
        var count: Int
    }

    /// Stores entries, and how far the stream was read, in one commit.
    ///
    /// - Parameter position: of the last stream entry that these batches came from; nil where the stream does not
    ///   outlive the process.
    func append(_ batches: [IncomingBatch], through position: StreamPosition?) async throws -> Appended {
        try await pool.write { database in
            let firstID = try Self.lastID(database) + 1
            var nextID = firstID
            for batch in batches where try Self.isNew(batch.messageID, database) {
                for entry in batch.entries {
                    try Self.insert(entry, id: nextID, database)
                    nextID += 1
                }
            }
            if nextID > firstID {
                try database.cachedStatement(
                    sql: """
                        INSERT INTO entry_words (rowid, words)
                        SELECT rowid, words FROM entry_text WHERE rowid BETWEEN ? AND ?
                        """
                ).execute(arguments: [firstID, nextID - 1])
                try Self.noteTimes(from: firstID, to: nextID - 1, database)
            }
            try database.cachedStatement(sql: "UPDATE state SET last_id = ?").execute(arguments: [nextID - 1])
            if let position {
                try database.cachedStatement(sql: "UPDATE state SET stream_offset = ?, stream_message_id = ?")
                    .execute(arguments: [Int64(bitPattern: position.offset), position.messageID])
            }
            return Appended(lastID: nextID - 1, count: nextID - firstID)
        }
    }

    /// Remembers a message; false where it is remembered already.
    private static func isNew(_ messageID: String, _ database: Database) throws -> Bool {
        try database.cachedStatement(sql: "INSERT OR IGNORE INTO message (id) VALUES (?)")
            .execute(arguments: [messageID])
        guard database.changesCount == 1 else { return false }
        try database.cachedStatement(sql: "DELETE FROM message WHERE number <= ?")
            .execute(arguments: [database.lastInsertedRowID - Int64(rememberedMessages)])
        return true
    }

    private static func insert(_ entry: IncomingEntry, id: Int, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO entry (
                    id, time, level, service, instance, message, action_id, contract_product_id, client_id, category,
                    provider, function, trace_id, metadata, error, debug
                ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(
            arguments: [
                id, entry.time.milliseconds, entry.level.rank, entry.service, entry.instance, entry.message,
                entry.actionID, entry.contractProductID, entry.clientID, entry.category, entry.provider,
                entry.function, entry.traceID, entry.metadata, entry.error, entry.debug,
            ])
    }

    /// Widens the span of times of the pages that the new entries are on.
    private static func noteTimes(from firstID: Int, to lastID: Int, _ database: Database) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO entry_page (number, first_time, last_time)
                SELECT id / \(pageEntries), min(time), max(time) FROM entry WHERE id BETWEEN ? AND ? GROUP BY 1
                ON CONFLICT (number) DO UPDATE SET
                    first_time = min(first_time, excluded.first_time), last_time = max(last_time, excluded.last_time)
                """
        ).execute(arguments: [firstID, lastID])
    }
}

extension LogLevel {
    /// 0 for the least level, 6 for the highest: the form in which it is stored.
    var rank: Int {
        switch self {
        case .trace: 0
        case .debug: 1
        case .info: 2
        case .notice: 3
        case .warning: 4
        case .error: 5
        case .critical: 6
        }
    }

    init?(rank: Int) {
        guard Self.allCases.indices.contains(rank) else { return nil }
        self = Self.allCases[rank]
    }
}

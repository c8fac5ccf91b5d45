import GRDB
import Models

extension LogStore {
    /// How large the log is, with its index, without free pages.
    func bytes() async throws -> Int {
        try await pool.read { try Self.bytes($0) }
    }

    /// Removes the oldest page of entries (up to 1,024) if all of it is older than `time`, or the log is larger than
    /// `maximumBytes`.
    ///
    /// The page that entries are added to stays, whatever its age.
    /// - Returns: how many entries were removed; 0 where there is nothing to remove, or no more.
    func removeOldest(olderThan time: Timestamp, maximumBytes: Int) async throws -> Int {
        try await pool.write { database in
            let page = try Row.fetchOne(
                database, sql: "SELECT number, last_time FROM entry_page ORDER BY number LIMIT 1")
            guard let page, let number = page["number"] as Int?, let lastTime = page["last_time"] as Int64?
            else {
                return 0
            }
            guard try number < Self.lastID(database) / Self.pageEntries else { return 0 }
            guard try lastTime < time.milliseconds || Self.bytes(database) > maximumBytes else { return 0 }
            return try Self.remove(page: number, database)
        }
    }

    private static func remove(page number: Int, _ database: Database) throws -> Int {
        let lastID = (number + 1) * pageEntries - 1
        // The index is told the words that it has to forget, before the entries that they come from are gone.
        try database.execute(
            sql: """
                INSERT INTO entry_words (entry_words, rowid, words)
                SELECT 'delete', rowid, words FROM entry_text WHERE rowid <= ?
                """, arguments: [lastID])
        try database.execute(sql: "DELETE FROM entry WHERE id <= ?", arguments: [lastID])
        let count = database.changesCount
        try database.execute(sql: "DELETE FROM entry_page WHERE number <= ?", arguments: [number])
        return count
    }

    private static func bytes(_ database: Database) throws -> Int {
        let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
        let size = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 4_096
        return (pages - free) * size
    }
}

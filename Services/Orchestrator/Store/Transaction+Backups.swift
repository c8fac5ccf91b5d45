import GRDB
package import Models

extension Transaction {
    /// When the backup was made that this database is; nil where it is none, or was started on before.
    package func unrestoredBackup() throws -> Timestamp? {
        try row("SELECT max(made_at) FROM backups WHERE restored_at IS NULL")?.time(0)
    }

    package func noteRestoration(at time: Timestamp) throws {
        try run("UPDATE backups SET restored_at = ? WHERE restored_at IS NULL", [time])
        try run("UPDATE products SET is_doubtful = 1, is_swept = 0")
    }

    /// Forgets what was still to be published.
    ///
    /// - Returns: how many messages.
    package func clearOutbox() throws -> Int {
        try run("DELETE FROM outbox")
        return database.changesCount
    }

    /// Products that a sweep has yet to look at, in the order of their ids.
    package func unsweptProducts(limit: Int) throws -> [ContractProductID] {
        try rows("SELECT id FROM products WHERE is_swept = 0 ORDER BY id LIMIT ?", [limit])
            .map { ContractProductID(rawValue: $0[0]) }
    }

    package func noteSwept(_ product: ContractProductID) throws {
        try run("UPDATE products SET is_swept = 1 WHERE id = ?", [product.rawValue])
    }

    /// How many products differed when they were last checked, and how many nothing has confirmed since the restoration.
    package func doubtCounts() throws -> (differing: Int, doubtful: Int) {
        let counts = try row(
            """
            SELECT (SELECT count(*) FROM products WHERE differences IS NOT NULL),
                (SELECT count(*) FROM products WHERE is_doubtful = 1)
            """)
        return counts.map { ($0[0], $0[1]) } ?? (0, 0)
    }
}

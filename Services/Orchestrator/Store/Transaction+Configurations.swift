import GRDB
package import Models

/// A configuration as the store keeps it; secrets among the settings are sealed for storage.
package struct ConfigurationRecord: Sendable {
    package var id: ConfigurationID
    package var category: String
    package var provider: String
    package var name: String
    package var settings: [String: JSONValue]
    /// Rises with every change.
    package var version: Int
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    /// How many of its actions may be under way at once; what its provider's contract says where nil.
    package var maxConcurrent: Int?
}

extension Transaction {
    package func insert(_ configuration: ConfigurationRecord) throws {
        try run(
            "INSERT INTO configurations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                configuration.id.rawValue, configuration.category, configuration.provider, configuration.name,
                Self.json(configuration.settings), configuration.version, configuration.createdAt,
                configuration.updatedAt, configuration.maxConcurrent,
            ])
    }

    package func update(_ configuration: ConfigurationRecord) throws {
        memo.configurations[configuration.id] = configuration
        try run(
            """
            UPDATE configurations SET name = ?, settings = ?, version = ?, updated_at = ?, max_concurrent = ?
            WHERE id = ?
            """,
            [
                configuration.name, Self.json(configuration.settings), configuration.version,
                configuration.updatedAt, configuration.maxConcurrent, configuration.id.rawValue,
            ])
    }

    package func configuration(_ id: ConfigurationID) throws -> ConfigurationRecord? {
        if let known = memo.configurations[id] { return known }
        let found = try row("SELECT * FROM configurations WHERE id = ?", [id.rawValue]).map(
            Self.configuration)
        memo.configurations[id] = found
        return found
    }

    /// Configurations that match, newest first, with an id below `cursor`.
    package func configurations(
        category: String?, before cursor: String?, limit: Int
    ) throws -> [ConfigurationRecord] {
        try rows(
            """
            SELECT * FROM configurations WHERE (?1 IS NULL OR category = ?1) AND (?2 IS NULL OR id < ?2)
            ORDER BY id DESC LIMIT ?3
            """, [category, cursor, limit]
        ).map(Self.configuration)
    }

    private static func configuration(_ row: Row) throws -> ConfigurationRecord {
        ConfigurationRecord(
            id: ConfigurationID(rawValue: row[0]), category: row[1], provider: row[2],
            name: row[3], settings: try value(row[4]), version: row[5],
            createdAt: Timestamp(milliseconds: row[6]),
            updatedAt: Timestamp(milliseconds: row[7]), maxConcurrent: row[8])
    }
}

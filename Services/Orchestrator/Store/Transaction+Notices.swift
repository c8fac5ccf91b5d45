import GRDB
package import Models

extension Transaction {
    /// The contract products of a configuration that are a domain, or are becoming it.
    ///
    /// - Parameter domain: in the form of `DomainKey`.
    package func products(of configuration: ConfigurationID, domain: String) throws -> [ContractProductID] {
        try rows(
            """
            SELECT id FROM products WHERE configuration_id = ?1 AND domain = ?2
            UNION SELECT product_id FROM actions WHERE configuration_id = ?1 AND domain = ?2 ORDER BY 1
            """, [configuration.rawValue, domain]
        ).map { ContractProductID(rawValue: $0[0]) }
    }

    package func isKept(notice: String, of configuration: ConfigurationID) throws -> Bool {
        try row(
            "SELECT 1 FROM notices WHERE configuration_id = ? AND id = ?", [configuration.rawValue, notice])
            != nil
    }

    package func insert(_ notice: KeptNotice) throws {
        try run(
            """
            INSERT INTO notices (configuration_id, category, id, type, message, subjects, extra, products,
                created_at, received_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                notice.configurationID.rawValue, notice.category, notice.id, notice.type, notice.message,
                Self.json(notice.subjects), notice.extra.map { Self.json($0) },
                Self.json(notice.appliedTo), notice.createdAt, notice.receivedAt,
            ])
    }

    /// Notices with their numbers, newest first, with a number below `cursor`.
    package func notices(
        of configuration: ConfigurationID?, before cursor: Int64?, limit: Int
    ) throws -> [(number: Int64, notice: KeptNotice)] {
        let rows =
            if let configuration {
                try rows(
                    """
                    SELECT * FROM notices WHERE configuration_id = ?1 AND (?2 IS NULL OR number < ?2)
                    ORDER BY number DESC LIMIT ?3
                    """, [configuration.rawValue, cursor, limit])
            } else {
                try rows(
                    "SELECT * FROM notices WHERE ?1 IS NULL OR number < ?1 ORDER BY number DESC LIMIT ?2",
                    [cursor, limit])
            }
        return try rows.map { ($0["number"], try Self.notice($0)) }
    }

    private static func notice(_ row: Row) throws -> KeptNotice {
        KeptNotice(
            configurationID: ConfigurationID(rawValue: row["configuration_id"]), category: row["category"],
            id: row["id"], type: row["type"], message: row["message"], subjects: try value(row["subjects"]),
            createdAt: Timestamp(milliseconds: row["created_at"]),
            extra: try (row["extra"] as String?).map { try value($0) },
            appliedTo: try value(row["products"]),
            receivedAt: Timestamp(milliseconds: row["received_at"]))
    }

    /// Fills the domains of products that were stored before there was a column for them.
    func noteDomains() throws {
        let rows = try Row.fetchAll(database, sql: "SELECT id, provision_fields FROM products")
        for row in rows {
            guard let domain = DomainKey.of(try Self.value(row["provision_fields"])) else { continue }
            let id: String = row["id"]
            try run("UPDATE products SET domain = ? WHERE id = ?", [domain, id])
        }
    }
}

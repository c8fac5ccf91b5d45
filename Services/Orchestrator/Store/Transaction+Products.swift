import GRDB
package import Models

/// A contract product as the store keeps it; secrets among the provision fields are sealed for storage.
package struct ProductRecord: Sendable {
    package var id: ContractProductID
    package var clientID: ClientID
    package var category: String
    package var configurationID: ConfigurationID
    package var name: String
    package var package: String?
    package var status: ProductStatus
    package var provisionFields: [String: JSONValue]
    /// What business events set off on it where that is not what the blueprint says, by type.
    package var businessEvents: [String: JSONValue] = [:]
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    /// When it was last compared with its provider.
    package var checkedAt: Timestamp?
    /// What the provider said otherwise then, and was not taken over.
    package var differences: [FieldDifference] = []
    /// Whether it comes from a backup, and neither a check nor a change has confirmed it since.
    package var isDoubtful = false
}

extension Transaction {
    package func insert(_ product: ProductRecord) throws {
        try run(
            """
            INSERT INTO products (id, client_id, category, configuration_id, name, package, status, provision_fields,
                created_at, updated_at, domain)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                product.id.rawValue, product.clientID.rawValue, product.category,
                product.configurationID.rawValue,
                product.name, product.package, product.status.rawValue, Self.json(product.provisionFields),
                product.createdAt, product.updatedAt, DomainKey.of(product.provisionFields),
            ])
    }

    package func update(_ product: ProductRecord) throws {
        memo.products[product.id] = product
        try run(
            """
            UPDATE products SET configuration_id = ?, name = ?, package = ?, status = ?, provision_fields = ?,
                updated_at = ?, domain = ?, business_events = ?, checked_at = ?, differences = ?, is_doubtful = ?
            WHERE id = ?
            """,
            [
                product.configurationID.rawValue, product.name, product.package, product.status.rawValue,
                Self.json(product.provisionFields), product.updatedAt,
                DomainKey.of(product.provisionFields),
                product.businessEvents.isEmpty ? nil : Self.json(product.businessEvents), product.checkedAt,
                product.differences.isEmpty ? nil : Self.json(product.differences), product.isDoubtful,
                product.id.rawValue,
            ])
    }

    package func product(_ id: ContractProductID) throws -> ProductRecord? {
        if let known = memo.products[id] { return known }
        let found = try row("SELECT * FROM products WHERE id = ?", [id.rawValue]).map(Self.product)
        memo.products[id] = found
        return found
    }

    /// Notes a write to a field, or to the status where the field is `status`.
    package func insertChange(_ change: FieldChange, of product: ContractProductID) throws {
        try run(
            """
            INSERT INTO field_changes (product_id, field, old_value, new_value, action_id, changed_by, changed_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                product.rawValue, change.field, change.oldValue.map { Self.json($0) },
                change.newValue.map { Self.json($0) },
                change.actionID?.rawValue, change.changedBy, change.changedAt,
            ])
    }

    /// The writes to a product, newest first.
    package func changes(of product: ContractProductID, limit: Int) throws -> [FieldChange] {
        try rows(
            "SELECT * FROM field_changes WHERE product_id = ? ORDER BY id DESC LIMIT ?",
            [product.rawValue, limit]
        ).map { row in
            FieldChange(
                field: row["field"], oldValue: try (row["old_value"] as String?).map { try Self.value($0) },
                newValue: try (row["new_value"] as String?).map { try Self.value($0) },
                actionID: (row["action_id"] as String?).map(ActionID.init(rawValue:)),
                changedBy: row["changed_by"],
                changedAt: Timestamp(milliseconds: row["changed_at"]))
        }
    }

    static func product(_ row: Row) throws -> ProductRecord {
        let statusText: String = row[6]
        guard let status = ProductStatus(rawValue: statusText) else {
            throw StoreError.damaged("products.status")
        }
        return ProductRecord(
            id: ContractProductID(rawValue: row[0]), clientID: ClientID(rawValue: row[1]),
            category: row[2], configurationID: ConfigurationID(rawValue: row[3]),
            name: row[4], package: row[5], status: status,
            provisionFields: try value(row[7]),
            businessEvents: try (row[11] as String?).map { try value($0) } ?? [:],
            createdAt: Timestamp(milliseconds: row[8]),
            updatedAt: Timestamp(milliseconds: row[9]), checkedAt: row.time(12),
            differences: try (row[13] as String?).map { try value($0) } ?? [], isDoubtful: row[14])
    }
}

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
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
}

extension Transaction {
    package func insert(_ product: ProductRecord) throws {
        try run(
            "INSERT INTO products VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                product.id.rawValue, product.clientID.rawValue, product.category, product.configurationID.rawValue,
                product.name, product.package, product.status.rawValue, Self.json(product.provisionFields),
                product.createdAt, product.updatedAt,
            ])
    }

    package func update(_ product: ProductRecord) throws {
        try run(
            """
            UPDATE products SET configuration_id = ?, name = ?, package = ?, status = ?, provision_fields = ?,
                updated_at = ? WHERE id = ?
            """,
            [
                product.configurationID.rawValue, product.name, product.package, product.status.rawValue,
                Self.json(product.provisionFields), product.updatedAt, product.id.rawValue,
            ])
    }

    package func product(_ id: ContractProductID) throws -> ProductRecord? {
        try row("SELECT * FROM products WHERE id = ?", [id.rawValue]).map(Self.product)
    }

    /// Products that match, newest first, with an id below `cursor`.
    package func products(
        client: ClientID?, category: String?, before cursor: String?, limit: Int
    ) throws -> [ProductRecord] {
        try rows(
            """
            SELECT * FROM products WHERE (?1 IS NULL OR client_id = ?1) AND (?2 IS NULL OR category = ?2)
                AND (?3 IS NULL OR id < ?3) ORDER BY id DESC LIMIT ?4
            """, [client?.rawValue, category, cursor, limit]
        ).map(Self.product)
    }

    /// Notes a write to a field, or to the status where the field is `status`.
    package func insertChange(_ change: FieldChange, of product: ContractProductID) throws {
        try run(
            """
            INSERT INTO field_changes (product_id, field, old_value, new_value, action_id, changed_by, changed_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                product.rawValue, change.field, change.oldValue.map { Self.json($0) }, change.newValue.map { Self.json($0) },
                change.actionID?.rawValue, change.changedBy, change.changedAt,
            ])
    }

    /// The writes to a product, newest first.
    package func changes(of product: ContractProductID, limit: Int) throws -> [FieldChange] {
        try rows(
            "SELECT * FROM field_changes WHERE product_id = ? ORDER BY id DESC LIMIT ?", [product.rawValue, limit]
        ).map { row in
            FieldChange(
                field: row["field"], oldValue: try (row["old_value"] as String?).map { try Self.value($0) },
                newValue: try (row["new_value"] as String?).map { try Self.value($0) },
                actionID: (row["action_id"] as String?).map(ActionID.init(rawValue:)), changedBy: row["changed_by"],
                changedAt: Timestamp(milliseconds: row["changed_at"]))
        }
    }

    private static func product(_ row: Row) throws -> ProductRecord {
        let statusText: String = row["status"]
        guard let status = ProductStatus(rawValue: statusText) else { throw StoreError.damaged("products.status") }
        return ProductRecord(
            id: ContractProductID(rawValue: row["id"]), clientID: ClientID(rawValue: row["client_id"]),
            category: row["category"], configurationID: ConfigurationID(rawValue: row["configuration_id"]),
            name: row["name"], package: row["package"], status: status, provisionFields: try value(row["provision_fields"]),
            createdAt: Timestamp(milliseconds: row["created_at"]), updatedAt: Timestamp(milliseconds: row["updated_at"]))
    }
}

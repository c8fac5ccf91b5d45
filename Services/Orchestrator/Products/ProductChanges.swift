package import Models

/// Writes to a product, each noted in its history with who or which action made it.
package struct ProductChanges {
    package let actionID: ActionID?
    package let changedBy: String?
    package let now: Timestamp

    package init(actionID: ActionID?, changedBy: String?, now: Timestamp) {
        self.actionID = actionID
        self.changedBy = changedBy
        self.now = now
    }

    /// Merges fields into the provision fields (null removes one), sets the status and, where one is given, the package,
    /// and stores the product.
    ///
    /// - Returns: whether anything changed.
    package func apply(
        fields: [String: JSONValue], status: ProductStatus, package: String? = nil,
        to product: inout ProductRecord,
        in transaction: Transaction
    ) throws -> Bool {
        var didChange = false
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            let old = product.provisionFields[name]
            let new: JSONValue? = value == .null ? nil : value
            // A result's null says that the provider knows nothing of it: what is known from elsewhere stays.
            guard old != new, !(actionID != nil && new == nil) else { continue }
            product.provisionFields[name] = new
            try note(name, old: old?.maskingSealed, new: new?.maskingSealed, of: product, in: transaction)
            didChange = true
        }
        if let package, product.package != package {
            try note(
                "package", old: product.package.map(JSONValue.string), new: .string(package), of: product,
                in: transaction)
            product.package = package
            didChange = true
        }
        if product.status != status {
            try note(
                "status", old: .string(product.status.rawValue), new: .string(status.rawValue), of: product,
                in: transaction)
            product.status = status
            didChange = true
        }
        if didChange {
            product.updatedAt = now
            try transaction.update(product)
        }
        return didChange
    }

    private func note(
        _ field: String, old: JSONValue?, new: JSONValue?, of product: ProductRecord,
        in transaction: Transaction
    ) throws {
        try transaction.insertChange(
            FieldChange(
                field: field, oldValue: old, newValue: new, actionID: actionID, changedBy: changedBy,
                changedAt: now),
            of: product.id)
    }
}

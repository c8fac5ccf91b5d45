import Models

/// What a provider says of a product, held against what the product says of itself.
struct ProductComparison {
    /// What differs of what the product knows, by name; then the status. What it does not know is no difference.
    let differences: [FieldDifference]
    /// The product's status by what the provider says; its own where that says nothing of it.
    let status: ProductStatus

    /// - Parameters:
    ///   - theirs: what the provider's reading function answered, its secrets sealed as the product's fields are.
    ///   - fields: of that answer.
    ///   - open: opens the secrets among values of these fields.
    init(
        _ product: ProductRecord, _ theirs: [String: JSONValue], fields: [FieldDefinition],
        open: ([String: JSONValue]) throws -> [String: JSONValue]
    ) throws {
        let told = theirs.filter { $0.value != .null }
        let known = product.provisionFields.filter { told[$0.key] != nil && $0.value != .null }
        let openTold = try open(told)
        let openKnown = try open(known)
        var differences = openKnown.keys.sorted().filter { openKnown[$0] != openTold[$0] }.map { name in
            FieldDifference(field: name, ours: known[name]?.maskingSealed, theirs: told[name]?.maskingSealed)
        }
        status = Self.status(of: product, told)
        if status != product.status {
            differences.append(
                FieldDifference(
                    field: "status", ours: .string(product.status.rawValue), theirs: .string(status.rawValue))
            )
        }
        self.differences = differences
    }

    /// It is there, so it is neither pending nor terminated; whether it is suspended is told by a field of that name.
    private static func status(of product: ProductRecord, _ told: [String: JSONValue]) -> ProductStatus {
        switch (product.status, told["suspended"]) {
        case (_, .bool(true)): .suspended
        case (.pending, _), (.terminated, _), (.suspended, .bool(false)): .active
        case (.active, _), (.suspended, _), (.transferring, _), (.expired, _): product.status
        }
    }
}

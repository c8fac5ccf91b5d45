import Models

/// A product's status while the provider works on an action by itself, for functions that declare one.
struct DeferralStatus: Sendable {
    let catalogue: Catalogue

    /// The product gets the status that the function declares; what it was before is kept with the action.
    func enterDeferral(
        of action: inout ActionRecord, in transaction: Transaction, changes: inout ActionChanges,
        now: Timestamp
    ) throws {
        // Once: what has changed the product's status meanwhile knew better.
        guard action.statusBefore == nil, let status = status(of: action),
            var product = try transaction.product(action.productID), product.status != status
        else { return }
        action.statusBefore = product.status
        try change(&product, to: status, by: action, in: transaction, changes: &changes, now: now)
    }

    /// The action ended without success: the product goes back, unless its status was changed by something else.
    func leaveDeferral(
        of action: inout ActionRecord, in transaction: Transaction, changes: inout ActionChanges,
        now: Timestamp
    ) throws {
        guard let before = action.statusBefore else { return }
        action.statusBefore = nil
        guard var product = try transaction.product(action.productID), product.status == status(of: action)
        else { return }
        try change(&product, to: before, by: action, in: transaction, changes: &changes, now: now)
    }

    private func status(of action: ActionRecord) -> ProductStatus? {
        catalogue.function(action.function, of: action.category)?.statusWhileDeferred
            .flatMap(ProductStatus.init(rawValue:))
    }

    private func change(
        _ product: inout ProductRecord, to status: ProductStatus, by action: ActionRecord,
        in transaction: Transaction, changes: inout ActionChanges, now: Timestamp
    ) throws {
        _ = try ProductChanges(actionID: action.id, changedBy: nil, now: now)
            .apply(fields: [:], status: status, to: &product, in: transaction)
        changes.products.append(product)
    }
}

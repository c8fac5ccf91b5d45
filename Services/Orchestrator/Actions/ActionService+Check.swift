import Models
import ServiceRuntime

extension ActionService {
    /// Holds what a provider answered against the product: notes what differs, and takes it over where that was asked
    /// for. The result is stored with the action already.
    func compare(
        _ action: inout ActionRecord, function: FunctionDefinition, product: inout ProductRecord,
        in transaction: Transaction, changes: inout ActionChanges, now: Timestamp
    ) throws {
        let stored = SecretKeeper.Place(secrets.storage, "\(action.id)/result")
        let theirs = try secrets.move(
            action.result ?? [:], fields: function.result, from: stored,
            to: .init(secrets.storage, "\(product.id)/fields"))
        let comparison = try ProductComparison(product, theirs, fields: function.result) { values in
            try secrets.storage.open(
                secretsOf: values, fields: function.result, context: "\(product.id)/fields")
        }
        try conclude(
            &action, differences: comparison.differences, fields: theirs, status: comparison.status,
            product: &product, in: transaction, changes: &changes, now: now)
    }

    /// The provider knows nothing of the product: it is no longer there, or never was.
    func noteAbsence(
        _ action: inout ActionRecord, in transaction: Transaction, changes: inout ActionChanges,
        now: Timestamp
    ) throws {
        guard var product = try transaction.product(action.productID) else { return }
        let isExpected = product.status == .pending || product.status == .terminated
        let difference = FieldDifference(
            field: "status", ours: .string(product.status.rawValue),
            theirs: .string(ProductStatus.terminated.rawValue))
        try conclude(
            &action, differences: isExpected ? [] : [difference], fields: [:],
            status: isExpected ? product.status : .terminated, product: &product, in: transaction,
            changes: &changes, now: now)
    }

    private func conclude(
        _ action: inout ActionRecord, differences: [FieldDifference], fields: [String: JSONValue],
        status: ProductStatus, product: inout ProductRecord, in transaction: Transaction,
        changes: inout ActionChanges, now: Timestamp
    ) throws {
        action.differences = differences
        product.checkedAt = now
        product.differences = differences
        if differences.isEmpty { product.isDoubtful = false }
        if action.check == .adopt {
            product.differences = []
            product.isDoubtful = false
            let author = ProductChanges(actionID: action.id, changedBy: action.requestedBy, now: now)
            _ = try author.apply(fields: fields, status: status, to: &product, in: transaction)
        }
        try transaction.update(product)
        changes.products.append(product)
    }
}

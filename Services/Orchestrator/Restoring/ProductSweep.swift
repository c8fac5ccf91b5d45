import Logging
import Models
import ServiceLifecycle
import ServiceRuntime

/// Compares every product with its provider after a backup was restored, by ordinary checks, a few at a time. What differs
/// is reported in the log and with the product; nothing is changed.
package struct ProductSweep: Service {
    /// Who asks for the checks.
    package static let requester = "sweep after a restoration"
    /// How many checks are under way at once.
    static let concurrency = 16
    /// How often is looked whether there is room for more.
    private static let interval: Duration = .seconds(1)

    let store: Store
    let actions: ActionService
    let logger: Logger

    /// Works until nothing is left, then waits for the end of the service.
    package func run() async throws {
        var hasWork = false
        var isOver = false
        repeat {
            do {
                let (begun, left) = try await actions.sweep(limit: Self.concurrency)
                hasWork = hasWork || begun > 0 || left > 0
                isOver = begun == 0 && left == 0
            } catch {
                logger.warning("Could not compare products", metadata: [LogKey.error: "\(error)"])
            }
            if isOver { break }
        } while await Pause.wait(Self.interval)
        if isOver, hasWork { await report() }
        try await gracefulShutdown()
    }

    private func report() async {
        do {
            let (differing, doubtful) = try await store.read { try $0.doubtCounts() }
            logger.log(
                level: differing + doubtful > 0 ? .error : .notice,
                "Compared all products with their providers",
                metadata: [LogKey.differing: "\(differing)", LogKey.doubtful: "\(doubtful)"])
        } catch {
            logger.warning("Could not count products", metadata: [LogKey.error: "\(error)"])
        }
    }
}

extension ActionService {
    /// Begins checks of products that a sweep has yet to look at.
    ///
    /// - Returns: how many products were looked at now, and how many checks of the sweep have not ended.
    func sweep(limit: Int) async throws -> (begun: Int, left: Int) {
        let now = now()
        let (news, refused, begun, left) = try await store.write { transaction in
            var changes = ActionChanges()
            var refused: [(ContractProductID, String)] = []
            let open = try transaction.openActionCount(requestedBy: ProductSweep.requester)
            let products = try transaction.unsweptProducts(limit: max(0, limit - open))
            for product in products {
                do {
                    try check(product, in: transaction, changes: &changes, now: now)
                } catch let failure as RequestFailure {
                    refused.append((product, failure.message))
                }
                try transaction.noteSwept(product)
            }
            return (
                try self.news(of: changes, in: transaction, now: now), refused, products.count,
                try transaction.openActionCount(requestedBy: ProductSweep.requester)
            )
        }
        for (product, reason) in refused {
            logger.warning(
                "Could not compare a product",
                metadata: [LogKey.productID: "\(product)", LogKey.reason: "\(reason)"])
        }
        logAccepted(in: news)
        logDispatches(in: news)
        tell(news)
        return (begun, left)
    }

    /// - Throws: `RequestFailure` where it cannot be compared.
    private func check(
        _ id: ContractProductID, in transaction: Transaction, changes: inout ActionChanges, now: Timestamp
    ) throws {
        guard let product = try transaction.product(id) else { return }
        guard let function = catalogue.blueprint(product.category)?.checkFunction else {
            throw RequestFailure(.conflict, "No function of \(product.category) reads what a product is.")
        }
        if let refusal = try refusal(of: function, on: product, in: transaction) { throw refusal }
        let order = ActionOrder(
            id: .make(at: now), function: function, given: [:], check: .compare,
            requestedBy: ProductSweep.requester)
        _ = try accept(order, on: product, in: transaction, changes: &changes, now: now)
    }
}

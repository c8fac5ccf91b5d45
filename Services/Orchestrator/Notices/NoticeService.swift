import Logging
package import Models
import ServiceRuntime

/// Keeps what third parties tell without being asked, and applies it to the contract products that it is about.
package struct NoticeService: Sendable {
    /// What a notice's message is cut to, in characters, and how many bytes may be sent with it; more is left out.
    package static let longestMessage = 4_096
    package static let largestExtra = 16 << 10
    /// How many bytes of notices are listed together at most.
    static let pageBytes = 512 << 10
    /// Who asks for actions that a notice sets off.
    package static let requester = "notice"

    let store: Store
    let catalogue: Catalogue
    let actions: ActionService
    let now: @Sendable () -> Timestamp
    let logger: Logger

    /// Keeps notices and applies them, in one transaction. One that was kept before changes nothing.
    ///
    /// - Throws: `RequestFailure` (`notFound`) where there is no such configuration of that category.
    package func store(_ request: StoreNotices, traceparent: String?) async throws -> NoReply {
        let now = now()
        let (kept, news): ([KeptNotice], ActionNews) = try await store.write { transaction in
            guard let configuration = try transaction.configuration(request.configurationID),
                configuration.category == request.category
            else { throw RequestFailure(.notFound, "There is no such configuration.") }
            var changes = ActionChanges()
            var kept: [KeptNotice] = []
            for notice in request.notices
            where try !transaction.isKept(notice: notice.id, of: configuration.id) {
                kept.append(
                    try keep(
                        notice, of: configuration, traceparent: traceparent, in: transaction,
                        changes: &changes, now: now))
            }
            return (kept, try actions.news(of: changes, in: transaction, now: now))
        }
        for notice in kept {
            logger.info(
                "Kept notice",
                metadata: [
                    LogKey.configurationID: "\(notice.configurationID)", LogKey.noticeID: "\(notice.id)",
                    LogKey.noticeType: "\(notice.type)", LogKey.count: "\(notice.appliedTo.count)",
                ])
        }
        actions.logAccepted(in: news)
        actions.logDispatches(in: news)
        actions.tell(news)
        return NoReply()
    }

    private func keep(
        _ notice: Notice, of configuration: ConfigurationRecord, traceparent: String?,
        in transaction: Transaction, changes: inout ActionChanges, now: Timestamp
    ) throws -> KeptNotice {
        let meaning = catalogue.notice(notice.type, of: configuration.category)
        var products: [ContractProductID] = []
        for domain in notice.subjects.map(DomainKey.key) {
            for product in try transaction.products(of: configuration.id, domain: domain)
            where !products.contains(product) {
                products.append(product)
                guard let meaning else { continue }
                try apply(
                    meaning, notice: notice.id, to: product, domain: domain, traceparent: traceparent,
                    in: transaction, changes: &changes, now: now)
            }
        }
        let extra = notice.extra.flatMap { $0.text.count <= Self.largestExtra ? $0 : nil }
        let kept = KeptNotice(
            configurationID: configuration.id, category: configuration.category, id: notice.id,
            type: notice.type, message: String(notice.message.prefix(Self.longestMessage)),
            subjects: notice.subjects, createdAt: notice.createdAt, extra: extra,
            appliedTo: products, receivedAt: now)
        try transaction.insert(kept)
        return kept
    }

    // MARK: Applying

    private func apply(
        _ meaning: NoticeDefinition, notice: String, to id: ContractProductID, domain: String,
        traceparent: String?, in transaction: Transaction, changes: inout ActionChanges, now: Timestamp
    ) throws {
        if let function = meaning.movesOn {
            for var action in try transaction.deferredActions(of: id, function: function) {
                try action.machine.handle(.due)
                try actions.settle(&action, in: transaction, changes: &changes, now: now)
            }
        }
        guard var product = try transaction.product(id) else { return }
        // What is gone stays gone, whatever else is told of it.
        if let status = meaning.status.flatMap(ProductStatus.init(rawValue:)), product.status != .terminated {
            let didChange = try ProductChanges(actionID: nil, changedBy: "notice \(notice)", now: now)
                .apply(fields: [:], status: status, to: &product, in: transaction)
            if didChange { changes.products.append(product) }
        }
        if let name = meaning.function, let function = catalogue.function(name, of: product.category) {
            try run(
                function, on: product, domain: domain, traceparent: traceparent, in: transaction,
                changes: &changes, now: now)
        }
    }

    /// Runs a reading function, where it can be.
    ///
    /// - Parameter domain: says which one is meant where the product does not know it in parts.
    private func run(
        _ function: FunctionDefinition, on product: ProductRecord, domain: String,
        traceparent: String?, in transaction: Transaction, changes: inout ActionChanges, now: Timestamp
    ) throws {
        let names = function.parameters.map(\.name)
        let given = DomainKey.parts(of: domain)
            .filter { names.contains($0.key) && product.provisionFields[$0.key] == nil }
        let order = ActionOrder(
            id: .make(at: now), function: function, given: given, requestedBy: Self.requester,
            traceparent: traceparent)
        do {
            if let refusal = try actions.refusal(of: function, on: product, in: transaction) { throw refusal }
            _ = try actions.accept(order, on: product, in: transaction, changes: &changes, now: now)
        } catch let refusal as RequestFailure {
            logger.warning(
                "Could not look up what a notice was about",
                metadata: [
                    LogKey.productID: "\(product.id)", LogKey.function: "\(function.name)",
                    LogKey.reason: "\(refusal.message)",
                ])
        }
    }

    // MARK: Listing

    package func list(_ request: ListNotices) async throws -> NoticeList {
        let limit = request.page.boundedLimit
        let cursor = try request.page.number
        let found = try await store.read {
            try $0.notices(of: request.configurationID, before: cursor, limit: limit + 1)
        }
        var items: [KeptNotice] = []
        var bytes = 0
        for (_, notice) in found.prefix(limit) {
            bytes += JSONText.bytes(notice).count
            if bytes > Self.pageBytes, !items.isEmpty { break }
            items.append(notice)
        }
        return NoticeList(
            items: items, nextCursor: items.count < found.count ? String(found[items.count - 1].number) : nil)
    }
}

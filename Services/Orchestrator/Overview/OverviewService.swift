package import Models

/// What pages show that is about no single thing: counts, searches, what needs a person, how providers do.
package struct OverviewService: Sendable {
    /// Most configurations with an open circuit that are told.
    private static let circuitLimit = 100
    /// Most names that are looked up at once.
    private static let nameLimit = 1000

    let store: Store
    let actions: ActionService
    let products: ProductService
    let configurations: ConfigurationService
    let statistics: AttemptStatistics
    let now: @Sendable () -> Timestamp

    package func overview() async throws -> Overview {
        let now = now()
        return try await store.read { transaction in
            Overview(
                clients: try transaction.clientCount(),
                contractProducts: Self.object(try transaction.productCounts().map { ($0.status, $0.count) }),
                openActions: Self.object(try transaction.openActionCounts().map { ($0.state, $0.count) }),
                attention: Self.object(
                    try Attention.allCases.map {
                        ($0.rawValue, try transaction.attentionCount($0, now: now))
                    }))
        }
    }

    package func groups(_ request: GroupAttention) async throws -> AttentionGroupList {
        let now = now()
        return try await store.read {
            AttentionGroupList(items: try $0.attentionGroups(request.attention, now: now))
        }
    }

    package func names(_ request: ListNames) async throws -> Names {
        try await store.read { transaction in
            let names = try request.ids.prefix(Self.nameLimit).compactMap { id in
                try transaction.name(of: id).map { (id, JSONValue.string($0)) }
            }
            return Names(names: Dictionary(names) { first, _ in first })
        }
    }

    /// Looks for a text where people look for one. An action is only found by its whole id.
    package func find(_ request: FindText) async throws -> SearchResults {
        let limit = min(max(request.limit, 1), 50)
        let now = now()
        return try await store.read { transaction in
            let filter = ListContractProducts(text: request.text, page: Page(limit: limit))
            let action = try transaction.action(ActionID(rawValue: request.text))
            return SearchResults(
                clients: try transaction.clients(text: request.text, before: nil, limit: limit),
                contractProducts: try transaction.products(filter, limit: limit).map(products.listed),
                actions: try action.map {
                    [try actions.views.view($0, in: transaction, withResult: false, now: now)]
                } ?? [])
        }
    }

    package func show() async throws -> Statistics {
        let (since, providers) = statistics.snapshot(now: now())
        return try await store.read { transaction in
            Statistics(
                since: since, providers: providers,
                queued: Self.object(try transaction.queuedCounts().map { ($0.category, $0.count) }),
                outboxWaiting: try transaction.outboxCount(),
                circuits: try transaction.brokenCircuits(limit: Self.circuitLimit).map {
                    try configurations.shown($0, in: transaction)
                })
        }
    }

    private static func object(_ counts: [(String, Int)]) -> [String: JSONValue] {
        Dictionary(counts.map { ($0.0, .integer($0.1)) }) { first, _ in first }
    }
}

package import Models
import ServiceRuntime

/// Contract products: what clients bought.
package struct ProductService: Sendable {
    /// How much of a product's history is shown.
    package static let historyLimit = 200

    let store: Store
    let catalogue: Catalogue
    let actions: ActionService
    let now: @Sendable () -> Timestamp

    package func create(_ request: CreateContractProduct) async throws -> ContractProduct {
        let now = now()
        return try await store.write { transaction in
            guard catalogue.blueprint(request.category) != nil else {
                throw Self.invalid("/category", "there is no category \(request.category.prefix(100))")
            }
            guard try transaction.client(request.clientID) != nil else {
                throw Self.invalid("/client_id", "there is no such client")
            }
            try checkConfiguration(request.configurationID, category: request.category, in: transaction)
            let product = ProductRecord(
                id: .make(at: now), clientID: request.clientID, category: request.category,
                configurationID: request.configurationID, name: request.name, package: request.package,
                status: .pending,
                provisionFields: (request.provisionFields ?? [:]).filter { $0.value != .null },
                createdAt: now, updatedAt: now)
            try transaction.insert(product)
            return try view(product, audience: .admin, in: transaction)
        }
    }

    package func update(_ request: UpdateContractProduct) async throws -> ContractProduct {
        let now = now()
        let (changed, news) = try await store.write { transaction in
            var product = try transaction.product(request.id, of: nil)
            let configurationBefore = product.configurationID
            if let configuration = request.configurationID {
                try checkConfiguration(configuration, category: product.category, in: transaction)
                product.configurationID = configuration
            }
            product.name = request.name ?? product.name
            if let changed = request.businessEvents {
                product.businessEvents = try EventOverride.merged(
                    changed, into: product.businessEvents, blueprint: catalogue.blueprint(product.category))
            }
            product.updatedAt = now
            try transaction.update(product)
            _ = try ProductChanges(actionID: nil, changedBy: request.changedBy, now: now).apply(
                fields: request.provisionFields ?? [:], status: product.status, package: request.package,
                to: &product, in: transaction)
            var changes = ActionChanges()
            changes.products = [product]
            if product.configurationID != configurationBefore {
                try actions.dispatcher.move(product.id, in: transaction, changes: &changes, now: now)
            }
            let news = try actions.news(of: changes, in: transaction, now: now)
            return (try view(product, audience: .admin, in: transaction), news)
        }
        actions.logDispatches(in: news)
        actions.tell(news)
        return changed
    }

    package func show(_ request: ShowContractProduct) async throws -> ContractProduct {
        try await store.read { transaction in
            let product = try transaction.product(request.id, of: request.clientID)
            return try view(product, audience: request.audience, in: transaction)
        }
    }

    package func list(_ request: ListContractProducts) async throws -> ContractProductList {
        let limit = request.page.boundedLimit
        return try await store.read { transaction in
            let products = try transaction.products(request, limit: limit + 1)
            return ContractProductList(
                items: products.prefix(limit).map { view($0, actions: nil) },
                nextCursor: products.count > limit ? products[limit - 1].id.rawValue : nil)
        }
    }

    package func history(_ request: ShowProductHistory) async throws -> FieldChangeList {
        try await store.read { transaction in
            let product = try transaction.product(request.id, of: request.clientID)
            return FieldChangeList(items: try transaction.changes(of: product.id, limit: Self.historyLimit))
        }
    }

    private func checkConfiguration(
        _ id: ConfigurationID, category: String, in transaction: Transaction
    ) throws {
        guard let configuration = try transaction.configuration(id) else {
            throw Self.invalid("/configuration_id", "there is no such configuration")
        }
        guard configuration.category == category else {
            throw Self.invalid(
                "/configuration_id",
                "the configuration is one of \(configuration.category), not of \(category)")
        }
    }

    // MARK: Views

    private func view(
        _ product: ProductRecord, audience: Role, in transaction: Transaction
    ) throws -> ContractProduct {
        guard let client = try transaction.client(product.clientID),
            let configuration = try transaction.configuration(product.configurationID)
        else { throw StoreError.damaged("products.client_id or products.configuration_id") }
        let provider = catalogue.provider(configuration.provider, of: product.category)
        let sources = ParameterSources(product: product, client: client)
        let functions = catalogue.blueprint(product.category)?.functions ?? []
        let available = functions.filter { function in
            provider?.supports(function.name) ?? false && (audience == .admin || function.audience == .client)
                && ProductGuard.refusal(of: function, on: product.status) == nil
        }
        return view(
            product,
            actions: available.map { function in
                let filled = sources.fill([:], for: function) { _, value in value.maskingSealed }
                return AvailableAction(
                    function: function.name, title: function.title, effect: function.effect.rawValue,
                    audience: function.audience.rawValue, parameters: function.parameters.masked(filled))
            })
    }

    private func view(_ product: ProductRecord, actions: [AvailableAction]?) -> ContractProduct {
        ContractProduct(
            id: product.id, clientID: product.clientID, category: product.category,
            configurationID: product.configurationID, name: product.name, package: product.package,
            status: product.status, provisionFields: product.provisionFields.mapValues(\.maskingSealed),
            businessEvents: product.businessEvents.isEmpty ? nil : product.businessEvents,
            actionsAvailable: actions, checkedAt: product.checkedAt,
            differences: product.differences.isEmpty ? nil : product.differences,
            doubtful: product.isDoubtful ? true : nil, createdAt: product.createdAt,
            updatedAt: product.updatedAt)
    }

    private static func invalid(_ pointer: String, _ detail: String) -> RequestFailure {
        RequestFailure(
            .invalid, "The contract product is not as it should be.",
            problems: [FieldProblem(pointer: pointer, detail: detail)])
    }
}

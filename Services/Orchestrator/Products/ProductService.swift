package import Models
import ServiceRuntime

/// Contract products: what clients bought.
package struct ProductService: Sendable {
    /// How much of a product's history is shown.
    package static let historyLimit = 200
    /// What the gateway seals provision fields for: a new product has no id yet.
    private static let gatewayContext = "product/fields"

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
            let id = ContractProductID.make(at: now)
            let fields = (request.provisionFields ?? [:]).filter { $0.value != .null }
            let product = ProductRecord(
                id: id, clientID: request.clientID, category: request.category,
                configurationID: request.configurationID, name: request.name, package: request.package,
                status: .pending,
                provisionFields: try stored(fields, of: id, in: request.category), createdAt: now,
                updatedAt: now)
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
                fields: try stored(request.provisionFields ?? [:], of: product.id, in: product.category),
                status: product.status, package: request.package,
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
                items: products.prefix(limit).map(listed),
                nextCursor: products.count > limit ? products[limit - 1].id.rawValue : nil)
        }
    }

    package func history(_ request: ShowProductHistory) async throws -> FieldChangeList {
        try await store.read { transaction in
            let product = try transaction.product(request.id, of: request.clientID)
            return FieldChangeList(items: try transaction.changes(of: product.id, limit: Self.historyLimit))
        }
    }

    /// Provision fields that came from the gateway, with the secrets among them sealed for storage.
    private func stored(
        _ fields: [String: JSONValue], of product: ContractProductID, in category: String
    ) throws -> [String: JSONValue] {
        try actions.secrets.move(
            sent: fields, fields: catalogue.blueprint(category)?.secretFields ?? [],
            context: Self.gatewayContext,
            to: .init(actions.secrets.storage, "\(product)/fields"))
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

    /// A product without the actions available.
    func listed(_ product: ProductRecord) -> ContractProduct { view(product, actions: nil) }

    private func view(
        _ product: ProductRecord, audience: Audience, in transaction: Transaction
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
            status: product.status, provisionFields: masked(product.provisionFields, in: product.category),
            businessEvents: product.businessEvents.isEmpty ? nil : product.businessEvents,
            actionsAvailable: actions, checkedAt: product.checkedAt,
            differences: product.differences.isEmpty ? nil : product.differences,
            doubtful: product.isDoubtful ? true : nil, createdAt: product.createdAt,
            updatedAt: product.updatedAt)
    }

    /// What is sealed shows as dots, and so does what should be and was stored by an earlier version.
    private func masked(_ fields: [String: JSONValue], in category: String) -> [String: JSONValue] {
        (catalogue.blueprint(category)?.secretFields ?? []).masked(fields.mapValues(\.maskingSealed))
    }

    private static func invalid(_ pointer: String, _ detail: String) -> RequestFailure {
        RequestFailure(
            .invalid, "The contract product is not as it should be.",
            problems: [FieldProblem(pointer: pointer, detail: detail)])
    }
}

import Hummingbird
import HummingbirdCore
import Models
import ServiceRuntime

extension [HTTPRoute] {
    static func products(_ parts: GatewayParts) -> [HTTPRoute] {
        [
            HTTPRoute(
                method: .post, path: "/v1/contract-products", tag: "Contract products",
                name: "createContractProduct", summary: "Makes a contract product in status pending",
                access: .staff(.configure),
                body: RouteBody(
                    name: "NewContractProduct", fields: .of(request: CreateContractProduct.messageType)),
                answers: [.created("ContractProduct")]
            ) { call in
                var request = try call.decodeBody(CreateContractProduct.self)
                request.provisionFields = try request.provisionFields.map {
                    try parts.sealed(provisionFields: $0, of: request.category)
                }
                let product = try await parts.upstream.ask(request, trace: call.trace)
                if let id = product["id"]?.string {
                    parts.products.store(
                        .init(category: request.category, clientID: request.clientID),
                        for: ContractProductID(rawValue: id))
                }
                return .created(try product.maskingSealed(), at: "/v1/contract-products")
            },
            HTTPRoute(
                method: .get, path: "/v1/contract-products", tag: "Contract products",
                name: "listContractProducts", summary: "Contract products, newest first",
                access: .client(.view),
                query: [
                    Query.clientID, Query.category, Query.status, Query.configurationID, Query.contains,
                ] + ProductCheck.filters + Query.page,
                answers: [.ok("ContractProductList")]
            ) { call in
                let request = ListContractProducts(
                    clientID: try call.clientFilter, category: call.query["category"]?.stringValue,
                    status: call.query["status"]?.stringValue.flatMap { ProductStatus(rawValue: $0) },
                    configurationID: call.query["configuration_id"]?.stringValue.map {
                        ConfigurationID(rawValue: $0)
                    }, text: call.query["q"]?.stringValue,
                    differs: call.query["differs"]?.boolValue, doubtful: call.query["doubtful"]?.boolValue,
                    page: call.page)
                return .json(try await parts.upstream.ask(request, trace: call.trace).maskingSealed())
            },
            HTTPRoute(
                method: .get, path: "/v1/contract-products/{id}", tag: "Contract products",
                name: "showContractProduct",
                summary: "One contract product, with the actions available to whoever asks",
                access: .client(.view),
                answers: [.ok("ContractProduct")]
            ) { call in
                let request = ShowContractProduct(
                    id: try call.id(), clientID: try call.onlyClient, audience: try call.audience)
                return .json(try await parts.upstream.ask(request, trace: call.trace).maskingSealed())
            },
            HTTPRoute(
                method: .patch, path: "/v1/contract-products/{id}", tag: "Contract products",
                name: "updateContractProduct",
                summary: "Changes a contract product; provision fields and business events not given stay",
                access: .staff(.configure),
                body: RouteBody(
                    name: "ContractProductChange",
                    fields: .of(request: UpdateContractProduct.messageType, without: ["id", "changed_by"])),
                answers: [.ok("ContractProduct", "The contract product as it is now")]
            ) { call in
                let id: ContractProductID = try call.id()
                let fields = call.body["provision_fields"]?.objectValue
                let request = UpdateContractProduct(
                    id: id, name: call.body["name"]?.stringValue,
                    package: call.body["package"]?.stringValue,
                    configurationID: call.body["configuration_id"]?.stringValue.map {
                        ConfigurationID(rawValue: $0)
                    },
                    provisionFields: try await parts.sealed(
                        provisionFields: fields, of: id, trace: call.trace),
                    businessEvents: call.body["business_events"]?.objectValue, changedBy: try call.actor)
                return .json(try await parts.upstream.ask(request, trace: call.trace).maskingSealed())
            },
            HTTPRoute(
                method: .get, path: "/v1/contract-products/{id}/history", tag: "Contract products",
                name: "showContractProductHistory",
                summary: "What was written to a contract product, newest first, at most 200 changes",
                access: .client(.view), answers: [.ok("FieldChangeList")]
            ) { call in
                let request = ShowProductHistory(id: try call.id(), clientID: try call.onlyClient)
                return .json(try await parts.upstream.ask(request, trace: call.trace).maskingSealed())
            },
            HTTPRoute(
                method: .post, path: "/v1/contract-products/{id}/check", tag: "Contract products",
                name: "checkContractProduct",
                summary: "Compares a contract product with its provider, by an action that says what differs",
                access: .staff(.run), query: [ActionRequest.waitParameter],
                body: RouteBody(name: "ProductCheck", fields: [ProductCheck.adopt], isOptional: true),
                answers: [
                    RouteAnswer(
                        status: .ok,
                        help: "The action, which has ended; failed, notFound: the provider does not know it",
                        content: .structure("Action"), headers: ["Location": "Where the action is"]),
                    RouteAnswer(
                        status: .accepted, help: "The action, which is durable and goes on by itself",
                        content: .structure("Action"), headers: ["Location": "Where the action is"]),
                ]
            ) { call in try await parts.submission.check(call) },
        ]
    }
}

extension Query {
    static let status = FieldDefinition(
        name: "status", type: .string, rules: [.in(ProductStatus.allCases.map(\.rawValue))],
        help: "Only of this status")
}

extension GatewayParts {
    /// Provision fields with the secrets among them sealed for the orchestrator.
    fileprivate func sealed(
        provisionFields: [String: JSONValue], of category: String
    ) throws -> [String: JSONValue] {
        let fields = Blueprints.named(category)?.secretFields ?? []
        return try fields.mapSecrets(in: provisionFields) { value, path in
            .string(try sealer.seal(value, context: "product/fields/\(path)"))
        }
    }

    /// The same, of a product that is there.
    fileprivate func sealed(
        provisionFields: [String: JSONValue]?, of product: ContractProductID, trace: TraceContext
    ) async throws -> [String: JSONValue]? {
        guard let provisionFields else { return nil }
        let category = try await products.entry(product, client: nil, trace: trace).category
        return try sealed(provisionFields: provisionFields, of: category)
    }
}

/// What concerns the comparison of products with their providers.
enum ProductCheck {
    static let adopt = FieldDefinition(
        name: "adopt", type: .boolean,
        help: "Whether what the provider says is written to the product, with who asked for it",
        defaultValue: false)

    static let filters = [
        FieldDefinition(
            name: "differs", type: .boolean,
            help: "Only those that differed, or did not, when they were last compared with their providers"),
        FieldDefinition(
            name: "doubtful", type: .boolean,
            help: "Only those of a restored backup that nothing has confirmed since, or only others"),
    ]
}

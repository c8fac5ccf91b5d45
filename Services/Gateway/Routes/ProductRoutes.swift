import Hummingbird
import HummingbirdCore
import Models

extension [HTTPRoute] {
    static func products(_ parts: GatewayParts) -> [HTTPRoute] {
        [
            HTTPRoute(
                method: .post, path: "/v1/contract-products", tag: "Contract products",
                name: "createContractProduct", summary: "Makes a contract product in status pending",
                access: .admin,
                body: RouteBody(
                    name: "NewContractProduct", fields: .of(request: CreateContractProduct.messageType)),
                answers: [.created("ContractProduct")]
            ) { call in
                let request = try call.decodeBody(CreateContractProduct.self)
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
                name: "listContractProducts", summary: "Contract products, newest first", access: .client,
                query: [Query.clientID, Query.category] + ProductCheck.filters + Query.page,
                answers: [.ok("ContractProductList")]
            ) { call in
                let request = ListContractProducts(
                    clientID: try call.clientFilter, category: call.query["category"]?.stringValue,
                    differs: call.query["differs"]?.boolValue, doubtful: call.query["doubtful"]?.boolValue,
                    page: call.page)
                return .json(try await parts.upstream.ask(request, trace: call.trace).maskingSealed())
            },
            HTTPRoute(
                method: .get, path: "/v1/contract-products/{id}", tag: "Contract products",
                name: "showContractProduct",
                summary: "One contract product, with the actions available to whoever asks", access: .client,
                answers: [.ok("ContractProduct")]
            ) { call in
                let request = ShowContractProduct(
                    id: try call.id(), clientID: try call.onlyClient, audience: try call.principal.role)
                return .json(try await parts.upstream.ask(request, trace: call.trace).maskingSealed())
            },
            HTTPRoute(
                method: .patch, path: "/v1/contract-products/{id}", tag: "Contract products",
                name: "updateContractProduct",
                summary: "Changes a contract product; provision fields and business events not given stay",
                access: .admin,
                body: RouteBody(
                    name: "ContractProductChange",
                    fields: .of(request: UpdateContractProduct.messageType, without: ["id", "changed_by"])),
                answers: [.ok("ContractProduct", "The contract product as it is now")]
            ) { call in
                let request = UpdateContractProduct(
                    id: try call.id(), name: call.body["name"]?.stringValue,
                    package: call.body["package"]?.stringValue,
                    configurationID: call.body["configuration_id"]?.stringValue.map {
                        ConfigurationID(rawValue: $0)
                    },
                    provisionFields: call.body["provision_fields"]?.objectValue,
                    businessEvents: call.body["business_events"]?.objectValue, changedBy: try call.actor)
                return .json(try await parts.upstream.ask(request, trace: call.trace).maskingSealed())
            },
            HTTPRoute(
                method: .get, path: "/v1/contract-products/{id}/history", tag: "Contract products",
                name: "showContractProductHistory",
                summary: "What was written to a contract product, newest first, at most 200 changes",
                access: .client, answers: [.ok("FieldChangeList")]
            ) { call in
                let request = ShowProductHistory(id: try call.id(), clientID: try call.onlyClient)
                return .json(try await parts.upstream.ask(request, trace: call.trace).maskingSealed())
            },
            HTTPRoute(
                method: .post, path: "/v1/contract-products/{id}/check", tag: "Contract products",
                name: "checkContractProduct",
                summary: "Compares a contract product with its provider, by an action that says what differs",
                access: .admin, query: [ActionRequest.waitParameter],
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

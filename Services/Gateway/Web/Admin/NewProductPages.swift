import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models

/// Adds a product to a client: first the category, then what delivers it.
struct NewProductPages: Sendable {
    private static let fields: [FieldDefinition] = [FieldDefinition].of(
        request: CreateContractProduct.messageType
    )
    .filter { ["name", "package"].contains($0.name) }

    let web: Web

    var routes: [HTTPRoute] {
        let path = "/admin/clients/{id}/products/new"
        return [
            .page(
                .get, path, "adminNewProduct", access: .staff(.configure), query: [Query.category]
            ) { call in try await show(call, FormPage(), [:], category: call.query["category"]?.stringValue)
            },
            .page(.post, path, "adminCreateProduct", access: .staff(.configure)) { try await create($0) },
        ]
    }

    private func show(
        _ call: Call, _ page: FormPage, _ values: [String: JSONValue], category: String?
    ) async throws -> Response {
        let client: ClientID = try call.id()
        async let owner = web.api.ask("showClient", call, path: ["id": client.rawValue])
        async let accounts = web.api.ask(
            "listConfigurations", call,
            query: ["category": category.map(JSONValue.string) ?? .null, "limit": 200])
        let (clientShown, configurations) = try await (owner, accounts)
        let form = FormModel(values: values, problems: page.problem?.errors ?? [])
        let options: [(value: String, title: String)] = (configurations["items"]?.arrayValue ?? []).map {
            account in
            (
                account["id"]?.stringValue ?? "",
                "\(account["name"]?.stringValue ?? "") (\(account["provider"]?.stringValue ?? ""))"
            )
        }
        let inputs: JSONValue =
            form.inputs(Self.fields) + [
                form.choice(
                    "configuration_id", "Configuration", help: "The account at a provider that delivers it.",
                    options, chosen: values["configuration_id"]?.stringValue ?? options.first?.value)
            ]
        var model = page.messages(inputs)
        model.merge([
            "action": .string("/admin/clients/\(client)/products/new"),
            "cancel": .string("/admin/clients/\(client)"),
            "categories": .array(
                Blueprints.all.map {
                    [
                        "value": .string($0.category), "title": .string($0.title), "help": .string($0.help),
                        "href": .string("/admin/clients/\(client)/products/new?category=\($0.category)"),
                    ]
                }),
            "is_chosen": .bool(category != nil), "category": category.map(JSONValue.string) ?? .null,
            "category_title": .string(Words.category(category ?? "")),
            "has_accounts": .bool(!options.isEmpty),
            "fields": inputs,
        ]) { $1 }
        let heading = Heading(
            title: "Add a product", area: .admin, section: "/admin/clients",
            crumbs: [
                ("Clients", "/admin/clients"),
                (clientShown["name"]?.stringValue ?? client.rawValue, "/admin/clients/\(client)"),
            ])
        return try web.page(
            call, "admin-new-product", heading, model,
            status: page.problem == nil ? .ok : .unprocessableContent)
    }

    private func create(_ call: Call) async throws -> Response {
        let client: ClientID = try call.id()
        let category = call.form["category"]
        var values = FormValues(call.form, Self.fields).values
        values["configuration_id"] = call.form["configuration_id"].flatMap { $0.isEmpty ? nil : .string($0) }
        do {
            let own: [String: JSONValue] = [
                "client_id": .string(client.rawValue), "category": category.map(JSONValue.string) ?? .null,
            ]
            let product = try await web.api.ask(
                "createContractProduct", call, body: values.merging(own) { $1 })
            return .seeOther("/admin/products/\(product["id"]?.stringValue ?? "")?done=product")
        } catch {
            let page = FormPage(problem: try Problem(ofForm: error))
            return try await show(call, page, values, category: category)
        }
    }
}

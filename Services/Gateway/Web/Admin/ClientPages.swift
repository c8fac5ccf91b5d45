import Hummingbird
import HummingbirdCore
import HTTPTypes
import Models

/// Clients and their profiles.
struct ClientPages: Sendable {
    private static let section = "/admin/clients"
    private static let fields: [FieldDefinition] = .of(request: CreateClient.messageType)

    let web: Web
    let upstream: Upstream

    var routes: [HTTPRoute] {
        [
            .page(
                .get, Self.section, "adminClients", access: .staff(.view),
                query: [Query.contains] + Query.page
            ) { try await list($0) },
            .page(.get, "/admin/clients/new", "adminNewClient", access: .staff(.configure)) { call in
                try form(call, FormPage(), [:])
            },
            .page(.post, "/admin/clients/new", "adminCreateClient", access: .staff(.configure)) { call in
                let sent = FormValues(call.form, Self.fields)
                do {
                    if !sent.problems.isEmpty { throw Problem.invalid(sent.problems) }
                    let client = try await web.api.ask("createClient", call, body: sent.values)
                    return .seeOther("\(Self.section)/\(client["id"]?.stringValue ?? "")?done=client")
                } catch {
                    return try form(call, FormPage(problem: try Problem(ofForm: error)), sent.values)
                }
            },
            .page(.get, "/admin/clients/{id}", "adminClient", access: .staff(.view)) { try await show($0) },
        ]
    }

    private func list(_ call: Call) async throws -> Response {
        let found = try await web.api.ask("listClients", call, query: call.query.without("done"))
        let items = found["items"]?.arrayValue ?? []
        var model: [String: JSONValue] = [
            "clients": .array(
                items.map { client in
                    [
                        "name": client["name"] ?? .null, "email": client["email"] ?? .null,
                        "company": client["company"] ?? .null, "created_at": client["created_at"] ?? .null,
                        "href": .string("\(Self.section)/\(client["id"]?.stringValue ?? "")"),
                    ]
                }),
            "has_clients": .bool(!items.isEmpty), "q": call.query["q"] ?? .null,
            "may_create": .bool(web.api.permits("createClient", call)),
        ]
        model.merge(Paging.model(Self.section, call.query, next: found["next_cursor"])) { $1 }
        return try web.page(
            call, "admin-clients", Heading(title: "Clients", area: .admin, section: Self.section), model)
    }

    private func form(_ call: Call, _ page: FormPage, _ values: [String: JSONValue]) throws -> Response {
        let inputs = FormModel(values: values, problems: page.problem?.errors ?? []).inputs(Self.fields)
        var model = page.messages(inputs)
        model["fields"] = inputs
        model["action"] = "/admin/clients/new"
        model["button"] = "Make the client"
        model["cancel"] = .string(Self.section)
        let heading = Heading(
            title: "New client", area: .admin, section: Self.section, crumbs: [("Clients", Self.section)])
        return try web.page(
            call, "form", heading, model, status: page.problem == nil ? .ok : .unprocessableContent)
    }

    private func show(_ call: Call) async throws -> Response {
        let id: ClientID = try call.id()
        let own: [String: JSONValue] = ["client_id": .string(id.rawValue)]
        async let shown = web.api.ask("showClient", call, path: ["id": id.rawValue])
        async let owned = web.api.ask("listContractProducts", call, query: own.with("limit", 100))
        async let recent = web.api.ask("listActions", call, query: own.with("limit", 10))
        let (client, products, actions) = try await (shown, owned, recent)
        let items = products["items"]?.arrayValue ?? []
        let latest = actions["items"]?.arrayValue ?? []
        let names = try await web.names(in: latest, ["contract_product_id"], call, upstream)
        let address = client["address"]?.objectValue ?? [:]
        let lines = ["address_1", "address_2", "postcode", "city", "state", "country_code"].compactMap {
            address[$0]?.stringValue
        }
        return try web.page(
            call, "admin-client",
            Heading(
                title: client["name"]?.stringValue ?? id.rawValue, area: .admin, section: Self.section,
                crumbs: [("Clients", Self.section)]),
            [
                "client": client, "address": .string(lines.joined(separator: ", ")),
                "products": .array(items.map { Rows.product($0, in: .admin) }), "with_client": false,
                "has_products": .bool(!items.isEmpty),
                "all_products": products["next_cursor"] == nil
                    ? .null : .string(Address.path("/admin/products", own)),
                "new_product": web.api.permits("createContractProduct", call)
                    ? .string("\(Self.section)/\(id)/products/new") : .null,
                "view_as": web.api.permits("viewAsClient", call) && call.session != nil
                    ? .string("\(Self.section)/\(id)/view-as") : .null,
                "actions": .array(latest.map { Rows.action($0, in: .admin, names: names) }),
                "has_actions": .bool(!latest.isEmpty), "with_product": true, "with_requester": false,
                "all_actions": .string(Address.path("/admin/actions", own)),
            ])
    }
}

extension [String: JSONValue] {
    /// Without some members.
    func without(_ names: String...) -> Self { filter { !names.contains($0.key) } }

    /// With one more member.
    func with(_ name: String, _ value: JSONValue) -> Self { merging([name: value]) { $1 } }
}

import Hummingbird
import HummingbirdCore
import Models

/// Looks for a text in clients, products and actions.
struct SearchPage: Sendable {
    let web: Web
    let upstream: Upstream

    var routes: [HTTPRoute] {
        [
            .page(.get, "/admin/search", "adminSearch", access: .staff(.view), query: [Query.contains]) {
                try await show($0)
            }
        ]
    }

    private func show(_ call: Call) async throws -> Response {
        let wanted = call.query["q"]?.stringValue?.trimmed ?? ""
        let found: JSONValue =
            wanted.isEmpty
            ? [:] : try await web.api.ask("findText", call, query: ["q": .string(wanted), "limit": 20])
        let clients = found["clients"]?.arrayValue ?? []
        let products = found["contract_products"]?.arrayValue ?? []
        let actions = found["actions"]?.arrayValue ?? []
        // What has just one answer needs no list.
        if let only = (actions + (wanted.contains("_") ? clients + products : [])).first,
            clients.count + products.count + actions.count == 1, only["id"]?.stringValue == wanted
        {
            let place = actions.isEmpty ? clients.isEmpty ? "products" : "clients" : "actions"
            return .seeOther("/admin/\(place)/\(wanted)")
        }
        let names = try await web.names(
            in: products + actions, ["client_id", "contract_product_id"], call, upstream)
        return try web.page(
            call, "admin-search", Heading(title: "Search", area: .admin),
            [
                "wanted": .string(wanted), "has_clients": .bool(!clients.isEmpty),
                "clients": .array(
                    clients.map { client in
                        [
                            "name": client["name"] ?? .null, "email": client["email"] ?? .null,
                            "company": client["company"] ?? .null,
                            "href": .string("/admin/clients/\(client["id"]?.stringValue ?? "")"),
                        ]
                    }),
                "has_products": .bool(!products.isEmpty), "with_client": true,
                "products": .array(products.map { Rows.product($0, in: .admin, names: names) }),
                "has_actions": .bool(!actions.isEmpty), "with_product": true, "with_requester": false,
                "actions": .array(actions.map { Rows.action($0, in: .admin, names: names) }),
                "is_empty": .bool(clients.isEmpty && products.isEmpty && actions.isEmpty),
            ])
    }
}

import Hummingbird
import HummingbirdCore
import Models

/// All products, with filters.
struct ProductListPage: Sendable {
    private static let path = "/admin/products"

    let web: Web
    let upstream: Upstream

    var routes: [HTTPRoute] {
        [
            .page(
                .get, Self.path, "adminProducts", access: .staff(.view),
                query: [Query.contains, Query.category, Query.status, Query.clientID, Query.configurationID]
                    + ProductCheck.filters + Query.page
            ) { try await list($0) }
        ]
    }

    private func list(_ call: Call) async throws -> Response {
        let query = call.query.without("done")
        let found = try await web.api.ask("listContractProducts", call, query: query)
        let items = found["items"]?.arrayValue ?? []
        let narrowed = ["client_id", "configuration_id"].compactMap { call.query[$0] }
        let asked = narrowed.map { ["id": $0] as JSONValue }
        let names = try await web.names(in: items + asked, ["client_id", "id"], call, upstream)
        let form = FormModel()
        var model: [String: JSONValue] = [
            "products": .array(items.map { Rows.product($0, in: .admin, names: names) }), "with_client": true,
            "has_products": .bool(!items.isEmpty), "q": call.query["q"] ?? .null,
            "fields": [
                form.choice(
                    "category", "Category", isRequired: false, empty: "All",
                    Blueprints.all.map { ($0.category, $0.title) },
                    chosen: call.query["category"]?.stringValue),
                form.choice(
                    "status", "Status", isRequired: false, empty: "All",
                    ProductStatus.allCases.map { ($0.rawValue, Words.status($0.rawValue)) },
                    chosen: call.query["status"]?.stringValue),
                form.choice(
                    "differs", "Compared with the provider", isRequired: false, empty: "All",
                    [("true", "Differs"), ("false", "Does not differ")],
                    chosen: call.query["differs"]?.boolValue.map { $0 ? "true" : "false" }),
            ],
            "narrowed": .array(narrowed.map { .string(names[$0.stringValue ?? ""] ?? $0.stringValue ?? "") }),
            "kept": .array(Self.kept(call.query, ["client_id", "configuration_id"])),
        ]
        model.merge(Paging.model(Self.path, query, next: found["next_cursor"])) { $1 }
        return try web.page(
            call, "admin-products", Heading(title: "Products", area: .admin, section: Self.path), model)
    }

    /// What a filter's form sends along though it has no input of it.
    static func kept(_ query: [String: JSONValue], _ names: [String]) -> [JSONValue] {
        names.compactMap { name in query[name].map { ["name": .string(name), "value": $0] } }
    }
}

import Hummingbird
import HummingbirdCore
import Models

/// A client's own products.
struct ClientProductPages: Sendable {
    let web: Web

    var routes: [HTTPRoute] {
        [
            .page(.get, "/client", "clientProducts", access: .client(.view), query: [Query.page[0]]) {
                try await list($0)
            },
            .page(.get, "/client/products/{id}", "clientProduct", access: .client(.view)) {
                try await show($0)
            },
        ]
    }

    private func list(_ call: Call) async throws -> Response {
        // Staff have rooms of their own; here they would see everyone's.
        if try call.principal.role != .client { return .seeOther(Area.admin.path) }
        let query = call.query.without("done")
        let found = try await web.api.ask("listContractProducts", call, query: query)
        let items = found["items"]?.arrayValue ?? []
        var model: [String: JSONValue] = [
            "products": .array(items.map { Rows.product($0, in: .client) }),
            "has_products": .bool(!items.isEmpty),
        ]
        model.merge(Paging.model("/client", query, next: found["next_cursor"])) { $1 }
        return try web.page(
            call, "client-products", Heading(title: "My products", area: .client, section: "/client"), model)
    }

    private func show(_ call: Call) async throws -> Response {
        let id: ContractProductID = try call.id()
        let own: [String: JSONValue] = ["contract_product_id": .string(id.rawValue)]
        async let found = web.api.ask("showContractProduct", call, path: ["id": id.rawValue])
        async let recent = web.api.ask("listActions", call, query: own.with("limit", 20))
        async let measured = web.api.ask(
            "listActions", call,
            query: own.merging(["function": "getUsage", "state": "succeeded", "limit": 1]) { $1 })
        let (product, actions, usages) = try await (found, recent, measured)
        let items = actions["items"]?.arrayValue ?? []
        let usage = usages["items"]?.arrayValue?.first
        let bars = ClientFacts.usage(usage?["result"]?["usage_data"]?.objectValue ?? [:])
        let details = ClientFacts.details(product["provision_fields"]?.objectValue ?? [:])
        let row = Rows.product(product, in: .client)
        let functions = FunctionList(product, area: .client, call: call)
        let refreshing: Set<String> = ["getInfo", "getUsage"]
        let offered = (functions.model["functions"]?.arrayValue ?? []).filter { function in
            !refreshing.contains { function["href"]?.stringValue?.hasSuffix("/run/\($0)") == true }
        }
        let available = Set(
            (product["actions_available"]?.arrayValue ?? []).compactMap { $0["function"]?.stringValue })
        let mayRun = call.may(.run)
        var model = functions.model
        model.merge([
            "product": row, "product_id": .string(id.rawValue), "details": .array(details),
            "has_details": .bool(!details.isEmpty), "functions": .array(offered),
            "has_functions": .bool(!offered.isEmpty), "usage": .array(bars),
            "has_usage": .bool(!bars.isEmpty),
            "measured_at": usage?["finished_at"] ?? .null,
            "may_refresh": .bool(mayRun && available.contains("getInfo")),
            "may_measure": .bool(mayRun && available.contains("getUsage")),
            "events": .array(items.map { Rows.action($0, in: .client) }), "has_events": .bool(!items.isEmpty),
        ]) { $1 }
        return try web.page(
            call, "client-product",
            Heading(
                title: row["name"]?.stringValue ?? "", area: .client, section: "/client",
                crumbs: [("My products", "/client")]), model)
    }
}

import Hummingbird
import HummingbirdCore
import Models

/// Where staff begin: how much there is, and what needs them.
struct OverviewPage: Sendable {
    let web: Web
    let upstream: Upstream

    var routes: [HTTPRoute] {
        [.page(.get, "/admin", "adminOverview", access: .staff(.view)) { try await show($0) }]
    }

    private func show(_ call: Call) async throws -> Response {
        async let counts = web.api.ask("showOverview", call)
        async let recent = web.api.ask("listActions", call, query: ["limit": 10])
        let (overview, actions) = try await (counts, recent)
        let items = actions["items"]?.arrayValue ?? []
        let names = try await web.names(in: items, ["contract_product_id"], call, upstream)
        let products = overview["contract_products"]?.objectValue ?? [:]
        let open = overview["open_actions"]?.objectValue ?? [:]
        return try web.page(
            call, "admin-overview", Heading(title: "Overview", area: .admin, section: "/admin"),
            [
                "tiles": .array(
                    [
                        Self.tile("Clients", overview["clients"], "/admin/clients"),
                        Self.tile("Products", Self.sum(products), "/admin/products"),
                        Self.tile("Open actions", Self.sum(open), "/admin/actions"),
                    ] + Attention.allCases.map { Self.tile($0, overview["attention"]?[$0.rawValue]) }),
                "actions": .array(items.map { Rows.action($0, in: .admin, names: names) }),
                "has_actions": .bool(!items.isEmpty), "with_product": true, "with_requester": false,
            ])
    }

    private static func tile(_ title: String, _ count: JSONValue?, _ path: String) -> JSONValue {
        ["title": .string(title), "count": count ?? 0, "href": .string(path), "tone": .null]
    }

    private static func tile(_ kind: Attention, _ count: JSONValue?) -> JSONValue {
        let isAny = (count?.integerValue ?? 0) > 0
        return [
            "title": .string(Words.attention(kind).title), "count": .string(Words.attentionCount(count)),
            "href": .string("/admin/attention?attention=\(kind.rawValue)"),
            "tone": .string(isAny ? kind == .stuck ? "warn" : "bad" : ""),
        ]
    }

    private static func sum(_ counts: [String: JSONValue]) -> JSONValue {
        .integer(counts.values.compactMap(\.integerValue).reduce(0, +))
    }
}

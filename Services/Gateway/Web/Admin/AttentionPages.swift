import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models

/// What needs a person: by reason, in groups, decided one by one or a group at a time.
struct AttentionPages: Sendable {
    private static let path = "/admin/attention"
    /// How many actions are listed, and so decided at once, where one asks for many.
    private static let many = 200

    let web: Web
    let upstream: Upstream

    var routes: [HTTPRoute] {
        [
            .page(
                .get, Self.path, "adminAttention", access: .staff(.view),
                query: [Query.attention] + Self.groupFilters + Query.page
            ) { try await show($0) },
            .page(.post, Self.path, "adminDecideGroup", access: .staff(.run)) { call in
                try await GroupDecision(web: web, upstream: upstream).answer(call)
            },
        ]
    }

    private static let groupFilters = Query.actions.filter {
        ["category", "provider", "function", "configuration_id", "error_kind"].contains($0.name)
    }

    private func show(_ call: Call) async throws -> Response {
        let kind = call.query["attention"]?.stringValue.flatMap { Attention(rawValue: $0) } ?? .failed
        let chosen: [String: JSONValue] = ["attention": .string(kind.rawValue)]
        let filter = call.query.without("done", "attention").merging(chosen) { $1 }
        async let counts = web.api.ask("showOverview", call)
        async let grouped = web.api.ask("groupAttention", call, query: chosen)
        async let found = web.api.ask(
            "listActions", call, query: filter)
        let (overview, groups, actions) = try await (counts, grouped, found)
        let items = actions["items"]?.arrayValue ?? []
        let names = try await web.names(
            in: items + (groups["items"]?.arrayValue ?? []), ["contract_product_id", "configuration_id"],
            call,
            upstream)
        let words = Words.attention(kind)
        var model: [String: JSONValue] = [
            "kinds": .array(
                Attention.allCases.map { each in
                    [
                        "title": .string(Words.attention(each).title),
                        "count": .string(Words.attentionCount(overview["attention"]?[each.rawValue])),
                        "href": .string("\(Self.path)?attention=\(each.rawValue)"),
                        "current": .bool(each == kind),
                    ]
                }),
            "kind": .string(kind.rawValue), "help": .string(words.help), "empty": .string(words.empty),
            "groups": .array((groups["items"]?.arrayValue ?? []).map { Self.group($0, kind, names) }),
            "counted_note": (overview["attention"]?[kind.rawValue]?.integerValue ?? 0) >= Attention.countLimit
                ? .string("The newest \(Attention.countLimit) are counted.") : .null,
            "has_groups": .bool((groups["items"]?.arrayValue ?? []).count > 1),
            "rows": .array(items.map { Self.row($0, names) }), "has_rows": .bool(!items.isEmpty),
            "is_narrowed": .bool(filter.without("limit", "cursor").count > 1),
            "many_href": filter["limit"] == nil && actions["next_cursor"] != nil
                ? .string(Address.path(Self.path, filter.with("limit", .integer(Self.many)))) : .null,
            "all_href": .string("\(Self.path)?attention=\(kind.rawValue)"),
            "may_run": .bool(call.may(.run)), "decisions": .array(Self.decisions(kind)),
        ]
        model.merge(Paging.model(Self.path, filter, next: actions["next_cursor"])) { $1 }
        return try web.page(
            call, "admin-attention", Heading(title: "Needs attention", area: .admin, section: Self.path),
            model)
    }

    static func row(_ action: JSONValue, _ names: [String: String]) -> JSONValue {
        var row = Rows.action(action, in: .admin, names: names).objectValue ?? [:]
        let configuration = action["configuration_id"]?.stringValue ?? ""
        row["configuration_name"] = .string(names[configuration] ?? configuration)
        row["error_kind"] = action["error"].map { .string(Words.error($0["kind"]?.stringValue)) } ?? .null
        row["reason"] =
            (action["error"]?["message"] ?? action["waiting_because"])?.stringValue
            .map { .string(PageTime.readable($0)) } ?? .null
        return .object(row)
    }

    private static func group(_ group: JSONValue, _ kind: Attention, _ names: [String: String]) -> JSONValue {
        let category = group["category"]?.stringValue ?? ""
        let configuration = group["configuration_id"]?.stringValue ?? ""
        var filter = (group.objectValue ?? [:]).without("count", "oldest_at", "provider")
        filter["attention"] = .string(kind.rawValue)
        return [
            "title": .string(Words.function(group["function"]?.stringValue ?? "", of: category)),
            "category_title": .string(Words.category(category)),
            "configuration_name": .string(names[configuration] ?? configuration),
            "provider": group["provider"] ?? .null,
            "error_kind": group["error_kind"].map { .string(Words.error($0.stringValue)) } ?? .null,
            "count": group["count"] ?? 0, "oldest_at": group["oldest_at"] ?? .null,
            "href": .string(Address.path(Self.path, filter)),
        ]
    }

    private static func decisions(_ kind: Attention) -> [JSONValue] {
        let retry: JSONValue = ["name": "retry", "title": "Retry", "style": "primary"]
        return switch kind {
        case .failed: [retry]
        case .stuck:
            [
                ["name": "retry", "title": "Retry now", "style": "primary"],
                ["name": "cancel", "title": "Cancel", "style": ""],
            ]
        case .unsure:
            [
                ["name": "adopt", "title": "Adopt: they happened", "style": ""],
                ["name": "retry", "title": "Retry: they did not happen", "style": ""],
                ["name": "abandon", "title": "Abandon", "style": "danger-outline"],
            ]
        }
    }
}

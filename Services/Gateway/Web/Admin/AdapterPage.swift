import Hummingbird
import HummingbirdCore
import Models

/// The adapters that have announced themselves, and what they can do.
struct AdapterPage: Sendable {
    let web: Web

    var routes: [HTTPRoute] {
        [.page(.get, "/admin/adapters", "adminAdapters", access: .staff(.view)) { try await show($0) }]
    }

    private func show(_ call: Call) async throws -> Response {
        async let known = web.api.ask("listProviders", call)
        async let state = web.api.ask("showStatus", call)
        let (providers, status) = try await (known, state)
        let adapters = status["adapters"]?.arrayValue ?? []
        let items = providers["items"]?.arrayValue ?? []
        let categories = Blueprints.all.map { blueprint -> JSONValue in
            let own = adapters.filter { $0["category"]?.stringValue == blueprint.category }
            let offered = items.filter { $0["category"]?.stringValue == blueprint.category }
            let online = own.count { $0["online"] == true }
            return [
                "title": .string(blueprint.title),
                "tone": online > 0 ? "good" : own.isEmpty ? "" : "bad",
                "state": online > 0 ? .string("\(online) online") : own.isEmpty ? "Never seen" : "Offline",
                "instances": .array(
                    own.map {
                        [
                            "name": $0["instance"] ?? .null, "is_online": $0["online"] ?? false,
                            "seen_at": $0["last_seen_at"] ?? .null,
                        ]
                    }),
                "providers": .array(
                    offered.map {
                        [
                            "title": $0["title"] ?? .null,
                            "functions": .integer($0["functions"]?.arrayValue?.count ?? 0),
                        ]
                    }),
                "has_providers": .bool(!offered.isEmpty),
            ]
        }
        return try web.page(
            call, "admin-adapters", Heading(title: "Adapters", area: .admin, section: "/admin/adapters"),
            ["categories": .array(categories)])
    }
}

import Hummingbird
import HummingbirdCore
import Models

/// The log as it comes, with filters; without scripts, its latest entries.
struct LiveLogPage: Sendable {
    private static let path = "/ops/log"
    private static let filters = ["level", "category", "service", "q", "action_id", "contract_product_id"]

    /// Those that log, by the names of their executables.
    private static let services =
        [Gateway.name, "orchestrator", "log-collector"] + Blueprints.all.map { "\($0.category)-adapter" }

    let web: Web

    var routes: [HTTPRoute] {
        [
            .page(
                .get, Self.path, "opsLog", access: .staff(.view),
                query: LogFilter.parameters + LogFilter.paging
            ) { try await show($0) }
        ]
    }

    private func show(_ call: Call) async throws -> Response {
        let query = call.query.without("done")
        let found = try await web.api.ask("listLogEntries", call, query: query)
        let items = found["items"]?.arrayValue ?? []
        let filter = query.filter { Self.filters.contains($0.key) }
        let form = FormModel()
        var model: [String: JSONValue] = [
            "entries": .array(items.map { Rows.entry($0, revealing: call.may(.revealDebugData)) }),
            "has_entries": .bool(!items.isEmpty), "q": query["q"] ?? .null,
            "stream": .string(Address.path("/v1/logs/stream", filter)),
            // Going back in time nothing is live.
            "is_live": .bool(query["before"] == nil && query["until"] == nil),
            "kept": .array(ProductListPage.kept(query, ["action_id", "contract_product_id"])),
            "fields": [
                form.choice(
                    "level", "Level", isRequired: false, empty: "All",
                    LogLevel.allCases.map { ($0.rawValue, "\(Words.status($0.rawValue)) and above") },
                    chosen: query["level"]?.stringValue),
                form.choice(
                    "service", "Service", isRequired: false, empty: "All",
                    Self.services.map { ($0, $0) }, chosen: query["service"]?.stringValue),
                form.choice(
                    "category", "Category", isRequired: false, empty: "All",
                    Blueprints.all.map { ($0.category, $0.title) }, chosen: query["category"]?.stringValue),
            ],
        ]
        model.merge(Paging.model(Self.path, query, next: found["next"])) { $1 }
        return try web.page(
            call, "ops-log", Heading(title: "Live log", area: .ops, section: Self.path), model)
    }
}

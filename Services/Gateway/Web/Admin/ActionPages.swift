import Hummingbird
import HummingbirdCore
import HTTPTypes
import Models

/// All actions with filters, and one action with all that is known of it.
struct ActionPages: Sendable {
    private static let path = "/admin/actions"

    let web: Web
    let upstream: Upstream

    var routes: [HTTPRoute] {
        [
            .page(
                .get, Self.path, "adminActions", access: .staff(.view), query: Query.actions + Query.page
            ) { try await list($0) },
            .page(.get, "/admin/actions/{id}", "adminAction", access: .staff(.view)) { call in
                try await show(call, FormPage())
            },
        ]
            + ["cancel", "retry", "adopt", "abandon"].map { decision in
                HTTPRoute.page(
                    .post, "/admin/actions/{id}/\(decision)", "adminAction-\(decision)",
                    access: .staff(.run)
                ) { call in try await decide(decision, call) }
            }
    }

    // MARK: List

    private func list(_ call: Call) async throws -> Response {
        let query = call.query.without("done")
        let found = try await web.api.ask("listActions", call, query: query)
        let items = found["items"]?.arrayValue ?? []
        let narrowed = ["client_id", "contract_product_id", "configuration_id"].compactMap { call.query[$0] }
        let asked = narrowed.map { ["id": $0] as JSONValue }
        let names = try await web.names(in: items + asked, ["contract_product_id", "id"], call, upstream)
        var model: [String: JSONValue] = [
            "actions": .array(items.map { Rows.action($0, in: .admin, names: names) }),
            "has_actions": .bool(!items.isEmpty), "with_product": true, "with_requester": true,
            "fields": .array(filters(call.query)),
            "narrowed": .array(narrowed.map { .string(names[$0.stringValue ?? ""] ?? $0.stringValue ?? "") }),
            "kept": .array(
                ProductListPage.kept(
                    call.query,
                    [
                        "client_id", "contract_product_id", "configuration_id", "provider", "attention",
                        "error_kind",
                    ])),
        ]
        model.merge(Paging.model(Self.path, query, next: found["next_cursor"])) { $1 }
        return try web.page(
            call, "admin-actions", Heading(title: "Actions", area: .admin, section: Self.path), model)
    }

    private func filters(_ query: [String: JSONValue]) -> [JSONValue] {
        let form = FormModel()
        let category = query["category"]?.stringValue
        let functions = Blueprints.all.filter { category == nil || $0.category == category }
            .flatMap(\.functions)
        let names = Dictionary(functions.map { ($0.name, $0.title) }) { first, _ in first }
        return [
            form.choice(
                "state", "State", isRequired: false, empty: "All",
                ActionState.allCases.map { ($0.rawValue, StateWords($0, for: .admin).title) },
                chosen: query["state"]?.stringValue),
            form.choice(
                "category", "Category", isRequired: false, empty: "All",
                Blueprints.all.map { ($0.category, $0.title) }, chosen: category),
            form.choice(
                "function", "Function", isRequired: false, empty: "All",
                names.sorted { $0.value < $1.value }.map { ($0.key, "\($0.value) (\($0.key))") },
                chosen: query["function"]?.stringValue),
        ]
    }

    // MARK: One action

    private func show(_ call: Call, _ page: FormPage) async throws -> Response {
        let id: ActionID = try call.id()
        async let found = web.api.ask("showAction", call, path: ["id": id.rawValue])
        async let logged = web.api.ask(
            "listLogEntries", call, query: ["action_id": .string(id.rawValue), "limit": 50])
        let (action, entries) = try await (found, logged)
        let names = try await web.names(
            in: [action], ["contract_product_id", "client_id", "configuration_id"], call, upstream)
        let row = Rows.action(action, in: .admin, names: names)
        let product = row["product_name"]?.stringValue ?? ""
        var model = ActionDetail(action, row, names: names, call: call).model
        model.merge(page.messages()) { $1 }
        model["entries"] = .array(
            (entries["items"]?.arrayValue ?? []).reversed().map {
                Rows.entry($0, revealing: call.may(.revealDebugData))
            })
        model["has_entries"] = .bool(!(entries["items"]?.arrayValue ?? []).isEmpty)
        let heading = Heading(
            title: row["title"]?.stringValue ?? "", area: .admin, section: Self.path,
            crumbs: [
                ("Actions", Self.path),
                (product, "/admin/products/\(action["contract_product_id"]?.stringValue ?? "")"),
            ])
        return try web.page(
            call, "admin-action", heading, model, status: page.problem == nil ? .ok : .conflict)
    }

    private func decide(_ decision: String, _ call: Call) async throws -> Response {
        let id: ActionID = try call.id()
        do {
            try await web.api.ask("\(decision)Action", call, path: ["id": id.rawValue])
        } catch {
            return try await show(call, FormPage(problem: try Problem(ofForm: error)))
        }
        let notes = [
            "cancel": "cancelled", "retry": "retried", "adopt": "adopted", "abandon": "abandoned",
        ]
        return .seeOther("\(Self.path)/\(id)?done=\(notes[decision] ?? "")")
    }
}

/// All that is known of an action, for staff.
struct ActionDetail: Sendable {
    let model: [String: JSONValue]

    init(_ action: JSONValue, _ row: JSONValue, names: [String: String], call: Call) {
        let state = action["state"]?.stringValue.flatMap { ActionState(rawValue: $0) } ?? .queued
        let configuration = action["configuration_id"]?.stringValue ?? ""
        let client = action["client_id"]?.stringValue ?? ""
        let error = action["error"]
        let parameters = action["parameters"]?.objectValue ?? [:]
        let result = action["result"]?.objectValue ?? [:]
        let decisions = call.may(.run) ? Self.decisions(state) : []
        model = [
            "action": row, "action_id": row["id"] ?? .null, "is_open": .bool(!state.isEnd),
            "live": state.isEnd ? .null : row["id"] ?? .null,
            "waiting_because": action["waiting_because"]?.stringValue.map { .string(PageTime.readable($0)) }
                ?? .null,
            "waiting_until": action["waiting_until"] ?? .null,
            "client_name": .string(names[client] ?? client),
            "client_href": .string("/admin/clients/\(client)"),
            "configuration_name": .string(names[configuration] ?? configuration),
            "configuration_href": .string("/admin/configurations/\(configuration)"),
            "provider": action["provider"] ?? .null,
            "parameters": .array(ShownValue.rows(parameters)), "has_parameters": .bool(!parameters.isEmpty),
            "result": .array(ShownValue.rows(result)), "has_result": .bool(!result.isEmpty),
            "result_expired": action["result_expired"] ?? false,
            "error_message": error?["message"] ?? .null,
            "error_kind": error.map { .string(Words.error($0["kind"]?.stringValue)) } ?? .null,
            "error_details": .array(ShownValue.rows(error?["details"]?.objectValue ?? [:])),
            "attempts": .array((action["attempts"]?.arrayValue ?? []).map(Self.attempt)),
            "has_attempts": .bool(!(action["attempts"]?.arrayValue ?? []).isEmpty),
            "decisions": .array(decisions), "has_decisions": .bool(!decisions.isEmpty),
            "differences": .array(ProductPages.differences(action)),
            "has_differences": .bool(!(action["differences"]?.arrayValue ?? []).isEmpty),
            "is_clean_check": .bool(
                action["check"] != nil && state == .succeeded
                    && (action["differences"]?.arrayValue ?? []).isEmpty),
        ]
    }

    private static func attempt(_ attempt: JSONValue) -> JSONValue {
        let outcome = attempt["outcome"]?.stringValue
        let tone =
            switch outcome {
            case "succeeded": "good"
            case "failed": "bad"
            case "unsure", "expired": "warn"
            default: "info"
            }
        return [
            "number": attempt["number"] ?? .null, "outcome": .string(outcome ?? "under way"),
            "outcome_tone": .string(tone), "possible_duplicate": attempt["possible_duplicate"] ?? false,
            "message": attempt["error"]?["message"] ?? .null,
            "dispatched_at": attempt["dispatched_at"] ?? .null,
            "took": PageTime.span(attempt["begun_at"]?.stringValue, attempt["ended_at"]?.stringValue)
                .map(JSONValue.string) ?? .null,
        ]
    }

    /// What a person can decide in a state.
    private static func decisions(_ state: ActionState) -> [JSONValue] {
        func button(_ name: String, _ title: String, _ style: String = "") -> JSONValue {
            ["name": .string(name), "title": .string(title), "style": .string(style)]
        }
        let retry = button("retry", state == .waiting ? "Retry now" : "Retry", "primary")
        switch state {
        case .failed: return [retry]
        case .waiting: return [retry, button("cancel", "Cancel")]
        case .scheduled, .queued, .awaitingApproval: return [button("cancel", "Cancel")]
        case .unsure:
            return [
                button("adopt", "It happened: adopt"), button("retry", "It did not: retry"),
                button("abandon", "Abandon", "danger-outline"),
            ]
        case .dispatched, .deferred, .succeeded, .rejected, .cancelled: return []
        }
    }
}

import Hummingbird
import HummingbirdCore
import Models

/// What happened to a client's products, in the client's words.
struct ClientActionPages: Sendable {
    let web: Web
    let upstream: Upstream

    var routes: [HTTPRoute] {
        [
            .page(.get, "/client/activity", "clientActivity", access: .client(.view), query: [Query.page[0]])
            {
                try await list($0)
            },
            .page(.get, "/client/actions/{id}", "clientAction", access: .client(.view)) {
                try await show($0)
            },
            .page(.get, "/client/actions/{id}/open", "clientOpen", access: .client(.view)) {
                try await open($0)
            },
        ]
    }

    private func list(_ call: Call) async throws -> Response {
        if try call.principal.role != .client { return .seeOther(Area.admin.path) }
        let query = call.query.without("done")
        let found = try await web.api.ask("listActions", call, query: query)
        let items = found["items"]?.arrayValue ?? []
        let names = try await web.names(in: items, ["contract_product_id"], call, upstream)
        var model: [String: JSONValue] = [
            "events": .array(items.map { Rows.action($0, in: .client, names: names) }),
            "has_events": .bool(!items.isEmpty), "with_product": true,
        ]
        model.merge(Paging.model("/client/activity", query, next: found["next_cursor"])) { $1 }
        return try web.page(
            call, "client-activity", Heading(title: "Activity", area: .client, section: "/client/activity"),
            model)
    }

    private func show(_ call: Call) async throws -> Response {
        let id: ActionID = try call.id()
        let action = try await web.api.ask("showAction", call, path: ["id": id.rawValue])
        let names = try await web.names(in: [action], ["contract_product_id"], call, upstream)
        let row = Rows.action(action, in: .client, names: names)
        let state = action["state"]?.stringValue.flatMap { ActionState(rawValue: $0) } ?? .queued
        let result = action["result"]?.objectValue ?? [:]
        let function = action["category"]?.stringValue.flatMap { Blueprints.named($0) }?
            .function(action["function"]?.stringValue ?? "")
        let facts = ClientFacts.rows(result) + ClientFacts.screen(result)
        // Addresses that stay are the provider's; those that are made for the client are good for a while.
        let isMade = function?.resultKeptSeconds != nil
        let links: [JSONValue] =
            ForeignForm(result) != nil
            ? [["href": .string("/client/actions/\(id)/open")]] : isMade ? ClientFacts.links(result) : []
        let title = row["title"]?.stringValue ?? ""
        return try web.page(
            call, "client-action",
            Heading(
                title: title, area: .client, section: "/client",
                crumbs: [
                    ("My products", "/client"),
                    (row["product_name"]?.stringValue ?? "", row["product_href"]?.stringValue ?? "/client"),
                ]),
            [
                "action": row, "action_id": .string(id.rawValue), "is_open": .bool(!state.isEnd),
                "live": state.isEnd ? .null : .string(id.rawValue), "facts": .array(facts),
                "has_facts": .bool(!facts.isEmpty), "links": .array(links),
                "has_links": .bool(!links.isEmpty),
                "is_done": .bool(state == .succeeded), "is_unsure": .bool(state == .unsure),
                "result_expired": action["result_expired"] ?? false,
                "message": state == .failed ? action["error"]?["message"] ?? .null : .null,
            ])
    }

    /// A page of its own for what the browser sends to another site: its policy lets forms go there, and no other's does.
    private func open(_ call: Call) async throws -> Response {
        let id: ActionID = try call.id()
        let action = try await web.api.ask("showAction", call, path: ["id": id.rawValue])
        guard let form = ForeignForm(action["result"]?.objectValue ?? [:]) else { throw Problem.notFound }
        let row = Rows.action(action, in: .client)
        var response = try web.page(
            call, "client-open",
            Heading(
                title: row["title"]?.stringValue ?? "", area: .client, section: "/client",
                crumbs: [("My products", "/client")]),
            [
                "address": .string(form.address), "back": row["product_href"] ?? "/client",
                "inputs": .array(
                    form.fields.sorted { $0.key < $1.key }.map {
                        ["name": .string($0.key), "value": .string($0.value)]
                    }),
            ])
        response.headers[.contentSecurityPolicy] = Response.pagePolicy.replacing(
            "form-action 'self'", with: "form-action 'self' \(form.origin)")
        return response
    }
}

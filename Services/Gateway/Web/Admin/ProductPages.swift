import Hummingbird
import HummingbirdCore
import HTTPTypes
import Models

/// One product, managed: its status and actions, its configuration, its provision fields, its log.
struct ProductPages: Sendable {
    let web: Web
    let upstream: Upstream

    var routes: [HTTPRoute] {
        [
            .page(.get, "/admin/products/{id}", "adminProduct", access: .staff(.view)) { try await show($0) },
            .page(
                .get, "/admin/products/{id}/log", "adminProductLog", access: .staff(.view),
                query: LogFilter.paging
            ) { try await log($0) },
            .page(.post, "/admin/products/{id}/check", "adminCheckProduct", access: .staff(.run)) { call in
                let id: ContractProductID = try call.id()
                let body: [String: JSONValue] = ["adopt": .bool(call.form["adopt"] == "true")]
                let action = try await web.api.ask(
                    "checkContractProduct", call, path: ["id": id.rawValue], query: ["wait": 1], body: body)
                return .seeOther("/admin/actions/\(action["id"]?.stringValue ?? "")")
            },
        ]
    }

    private func show(_ call: Call) async throws -> Response {
        let id: ContractProductID = try call.id()
        async let found = web.api.ask("showContractProduct", call, path: ["id": id.rawValue])
        async let latest = web.api.ask(
            "listActions", call, query: ["contract_product_id": .string(id.rawValue), "limit": 10])
        let (product, actions) = try await (found, latest)
        let frame = try await ProductFrame(product, tab: .overview, web: web, call: call)
        let items = actions["items"]?.arrayValue ?? []
        let fields = product["provision_fields"]?.objectValue ?? [:]
        var model = frame.model
        let functions = FunctionList(product, area: .admin, call: call)
        model.merge(functions.model) { $1 }
        model.merge([
            "live": .string(id.rawValue), "facts": .array(ShownValue.rows(fields)),
            "has_facts": .bool(!fields.isEmpty),
            "actions": .array(items.map { Rows.action($0, in: .admin) }),
            "has_actions": .bool(!items.isEmpty),
            "with_product": false, "with_requester": true,
            "all_actions": .string(
                Address.path("/admin/actions", ["contract_product_id": .string(id.rawValue)])),
            "differences": .array(Self.differences(product)), "checked_at": product["checked_at"] ?? .null,
            "may_check": .bool(
                web.api.permits("checkContractProduct", call)
                    && Blueprints.named(frame.category)?.checkFunction != nil),
        ]) { $1 }
        return try web.page(call, "admin-product", frame.heading, model)
    }

    static func differences(_ thing: JSONValue) -> [JSONValue] {
        (thing["differences"]?.arrayValue ?? []).map { difference in
            [
                "field": difference["field"] ?? .null, "ours": .string(ShownValue.text(difference["ours"])),
                "theirs": .string(ShownValue.text(difference["theirs"])),
            ]
        }
    }

    /// An action as the log has it: with what went wrong.
    private static func logged(_ action: JSONValue) -> JSONValue {
        let error = action["error"]
        return .object(
            (Rows.action(action, in: .admin).objectValue ?? [:]).merging([
                "error_kind": error.map { .string(Words.error($0["kind"]?.stringValue)) } ?? .null,
                "error_message": error?["message"] ?? .null,
                "error_details": .array(ShownValue.rows(error?["details"]?.objectValue ?? [:])),
            ]) { $1 })
    }

    private func log(_ call: Call) async throws -> Response {
        let id: ContractProductID = try call.id()
        let query = call.query.without("done")
        async let found = web.api.ask("showContractProduct", call, path: ["id": id.rawValue])
        let own = JSONValue.string(id.rawValue)
        async let listed = web.api.ask("listLogEntries", call, query: query.with("contract_product_id", own))
        // Further back there are entries alone; all actions have a page of their own.
        async let run = web.api.ask(
            "listActions", call,
            query: ["contract_product_id": own, "limit": query["before"] == nil ? 20 : 1])
        let (product, entries, actions) = try await (found, listed, run)
        let frame = try await ProductFrame(product, tab: .log, web: web, call: call)
        let items = entries["items"]?.arrayValue ?? []
        var model = frame.model
        model["entries"] = .array(
            items.map { Rows.entry($0, revealing: call.may(.revealDebugData)) })
        model["has_entries"] = .bool(!items.isEmpty)
        let runs = query["before"] == nil ? actions["items"]?.arrayValue ?? [] : []
        model["actions"] = .array(runs.map(Self.logged))
        model["has_actions"] = .bool(!runs.isEmpty)
        model["all_actions"] = .string(Address.path("/admin/actions", ["contract_product_id": own]))
        model.merge(Paging.model("/admin/products/\(id)/log", query, next: entries["next"])) { $1 }
        return try web.page(call, "admin-product-log", frame.heading, model)
    }
}

/// What stands above all pages of a product: its name, whose it is, its status, and the tabs.
struct ProductFrame: Sendable {
    enum Tab: String, CaseIterable {
        case overview = ""
        case configuration = "/configuration"
        case fields = "/fields"
        case log = "/log"

        var title: String {
            switch self {
            case .overview: "Manage"
            case .configuration: "Provision configuration"
            case .fields: "Provision fields"
            case .log: "Log"
            }
        }
    }

    let id: String
    let category: String
    let heading: Heading
    let model: [String: JSONValue]

    init(_ product: JSONValue, tab: Tab, web: Web, call: Call) async throws {
        id = product["id"]?.stringValue ?? ""
        category = product["category"]?.stringValue ?? ""
        let client = product["client_id"]?.stringValue ?? ""
        let configuration = product["configuration_id"]?.stringValue ?? ""
        async let owner = web.api.ask("showClient", call, path: ["id": client])
        async let account = web.api.ask("showConfiguration", call, path: ["id": configuration])
        let (clientShown, configurationShown) = try await (owner, account)
        let name = product["name"]?.stringValue ?? id
        heading = Heading(
            title: name, area: .admin, section: "/admin/clients",
            crumbs: [
                ("Clients", "/admin/clients"),
                (clientShown["name"]?.stringValue ?? client, "/admin/clients/\(client)"),
            ])
        let circuit = Words.circuit(configurationShown["circuit"]?.stringValue)
        let path = "/admin/products/\(id)"
        model = [
            "product": Rows.product(product, in: .admin), "product_id": .string(id),
            "configuration": configurationShown, "circuit_title": .string(circuit.title),
            "circuit_tone": .string(circuit.tone), "is_circuit_closed": .bool(circuit.tone == "good"),
            "configuration_href": .string("/admin/configurations/\(configuration)"),
            "tabs": .array(
                Tab.allCases.map {
                    [
                        "title": .string($0.title), "href": .string(path + $0.rawValue),
                        "current": .bool($0 == tab),
                    ]
                }),
        ]
    }
}

/// The functions that can be run on a product now: those that are done every day, and the dangerous ones apart.
struct FunctionList: Sendable {
    let model: [String: JSONValue]

    init(_ product: JSONValue, area: Area, call: Call) {
        let id = product["id"]?.stringValue ?? ""
        let category = product["category"]?.stringValue ?? ""
        let available = product["actions_available"]?.arrayValue ?? []
        let root = area == .client ? "/client" : "/admin"
        let buttons = available.map { action -> (isDangerous: Bool, model: JSONValue) in
            let name = action["function"]?.stringValue ?? ""
            let function = Blueprints.named(category)?.function(name)
            return (
                function?.effect == .irreversible,
                [
                    "title": .string(function?.title ?? name), "help": .string(function?.help ?? ""),
                    "href": .string("\(root)/products/\(id)/run/\(name)"),
                ]
            )
        }
        let plain = buttons.filter { !$0.isDangerous }.map(\.model)
        let dangerous = call.may(.runDangerous) ? buttons.filter(\.isDangerous).map(\.model) : []
        let mayRun = call.may(.run)
        model = [
            "functions": .array(mayRun ? plain : []), "has_functions": .bool(mayRun && !plain.isEmpty),
            "dangerous": .array(mayRun ? dangerous : []),
            "has_dangerous": .bool(mayRun && !dangerous.isEmpty),
        ]
    }
}

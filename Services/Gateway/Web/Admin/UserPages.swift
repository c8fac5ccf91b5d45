import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models

/// Those who sign in: staff with permissions, and people of clients.
struct UserPages: Sendable {
    private static let path = "/admin/users"
    private static let fields: [FieldDefinition] = [FieldDefinition].of(
        request: CreateUser.messageType, without: ["by", "permissions"]
    ).map { field in
        // The contract's own help is for those who send it over the bus.
        var field = field
        if field.name == "password" { field.help = "12 to 128 characters" }
        return field
    }

    let web: Web
    let upstream: Upstream

    var routes: [HTTPRoute] {
        let access = Access.staff(.manageUsers)
        return [
            .page(
                .get, Self.path, "adminUsers", access: access,
                query: [Query.role, Query.clientID] + Query.page
            ) { try await list($0) },
            .page(.get, Self.path + "/new", "adminNewUser", access: access, query: [Query.clientID]) { call in
                try form(call, FormPage(), call.query.without("done"), [])
            },
            .page(.post, Self.path + "/new", "adminCreateUser", access: access) { try await create($0) },
            .page(.get, Self.path + "/{id}", "adminUser", access: access) { try await show($0, FormPage()) },
            .page(.post, Self.path + "/{id}", "adminSaveUser", access: access) { call in
                try await change(call, done: "user") { id in
                    let permissions = call.form.all("permissions")
                    var body: [String: JSONValue] = [
                        "name": .string(call.form["name"] ?? ""),
                        "disabled": .bool(call.form["disabled"] == "true"),
                    ]
                    if call.form["role"] == Role.staff.rawValue {
                        body["permissions"] = .array(permissions.map(JSONValue.string))
                    }
                    try await web.api.ask("updateUser", call, path: ["id": id], body: body)
                }
            },
            .page(.post, Self.path + "/{id}/password", "adminSetPassword", access: access) { call in
                try await change(call, done: "password") { id in
                    try await web.api.ask(
                        "setPassword", call, path: ["id": id],
                        body: ["password": .string(call.form["password"] ?? "")])
                }
            },
            .page(.post, Self.path + "/{id}/second-factor", "adminRemoveTwoFactor", access: access) { call in
                try await change(call, done: "user") { id in
                    try await web.api.ask("removeTwoFactor", call, path: ["id": id])
                }
            },
            .page(.post, Self.path + "/{id}/sign-out", "adminSignUserOut", access: access) { call in
                try await change(call, done: "user-signed-out") { id in
                    try await web.api.ask("signUserOut", call, path: ["id": id])
                }
            },
            .page(.post, Self.path + "/{id}/delete", "adminDeleteUser", access: access) { call in
                try await remove(call)
            },
        ]
    }

    private func list(_ call: Call) async throws -> Response {
        let query = call.query.without("done")
        let found = try await web.api.ask("listUsers", call, query: query)
        let items = found["items"]?.arrayValue ?? []
        let names = try await web.names(in: items, ["client_id"], call, upstream)
        var model: [String: JSONValue] = [
            "users": .array(
                items.map { user in
                    let client = user["client_id"]?.stringValue
                    return [
                        "name": user["name"] ?? .null, "email": user["email"] ?? .null,
                        "href": .string("\(Self.path)/\(user["id"]?.stringValue ?? "")"),
                        "role": user["role"] ?? .null, "two_factor": user["two_factor"] ?? false,
                        "disabled": user["disabled"] ?? false,
                        "client_name": client.map { .string(names[$0] ?? $0) } ?? .null,
                        "last_sign_in_at": user["last_sign_in_at"] ?? .null,
                    ]
                }),
            "has_users": .bool(!items.isEmpty),
            "fields": [
                FormModel().choice(
                    "role", "Role", isRequired: false, empty: "All",
                    Role.allCases.map { ($0.rawValue, Words.status($0.rawValue)) },
                    chosen: call.query["role"]?.stringValue)
            ],
        ]
        model.merge(Paging.model(Self.path, query, next: found["next_cursor"])) { $1 }
        return try web.page(
            call, "admin-users", Heading(title: "Users", area: .admin, section: Self.path), model)
    }

    // MARK: Making one

    private func form(
        _ call: Call, _ page: FormPage, _ values: [String: JSONValue], _ permissions: [String]
    ) throws -> Response {
        let inputs = FormModel(values: values, problems: page.problem?.errors ?? []).inputs(Self.fields)
        var model = page.messages(inputs)
        model["fields"] = inputs
        model["permissions"] = .array(Self.permissions(permissions))
        let heading = Heading(
            title: "New user", area: .admin, section: Self.path, crumbs: [("Users", Self.path)])
        return try web.page(
            call, "admin-new-user", heading, model, status: page.problem == nil ? .ok : .unprocessableContent)
    }

    static func permissions(_ given: [String]) -> [JSONValue] {
        let helps: [Permission: String] = [
            .view: "See everything", .run: "Run functions, and decide on actions",
            .runDangerous: "Run what cannot be taken back",
            .configure: "Make and change clients, products and configurations",
            .revealDebugData: "Reveal the providers' traffic", .manageUsers: "Manage users and tokens",
        ]
        return Permission.allCases.map { permission in
            [
                "value": .string(permission.rawValue),
                "title": .string(helps[permission] ?? permission.rawValue),
                "checked": .bool(given.contains(permission.rawValue)),
            ]
        }
    }

    private func create(_ call: Call) async throws -> Response {
        let sent = FormValues(call.form, Self.fields)
        let permissions = call.form.all("permissions")
        do {
            if !sent.problems.isEmpty { throw Problem.invalid(sent.problems) }
            var body = sent.values
            if body["role"] == .string(Role.staff.rawValue) {
                body["permissions"] = .array(permissions.map(JSONValue.string))
            }
            let user = try await web.api.ask("createUser", call, body: body)
            return .seeOther("\(Self.path)/\(user["id"]?.stringValue ?? "")?done=user")
        } catch {
            let page = FormPage(problem: try Problem(ofForm: error), hadSecrets: sent.hasSecrets)
            return try form(call, page, sent.values, permissions)
        }
    }

    // MARK: One

    private func show(_ call: Call, _ page: FormPage) async throws -> Response {
        let id: UserID = try call.id()
        let user = try await web.api.ask("showUser", call, path: ["id": id.rawValue])
        let names = try await web.names(in: [user], ["client_id"], call, upstream)
        let client = user["client_id"]?.stringValue
        let given = (user["permissions"]?.arrayValue ?? []).compactMap(\.stringValue)
        var model = page.messages()
        model.merge([
            "member": user, "action": .string("\(Self.path)/\(id)"),
            "permissions": .array(Self.permissions(given)),
            "is_staff": .bool(user["role"]?.stringValue == Role.staff.rawValue),
            "is_self": .bool(call.caller?.userID == id),
            "client_name": client.map { .string(names[$0] ?? $0) } ?? .null,
            "client_href": client.map { .string("/admin/clients/\($0)") } ?? .null,
        ]) { $1 }
        let heading = Heading(
            title: user["name"]?.stringValue ?? id.rawValue, area: .admin, section: Self.path,
            crumbs: [("Users", Self.path)])
        return try web.page(
            call, "admin-user", heading, model, status: page.problem == nil ? .ok : .unprocessableContent)
    }

    private func change(
        _ call: Call, done: String, _ body: (String) async throws -> Void
    ) async throws -> Response {
        let id: UserID = try call.id()
        do {
            try await body(id.rawValue)
            return .seeOther("\(Self.path)/\(id)?done=\(done)")
        } catch {
            return try await show(call, FormPage(problem: try Problem(ofForm: error)))
        }
    }

    private func remove(_ call: Call) async throws -> Response {
        let id: UserID = try call.id()
        do {
            try await web.api.ask("deleteUser", call, path: ["id": id.rawValue])
            return .seeOther("\(Self.path)?done=user-removed")
        } catch {
            return try await show(call, FormPage(problem: try Problem(ofForm: error)))
        }
    }
}

import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models

/// Bearer tokens for programs.
struct TokenPages: Sendable {
    private static let path = "/admin/tokens"
    private static let fields: [FieldDefinition] = [FieldDefinition].of(
        request: CreateToken.messageType, without: ["by", "permissions"])

    let web: Web
    let upstream: Upstream

    var routes: [HTTPRoute] {
        let access = Access.staff(.manageUsers)
        return [
            .page(.get, Self.path, "adminTokens", access: access) { try await list($0) },
            .page(.get, Self.path + "/new", "adminNewToken", access: access) { call in
                try form(call, FormPage(), [:], [])
            },
            .page(.post, Self.path + "/new", "adminCreateToken", access: access) { try await create($0) },
            .page(.post, Self.path + "/{id}/revoke", "adminRevokeToken", access: access) { call in
                let id: TokenID = try call.id()
                try await web.api.ask("revokeToken", call, path: ["id": id.rawValue])
                return .seeOther("\(Self.path)?done=revoked")
            },
        ]
    }

    private func list(_ call: Call) async throws -> Response {
        let items = try await web.api.ask("listTokens", call)["items"]?.arrayValue ?? []
        let names = try await web.names(in: items, ["client_id"], call, upstream)
        return try web.page(
            call, "admin-tokens", Heading(title: "Tokens", area: .admin, section: Self.path),
            [
                "tokens": .array(
                    items.map { token in
                        let client = token["client_id"]?.stringValue
                        return [
                            "id": token["id"] ?? .null, "name": token["name"] ?? .null,
                            "role": token["role"] ?? .null, "created_at": token["created_at"] ?? .null,
                            "client_name": client.map { .string(names[$0] ?? $0) } ?? .null,
                            "expires_at": token["expires_at"] ?? .null,
                            "last_used_at": token["last_used_at"] ?? .null,
                        ]
                    }), "has_tokens": .bool(!items.isEmpty),
            ])
    }

    private func form(
        _ call: Call, _ page: FormPage, _ values: [String: JSONValue], _ permissions: [String],
        made: String? = nil
    ) throws -> Response {
        let inputs = FormModel(values: values, problems: page.problem?.errors ?? []).inputs(Self.fields)
        var model = page.messages(inputs)
        model["fields"] = inputs
        model["permissions"] = .array(UserPages.permissions(permissions))
        model["made"] = made.map(JSONValue.string) ?? .null
        let heading = Heading(
            title: made == nil ? "New token" : "The new token", area: .admin, section: Self.path,
            crumbs: [("Tokens", Self.path)])
        return try web.page(
            call, "admin-new-token", heading, model, status: page.problem == nil ? .ok : .unprocessableContent
        )
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
            let token = try await web.api.ask("createToken", call, body: body)
            return try form(call, FormPage(), [:], [], made: token["token"]?.stringValue ?? "")
        } catch {
            return try form(call, FormPage(problem: try Problem(ofForm: error)), sent.values, permissions)
        }
    }
}

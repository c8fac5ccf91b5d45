import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models
import ServiceRuntime

extension [HTTPRoute] {
    /// Those who sign in with passwords.
    static func users(_ parts: GatewayParts) -> [HTTPRoute] {
        [
            HTTPRoute(
                method: .post, path: "/v1/users", tag: "Users", name: "createUser",
                summary: "Makes a user: admin, staff with permissions, or someone of a client",
                access: .staff(.manageUsers),
                body: RouteBody(
                    name: "NewUser", fields: .of(request: CreateUser.messageType, without: ["by"])),
                answers: [.created("User")]
            ) { call in
                var body = call.body
                body["password"] = try parts.sealer.sealed(call, "password", for: CreateUser.messageType)
                    .map(JSONValue.string)
                body["by"] = try JSONValue(encoding: Actor(try call.principal))
                let user = try await parts.upstream.ask(
                    try CreateUser(json: .object(body)), trace: call.trace)
                return .created(user, at: "/v1/users")
            },
            HTTPRoute(
                method: .get, path: "/v1/users", tag: "Users", name: "listUsers",
                summary: "Users, newest first", access: .staff(.manageUsers),
                query: [Query.role, Query.clientID] + Query.page, answers: [.ok("UserList")]
            ) { call in
                let request = ListUsers(
                    role: call.query["role"]?.stringValue.flatMap { Role(rawValue: $0) },
                    clientID: try call.clientFilter, page: call.page)
                return .json(try await parts.upstream.ask(request, trace: call.trace))
            },
            HTTPRoute(
                method: .get, path: "/v1/users/{id}", tag: "Users", name: "showUser", summary: "One user",
                access: .staff(.manageUsers), answers: [.ok("User")]
            ) { call in
                .json(try await parts.upstream.ask(ShowUser(id: try call.id()), trace: call.trace))
            },
            HTTPRoute(
                method: .patch, path: "/v1/users/{id}", tag: "Users", name: "updateUser",
                summary:
                    "Changes a user; what is not given stays. New permissions, or disabling, sign them out",
                access: .staff(.manageUsers),
                body: RouteBody(
                    name: "UserChange",
                    fields: .of(request: UpdateUser.messageType, without: ["id", "by"])),
                answers: [.ok("User", "The user as they are now")]
            ) { call in
                var body = call.body
                let id: UserID = try call.id()
                body["id"] = .string(id.rawValue)
                body["by"] = try JSONValue(encoding: Actor(try call.principal))
                let user = try await parts.upstream.ask(
                    try UpdateUser(json: .object(body)), trace: call.trace)
                parts.principals.dropAll()
                return .json(user)
            },
            HTTPRoute(
                method: .delete, path: "/v1/users/{id}", tag: "Users", name: "deleteUser",
                summary: "Removes a user, and signs them out", access: .staff(.manageUsers),
                answers: [RouteAnswer(status: .noContent, help: "They are gone", content: .nothing)],
                furtherProblems: [.conflict]
            ) { call in
                try await parts.changeUser(
                    DeleteUser(id: try call.id(), by: Actor(try call.principal)), call)
            },
        ] + credentialsOfOthers(parts)
    }

    private static func credentialsOfOthers(_ parts: GatewayParts) -> [HTTPRoute] {
        [
            HTTPRoute(
                method: .post, path: "/v1/users/{id}/password", tag: "Users", name: "setPassword",
                summary: "Gives a user another password, and signs them out", access: .staff(.manageUsers),
                body: RouteBody(
                    name: "NewPassword",
                    fields: .of(
                        request: SetPassword.messageType, without: ["id", "by", "current_password"])),
                answers: [RouteAnswer(status: .noContent, help: "It is changed", content: .nothing)]
            ) { call in
                let type = SetPassword.messageType
                return try await parts.changeUser(
                    SetPassword(
                        id: try call.id(),
                        password: try parts.sealer.sealed(call, "password", for: type) ?? "",
                        by: Actor(try call.principal)), call)
            },
            HTTPRoute(
                method: .post, path: "/v1/users/{id}/totp/remove", tag: "Users", name: "removeTwoFactor",
                summary: "Removes the second factor of a user who has lost it",
                access: .staff(.manageUsers), body: .none(named: "NoContent"),
                answers: [RouteAnswer(status: .noContent, help: "No code is asked for", content: .nothing)]
            ) { call in
                try await parts.changeUser(
                    RemoveTwoFactor(userID: try call.id(), by: Actor(try call.principal)), call)
            },
            HTTPRoute(
                method: .post, path: "/v1/users/{id}/sign-out", tag: "Users", name: "signUserOut",
                summary: "Signs a user out everywhere", access: .staff(.manageUsers),
                body: .none(named: "NoContent"),
                answers: [RouteAnswer(status: .noContent, help: "They are signed out", content: .nothing)]
            ) { call in
                try await parts.changeUser(
                    EndSessions(userID: try call.id(), by: Actor(try call.principal)), call)
            },
        ]
    }
}

extension GatewayParts {
    /// Carries out what ends sessions, and answers 204.
    fileprivate func changeUser(_ request: some BusRequest, _ call: Call) async throws -> Response {
        _ = try await upstream.ask(request, trace: call.trace)
        // The event that tells of it comes later than this answer.
        principals.dropAll()
        return Response(status: .noContent)
    }
}

extension Query {
    static let role = FieldDefinition(
        name: "role", type: .string, rules: [.in(Role.allCases.map(\.rawValue))], help: "Only of this role")
}

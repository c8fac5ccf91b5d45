import ArgumentParser
import Models

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Users: who signs in with a password.",
        subcommands: [
            UserCreate.self, UserList.self, UserShow.self, UserUpdate.self, UserSetPassword.self,
            UserDisable.self, UserEnable.self, UserSignOut.self, UserDelete.self,
        ])

    static func text(_ user: JSONValue) -> String {
        Facts([
            ("id", Cell(user.text("id"))), ("e-mail", Cell(user.text("email"))),
            ("name", Cell(user.text("name"))), ("role", Cell(user.text("role"))),
            ("may", Cell(permissions(user))), ("client", user.text("client_id").map { Cell($0) }),
            ("second factor", Cell(user["two_factor"] == true ? "yes" : "no")),
            ("disabled", Cell(user["disabled"] == true ? "yes" : "no")),
            ("made", .time(user["created_at"])), ("last sign-in", .time(user["last_sign_in_at"])),
        ]).text
    }

    static func permissions(_ user: JSONValue) -> String {
        (user["permissions"]?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: " ")
    }
}

/// What someone may do, as an option.
struct PermissionOptions: ParsableArguments {
    @Option(
        name: .customLong("may"),
        help: """
            What staff may do, several times: view, run, run_dangerous, configure, reveal_debug_data, manage_users.
            """)
    var permissions: [String] = []

    /// Nil where none was given.
    var value: JSONValue? {
        permissions.isEmpty ? nil : .array(permissions.filter { $0 != "nothing" }.map(JSONValue.string))
    }
}

struct UserCreate: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a user; the password is asked for, or read from a pipe.")

    @Option(help: "What they sign in with.") var email: String
    @Option(help: "Full name.") var name: String
    @Option(help: "admin, staff or client.") var role = "staff"
    @OptionGroup var permissions: PermissionOptions
    @Option(help: "The client, where the role is client.") var client: String?
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        var body: [String: JSONValue] = [
            "email": .string(email), "name": .string(name), "role": .string(role),
            "password": .string(try PasswordPrompt.read("Password of \(email)")),
        ]
        body["permissions"] = permissions.value
        body["client_id"] = self.client.map { .string($0) }
        show(try await client.post("/v1/users", .object(body)), UserCommand.text)
    }
}

struct UserList: PurserSubcommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Users, newest first.")

    @Option(help: "Only of this role: admin, staff or client.") var role: String?
    @Option(help: "Only of this client.") var client: String?
    @Option(help: "Most users shown.") var limit = 50
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        let query = [("role", role), ("client_id", self.client)]
        try await list(client, "/v1/users", query, limit: limit) { users in
            Table(
                ["id", "e-mail", "name", "role", "client", "disabled", "last sign-in"],
                empty: "There are no such users.",
                users.map { user in
                    [
                        Cell(user.text("id")), Cell(user.text("email")), Cell(user.text("name")),
                        Cell(user.text("role")), Cell(user.text("client_id")),
                        Cell(user["disabled"] == true ? "yes" : "no"), .time(user["last_sign_in_at"]),
                    ]
                }
            ).text
        }
    }
}

struct UserShow: PurserSubcommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "One user.")

    @Argument(help: "Id of the user.") var id: String
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        show(try await client.get("/v1/users/\(try pathPart(id))"), UserCommand.text)
    }
}

struct UserUpdate: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Change a user; what is not given stays. New permissions sign them out.")

    @Argument(help: "Id of the user.") var id: String
    @Option(help: "Full name.") var name: String?
    @OptionGroup var permissions: PermissionOptions
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        var body: [String: JSONValue] = [:]
        body["name"] = name.map { .string($0) }
        body["permissions"] = permissions.value
        show(try await client.patch("/v1/users/\(try pathPart(id))", .object(body)), UserCommand.text)
    }
}

struct UserSetPassword: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "set-password",
        abstract: "Give a user another password, asked for or read from a pipe, and sign them out.")

    @Argument(help: "Id of the user.") var id: String
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        let path = "/v1/users/\(try pathPart(id))/password"
        _ = try await client.post(path, ["password": .string(try PasswordPrompt.read("New password"))])
        show(["id": .string(id), "changed": true]) { _ in "\(id) has another password." }
    }
}

struct UserDisable: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Let a user sign in no longer, and sign them out.")

    @Argument(help: "Id of the user.") var id: String
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        let path = "/v1/users/\(try pathPart(id))"
        show(try await client.patch(path, ["disabled": true]), UserCommand.text)
    }
}

struct UserEnable: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Let a user sign in again.")

    @Argument(help: "Id of the user.") var id: String
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        let path = "/v1/users/\(try pathPart(id))"
        show(try await client.patch(path, ["disabled": false]), UserCommand.text)
    }
}

struct UserSignOut: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-out", abstract: "Sign a user out everywhere.")

    @Argument(help: "Id of the user.") var id: String
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        _ = try await client.post("/v1/users/\(try pathPart(id))/sign-out")
        show(["id": .string(id), "signed_out": true]) { _ in "\(id) is signed out." }
    }
}

struct UserDelete: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Remove a user, and sign them out.")

    @Argument(help: "Id of the user.") var id: String
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        try await client.delete("/v1/users/\(try pathPart(id))")
        show(["id": .string(id), "deleted": true]) { _ in "\(id) is gone." }
    }
}

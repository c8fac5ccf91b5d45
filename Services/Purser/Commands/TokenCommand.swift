import ArgumentParser
import Models

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Bearer tokens.",
        subcommands: [TokenList.self, TokenCreate.self, TokenRevoke.self])
}

struct TokenList: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "All tokens that are not revoked, without the tokens themselves.")

    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        show(try await client.get("/v1/tokens")) { answer in
            Table(
                ["id", "name", "role", "may", "client", "last used", "expires"],
                empty: "There are no tokens.",
                answer.items.map { token in
                    [
                        Cell(token.text("id")), Cell(token.text("name")), Cell(token.text("role")),
                        Cell(token["permissions"] == nil ? "all" : UserCommand.permissions(token)),
                        Cell(token.text("client_id")), .time(token["last_used_at"]),
                        .time(token["expires_at"]),
                    ]
                }
            ).text
        }
    }
}

struct TokenCreate: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a token, and print it this once.")

    @Option(help: "What it is for.") var name: String
    @Option(help: "admin, staff or client.") var role = "client"
    @OptionGroup var permissions: PermissionOptions
    @Option(help: "The client, where the role is client.") var client: String?
    @Option(help: "Until when it is good: 90d, or 2026-02-03T10:11:12Z.") var expires: String?
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        var body: [String: JSONValue] = ["name": .string(name), "role": .string(role)]
        body["permissions"] = permissions.value
        body["client_id"] = self.client.map { .string($0) }
        body["expires_at"] = try TimeArgument.timestamp(expires, direction: 1).map { .string($0) }
        let answer = try await client.post("/v1/tokens", .object(body))
        show(answer) { $0.text("token") ?? "" }
        if !common.json {
            warn("This is \(answer["details"]?.text("id") ?? "the token"). It is not shown again.")
        }
    }
}

struct TokenRevoke: PurserSubcommand {
    static let configuration = CommandConfiguration(commandName: "revoke", abstract: "End a token at once.")

    @Argument(help: "Id of the token.") var id: String
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        try await client.delete("/v1/tokens/\(try pathPart(id))")
        show(["id": .string(id), "revoked": true]) { _ in "\(id) is no longer good." }
    }
}

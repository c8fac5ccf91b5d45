import ArgumentParser
import Models

struct ConfigurationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "configuration", abstract: "Accounts at providers: credentials and settings.",
        subcommands: [
            ConfigurationList.self, ConfigurationShow.self, ConfigurationCreate.self,
            ConfigurationUpdate.self,
            ConfigurationTest.self,
        ])

    static func text(_ configuration: JSONValue) -> String {
        Facts([
            ("configuration", Cell(configuration.text("id"), .bold)),
            ("name", Cell(configuration.text("name"))),
            (
                "provider",
                Cell("\(configuration.text("category") ?? "")/\(configuration.text("provider") ?? "")")
            ),
            ("at once", configuration["max_concurrent"]?.integerValue.map { Cell("\($0)") }),
            ("circuit", circuit(configuration)),
            ("asked", configuration["polled_at"].map { Cell.time($0) }),
            ("failed", configuration.text("poll_error").map { Cell($0, .red) }),
            ("created", .time(configuration["created_at"])), ("changed", .time(configuration["updated_at"])),
        ]).text + "\n\n\(Style.bold.apply(to: "SETTINGS"))\n"
            + ActionText.members(configuration["settings"]?.objectValue ?? [:])
    }

    /// Whether its actions are handed over, until when they are not, and what failed.
    private static func circuit(_ configuration: JSONValue) -> Cell? {
        guard let state = configuration.text("circuit") else { return nil }
        let until = configuration.text("circuit_until").map { " until \($0)" } ?? ""
        let reason = configuration.text("circuit_reason").map { ": \($0)" } ?? ""
        return Cell(state + until + reason, state == "closed" ? .green : .red)
    }
}

struct ConfigurationList: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Configurations, newest first.")

    @Option(help: "Only of this category.") var category: String?
    @Option(help: "Most configurations shown.") var limit = 50
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        try await list(client, "/v1/configurations", [("category", category)], limit: limit) {
            configurations in
            Table(
                ["id", "category", "provider", "name", "changed"], empty: "There are no configurations.",
                configurations.map { configuration in
                    [
                        Cell(configuration.text("id")), Cell(configuration.text("category")),
                        Cell(configuration.text("provider")), Cell(configuration.text("name")),
                        .time(configuration["updated_at"]),
                    ]
                }
            ).text
        }
    }
}

struct ConfigurationShow: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One configuration, without its secrets.")

    @Argument(help: "Id of the configuration.") var id: String
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        show(try await client.get("/v1/configurations/\(try pathPart(id))"), ConfigurationCommand.text)
    }
}

struct ConfigurationCreate: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a configuration.",
        discussion:
            "Settings are key=text or key:=JSON, as in hostname=panel.example.com. See: purser providers <provider>"
    )

    @Option(help: "Category of the provider.") var category: String
    @Option(help: "Provider, as in cpanel.") var provider: String
    @Option(help: "What staff call it.") var name: String
    @Option(help: "How many of its actions may be under way at once; 0 for what its contract says.")
    var maxConcurrent: Int?
    @Argument(help: "Settings.") var settings: [String] = []
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        var body: [String: JSONValue] = [
            "category": .string(category), "provider": .string(provider), "name": .string(name),
            "settings": .object(try Assignments.object(settings)),
        ]
        body["max_concurrent"] = maxConcurrent.map { .integer($0) }
        show(try await client.post("/v1/configurations", .object(body)), ConfigurationCommand.text)
    }
}

struct ConfigurationUpdate: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change a configuration.",
        discussion: "Settings not given stay; key:=null removes one.")

    @Argument(help: "Id of the configuration.") var id: String
    @Option(help: "What staff call it.") var name: String?
    @Option(help: "How many of its actions may be under way at once; 0 for what its contract says.")
    var maxConcurrent: Int?
    @Argument(help: "Settings to change.") var settings: [String] = []
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        var body: [String: JSONValue] = [:]
        body["name"] = name.map { .string($0) }
        body["max_concurrent"] = maxConcurrent.map { .integer($0) }
        if !settings.isEmpty { body["settings"] = .object(try Assignments.object(settings)) }
        show(
            try await client.patch("/v1/configurations/\(try pathPart(id))", .object(body)),
            ConfigurationCommand.text)
    }
}

struct ConfigurationTest: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Ask the provider whether a configuration works.")

    @Argument(help: "Id of the configuration.") var id: String
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        let answer = try await client.post("/v1/configurations/\(try pathPart(id))/test")
        show(answer) { Cell($0.text("message")).text }
        if answer["ok"] != true {
            throw CommandFailure(.refused, "The configuration does not work.")
        }
    }
}

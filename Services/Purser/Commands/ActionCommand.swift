import ArgumentParser
import Models

struct ActionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "action", abstract: "Run functions on contract products, and look after what runs.",
        subcommands: [
            ActionRun.self, ActionList.self, ActionShow.self, ActionWhy.self, ActionCancel.self,
            ActionRetry.self, ActionAdopt.self, ActionAbandon.self,
        ])
}

struct ActionList: PurserSubcommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Actions, newest first.")

    @Option(help: "Only on this contract product.") var product: String?
    @Option(help: "Only of this client.") var client: String?
    @Option(help: "Only in this state, as in failed or unsure.") var state: String?
    @Option(help: "Only of this function.") var function: String?
    @Option(help: "Only of this category.") var category: String?
    @Option(help: "Most actions shown.") var limit = 50
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        let query = [
            ("contract_product_id", product), ("client_id", self.client), ("state", state),
            ("function", function),
            ("category", category),
        ]
        try await list(client, "/v1/actions", query, limit: limit) { actions in
            Table(
                ["id", "function", "state", "product", "created", "because"],
                empty: "There are no such actions.",
                actions.map { action in
                    [
                        Cell(action.text("id")), Cell(action.text("function")), .state(action.text("state")),
                        Cell(action.text("contract_product_id")), .time(action["created_at"]),
                        Cell(action.text("waiting_because") ?? action["error"]?.text("message") ?? "", .dim),
                    ]
                }
            ).text
        }
    }
}

struct ActionShow: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One action with its attempts.")

    @Argument(help: "Id of the action.") var id: String
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        show(try await client.get("/v1/actions/\(try pathPart(id))"), ActionText.full)
    }
}

// MARK: Decisions

/// A command that decides on an action.
protocol DecisionCommand: PurserSubcommand {
    static var decision: String { get }
    var id: String { get }
}

extension DecisionCommand {
    func decide(_ client: PurserClient, _ body: JSONValue = .object([:])) async throws {
        show(try await client.post("/v1/actions/\(try pathPart(id))/\(Self.decision)", body), ActionText.full)
    }

    func run(_ client: PurserClient) async throws { try await decide(client) }
}

struct ActionCancel: DecisionCommand {
    static let decision = "cancel"
    static let configuration = CommandConfiguration(
        commandName: decision, abstract: "Cancel an action of which nothing was begun.")

    @Argument(help: "Id of the action.") var id: String
    @OptionGroup var common: CommonOptions
}

struct ActionRetry: DecisionCommand {
    static let decision = "retry"
    static let configuration = CommandConfiguration(
        commandName: decision, abstract: "Run an action once more that failed or is unsure.")

    @Argument(help: "Id of the action.") var id: String
    @OptionGroup var common: CommonOptions
}

struct ActionAdopt: DecisionCommand {
    static let decision = "adopt"
    static let configuration = CommandConfiguration(
        commandName: decision, abstract: "Declare an unsure action done.",
        discussion:
            "What it came to is given as key=text or key:=JSON, as in username=jane, and written to the product."
    )

    @Argument(help: "Id of the action.") var id: String
    @Argument(help: "What it came to.") var result: [String] = []
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        let result = try Assignments.object(result)
        try await decide(client, result.isEmpty ? .object([:]) : ["result": .object(result)])
    }
}

struct ActionAbandon: DecisionCommand {
    static let decision = "abandon"
    static let configuration = CommandConfiguration(
        commandName: decision, abstract: "Declare an unsure action failed.")

    @Argument(help: "Id of the action.") var id: String
    @OptionGroup var common: CommonOptions
}

/// Actions as people read them.
enum ActionText {
    static func full(_ action: JSONValue) -> String {
        let error = action["error"].map { "\($0.text("message") ?? "") (\($0.text("kind") ?? "internal"))" }
        var text = Facts([
            ("action", Cell(action.text("id"), .bold)), ("function", Cell(action.text("function"))),
            ("state", .state(action.text("state"))),
            ("because", action.text("waiting_because").map { Cell($0) }),
            ("error", error.map { Cell($0, .red) }),
            ("product", Cell(action.text("contract_product_id"))),
            ("provider", Cell("\(action.text("category") ?? "")/\(action.text("provider") ?? "")")),
            ("asked by", Cell(action.text("requested_by"))), ("created", .time(action["created_at"])),
            ("run at", action["run_at"].map { Cell.time($0) }),
            ("finished", action["finished_at"].map { Cell.time($0) }),
        ]).text
        for name in ["parameters", "result"] {
            guard let members = action[name]?.objectValue, !members.isEmpty else { continue }
            text += "\n\n\(Style.bold.apply(to: name.uppercased()))\n" + Self.members(members)
        }
        let attempts = action["attempts"]?.arrayValue ?? []
        if !attempts.isEmpty { text += "\n\n" + Self.attempts(attempts) }
        return text
    }

    static func members(_ members: [String: JSONValue]) -> String {
        Facts(members.sorted { $0.key < $1.key }.map { ($0.key, Cell($0.value.shown)) }).text
    }

    private static func attempts(_ attempts: [JSONValue]) -> String {
        Table(
            ["attempt", "outcome", "handed over", "ended", "error"], empty: "",
            attempts.map { attempt in
                [
                    Cell(attempt.text("number")), .state(attempt.text("outcome") ?? "running"),
                    .time(attempt["dispatched_at"]), .time(attempt["ended_at"]),
                    Cell(attempt["error"]?.text("message") ?? ""),
                ]
            }
        ).text
    }
}

/// An identifier as part of a path.
///
/// - Throws: `CommandFailure` (`usage`) where it cannot be one.
func pathPart(_ text: String) throws -> String {
    guard !text.isEmpty,
        text.utf8.allSatisfy({ byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
                || byte == 45
        })
    else { throw CommandFailure(.usage, "\(text) is no id.") }
    return text
}

import ArgumentParser
import Models

struct WebhookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook", abstract: "Addresses that are told what becomes of actions.",
        subcommands: [
            WebhookList.self, WebhookShow.self, WebhookCreate.self, WebhookUpdate.self, WebhookDelete.self,
            WebhookRotate.self, WebhookTest.self, WebhookDeliveries.self, WebhookResend.self,
        ])

    static func text(_ webhook: JSONValue) -> String {
        Facts([
            ("webhook", Cell(webhook.text("id"), .bold)), ("address", Cell(webhook.text("url"))),
            ("told of", Cell(types(webhook))),
            ("for", webhook.text("description").map { Cell($0) }),
            ("state", state(webhook)), ("because", webhook.text("disabled_because").map { Cell($0) }),
            ("created", .time(webhook["created_at"])), ("changed", .time(webhook["updated_at"])),
        ]).text
    }

    static func types(_ webhook: JSONValue) -> String {
        (webhook["event_types"]?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: ", ")
    }

    static func state(_ webhook: JSONValue) -> Cell {
        webhook["enabled"] == true ? Cell("enabled", .green) : Cell("disabled", .red)
    }

    static func delivery(_ delivery: JSONValue) -> String {
        Facts([
            ("delivery", Cell(delivery.text("id"), .bold)), ("tells", Cell(delivery.text("type"))),
            ("state", .state(delivery.text("state"))),
            ("action", delivery.text("action_id").map { Cell($0) }),
            ("next try", delivery["next_try_at"].map { Cell.time($0) }),
        ]).text
    }
}

struct WebhookList: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "All webhooks, newest first.")

    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        show(try await client.get("/v1/webhooks")) { answer in
            Table(
                ["id", "state", "address", "told of"], empty: "There are no webhooks.",
                answer.items.map { webhook in
                    [
                        Cell(webhook.text("id")), WebhookCommand.state(webhook), Cell(webhook.text("url")),
                        Cell(WebhookCommand.types(webhook), .dim),
                    ]
                }
            ).text
        }
    }
}

struct WebhookShow: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One webhook, without its secret.")

    @Argument(help: "Id of the webhook.") var id: String
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        show(try await client.get("/v1/webhooks/\(try pathPart(id))"), WebhookCommand.text)
    }
}

struct WebhookCreate: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a webhook, and print its secret this once.")

    @Argument(help: "Where it is told, as in https://example.com/purser.") var url: String
    @Option(
        name: .customLong("type"), help: "Told only of this, as in action.failed; may come several times.")
    var types: [String] = []
    @Option(help: "What it is for.") var description: String?
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        var body: [String: JSONValue] = ["url": .string(url)]
        if !types.isEmpty { body["event_types"] = .array(types.map(JSONValue.string)) }
        body["description"] = description.map { .string($0) }
        let answer = try await client.post("/v1/webhooks", .object(body))
        show(answer) { $0.text("secret") ?? "" }
        if !common.json {
            warn("This is the secret of \(answer.text("id") ?? "the webhook"). It is not shown again.")
        }
    }
}

struct WebhookUpdate: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change a webhook; what is not given stays.")

    @Argument(help: "Id of the webhook.") var id: String
    @Option(help: "Where it is told.") var url: String?
    @Option(
        name: .customLong("type"),
        help: "Told only of this; may come several times, and `all` for everything.")
    var types: [String] = []
    @Option(help: "What it is for.") var description: String?
    @Flag(help: "Tell it what happens.") var enable = false
    @Flag(help: "Tell it nothing.") var disable = false
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if enable && disable { throw ValidationError("Give one of --enable and --disable.") }
    }

    func run(_ client: PurserClient) async throws {
        var body: [String: JSONValue] = [:]
        body["url"] = url.map { .string($0) }
        if !types.isEmpty {
            body["event_types"] = .array(types == ["all"] ? [] : types.map(JSONValue.string))
        }
        body["description"] = description.map { .string($0) }
        if enable || disable { body["enabled"] = .bool(enable) }
        show(
            try await client.patch("/v1/webhooks/\(try pathPart(id))", .object(body)), WebhookCommand.text)
    }
}

struct WebhookDelete: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Remove a webhook and its deliveries.")

    @Argument(help: "Id of the webhook.") var id: String
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        try await client.delete("/v1/webhooks/\(try pathPart(id))")
        show(["id": .string(id), "deleted": true]) { _ in "\(id) is gone." }
    }
}

struct WebhookRotate: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract:
            "Give a webhook a new secret, and print it this once; the old one signs beside it for a day.")

    @Argument(help: "Id of the webhook.") var id: String
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        let answer = try await client.post("/v1/webhooks/\(try pathPart(id))/rotate")
        show(answer) { $0.text("secret") ?? "" }
        if !common.json { warn("This is the new secret of \(id). It is not shown again.") }
    }
}

struct WebhookTest: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Send a delivery to see whether it arrives.")

    @Argument(help: "Id of the webhook.") var id: String
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        show(
            try await client.post("/v1/webhooks/\(try pathPart(id))/test"), WebhookCommand.delivery)
    }
}

struct WebhookDeliveries: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries", abstract: "What a webhook was and is to be told, newest first.")

    @Argument(help: "Id of the webhook.") var id: String
    @Option(help: "Only in this state: pending, succeeded or failed.") var state: String?
    @Option(help: "Most deliveries shown.") var limit = 50
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        let path = "/v1/webhooks/\(try pathPart(id))/deliveries"
        try await list(client, path, [("state", state)], limit: limit) { deliveries in
            Table(
                ["id", "tells", "action", "state", "tries", "written", "next try", "error"],
                empty: "There are no such deliveries.",
                deliveries.map { delivery in
                    [
                        Cell(delivery.text("id")), Cell(delivery.text("type")),
                        Cell(delivery.text("action_id")), .state(delivery.text("state")),
                        Cell(delivery.text("attempts")), .time(delivery["created_at"]),
                        .time(delivery["next_try_at"]), Cell(delivery.text("last_error") ?? "", .dim),
                    ]
                }
            ).text
        }
    }
}

struct WebhookResend: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "resend", abstract: "Try a delivery again, now.")

    @Argument(help: "Id of the delivery.") var id: String
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        show(
            try await client.post("/v1/webhook-deliveries/\(try pathPart(id))/resend"),
            WebhookCommand.delivery)
    }
}

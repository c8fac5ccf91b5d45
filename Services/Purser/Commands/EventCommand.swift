import ArgumentParser
import Models

struct EventCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event", abstract: "Business events: what a billing system tells of contract products.",
        subcommands: [EventSend.self, EventShow.self, EventList.self])

    /// What an event set off, and what not.
    static func text(_ event: JSONValue) -> String {
        func ids(_ name: String) -> String? {
            let ids = (event[name]?.arrayValue ?? []).compactMap(\.stringValue)
            return ids.isEmpty ? nil : ids.joined(separator: ", ")
        }
        var text = Facts([
            ("event", Cell(event.text("id"), .bold)), ("type", event.text("type").map { Cell($0) }),
            ("product", event.text("contract_product_id").map { Cell($0) }),
            ("set off", Cell(ids("actions") ?? "nothing")),
            ("cancelled", ids("cancelled").map { Cell($0) }),
            ("sent by", event.text("requested_by").map { Cell($0) }),
            ("received", event["received_at"].map { Cell.time($0) }),
        ]).text
        for left in event["not_done"]?.arrayValue ?? [] {
            let head = left.text("function").map { "\($0) was not run: " } ?? ""
            text += "\n" + Style.yellow.apply(to: Cell(head + (left.text("reason") ?? "")).text)
        }
        if let data = event["data"]?.objectValue, !data.isEmpty {
            text += "\n\n\(Style.bold.apply(to: "DATA"))\n" + ActionText.members(data)
        }
        return text
    }
}

struct EventSend: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Tell that something happened to a contract product.",
        discussion: """
            Types are product.activated, product.overdue, product.paid, product.renewed, product.package_changed and \
            product.cancelled. Data is key=text or key:=JSON, as in package=gold. The same id again does nothing.
            """)

    @Argument(help: "What happened, as in product.overdue.") var type: String
    @Argument(help: "Id of the contract product.") var product: String
    @Option(help: "Id of the event; made where none is given.") var id: String?
    @Argument(help: "Data.") var data: [String] = []
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        let body: JSONValue = [
            "id": .string(id ?? "cli-\(ULID.make())"), "type": .string(type),
            "contract_product_id": .string(product), "data": .object(try Assignments.object(data)),
        ]
        show(try await client.post("/v1/business-events", body), EventCommand.text)
    }
}

struct EventShow: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One business event, what it set off and what not.")

    @Argument(help: "Id of the event.") var id: String
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        show(
            try await client.get("/v1/business-events/\(PurserClient.encoded(id))"), EventCommand.text)
    }
}

struct EventList: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Business events, newest first.")

    @Option(help: "Only of this contract product.") var product: String?
    @Option(help: "Only of this type.") var type: String?
    @Option(help: "Most events shown.") var limit = 50
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        let query = [("contract_product_id", product), ("type", type)]
        try await list(client, "/v1/business-events", query, limit: limit) { events in
            Table(
                ["id", "type", "product", "received", "set off", "not done"],
                empty: "There are no business events.",
                events.map { event in
                    let actions = (event["actions"]?.arrayValue ?? []).compactMap(\.stringValue)
                    return [
                        Cell(event.text("id")), Cell(event.text("type")),
                        Cell(event.text("contract_product_id")), .time(event["received_at"]),
                        Cell(actions.first), Cell(event["not_done"]?.arrayValue?.first?.text("reason"), .dim),
                    ]
                }
            ).text
        }
    }
}

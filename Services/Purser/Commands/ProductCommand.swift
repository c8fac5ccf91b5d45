import ArgumentParser
import Models

struct ProductCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "product", abstract: "Contract products: what clients bought.",
        subcommands: [
            ProductList.self, ProductShow.self, ProductCreate.self, ProductUpdate.self, ProductHistory.self,
            ProductCheck.self,
        ])

    static func text(_ product: JSONValue) -> String {
        var text = Facts([
            ("product", Cell(product.text("id"), .bold)), ("name", Cell(product.text("name"))),
            ("status", .state(product.text("status"))), ("category", Cell(product.text("category"))),
            ("package", product.text("package").map { Cell($0) }),
            ("client", Cell(product.text("client_id"))),
            ("configuration", Cell(product.text("configuration_id"))),
            ("created", .time(product["created_at"])),
            ("compared", product["checked_at"].map { Cell.time($0) }),
            (
                "doubtful",
                product["doubtful"] == true ? Cell("it comes from a backup; check it", .yellow) : nil
            ),
        ]).text
        if let differences = product["differences"]?.arrayValue, !differences.isEmpty {
            text += "\n\n" + ProductCheckText.table(differences)
        }
        if let fields = product["provision_fields"]?.objectValue, !fields.isEmpty {
            text += "\n\n\(Style.bold.apply(to: "PROVISION FIELDS"))\n" + ActionText.members(fields)
        }
        if let events = product["business_events"]?.objectValue {
            let lines = events.sorted { $0.key < $1.key }.map { type, setting in
                (type, Cell(setting == .null ? "does nothing" : setting.line))
            }
            text += "\n\n\(Style.bold.apply(to: "BUSINESS EVENTS"))\n" + Facts(lines).text
        }
        let available = (product["actions_available"]?.arrayValue ?? []).compactMap { $0.text("function") }
        if !available.isEmpty {
            text += "\n\n\(Style.dim.apply(to: "can run")) \(available.joined(separator: ", "))"
        }
        return text
    }
}

struct ProductList: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Contract products, newest first.")

    @Option(help: "Only of this client.") var client: String?
    @Option(help: "Only of this category.") var category: String?
    @Flag(help: "Only those that differed from their provider when they were last compared.")
    var differing = false
    @Flag(help: "Only those of a restored backup that nothing has confirmed since.") var doubtful = false
    @Option(help: "Most products shown.") var limit = 50
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        let query = [
            ("client_id", self.client), ("category", category), ("differs", differing ? "true" : nil),
            ("doubtful", doubtful ? "true" : nil),
        ]
        try await list(client, "/v1/contract-products", query, limit: limit) { products in
            Table(
                ["id", "name", "category", "package", "status", "client"],
                empty: "There are no contract products.",
                products.map { product in
                    [
                        Cell(product.text("id")), Cell(product.text("name")), Cell(product.text("category")),
                        Cell(product.text("package")), .state(product.text("status")),
                        Cell(product.text("client_id")),
                    ]
                }
            ).text
        }
    }
}

struct ProductShow: PurserSubcommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "One contract product.")

    @Argument(help: "Id of the contract product.") var id: String
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        show(try await client.get("/v1/contract-products/\(try pathPart(id))"), ProductCommand.text)
    }
}

struct ProductCreate: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a contract product in status pending.",
        discussion: "Provision fields are key=text or key:=JSON, as in domain=example.com.")

    @Option(help: "Who bought it.") var client: String
    @Option(help: "Category.") var category: String
    @Option(name: .customLong("configuration"), help: "Account at the provider.") var configurationID: String
    @Option(help: "What it is called.") var name: String
    @Option(help: "The package bought.") var package: String?
    @Argument(help: "Provision fields.") var fields: [String] = []
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        var body: [String: JSONValue] = [
            "client_id": .string(self.client), "category": .string(category),
            "configuration_id": .string(configurationID), "name": .string(name),
            "provision_fields": .object(try Assignments.object(fields)),
        ]
        body["package"] = package.map { .string($0) }
        show(try await client.post("/v1/contract-products", .object(body)), ProductCommand.text)
    }
}

struct ProductUpdate: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change a contract product.",
        discussion: "Provision fields not given stay; key:=null removes one.")

    @Argument(help: "Id of the contract product.") var id: String
    @Option(help: "What it is called.") var name: String?
    @Option(help: "The package bought.") var package: String?
    @Option(name: .customLong("configuration"), help: "Account at the provider.") var configurationID: String?
    @Argument(help: "Provision fields to change.") var fields: [String] = []
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        var body: [String: JSONValue] = [:]
        body["name"] = name.map { .string($0) }
        body["package"] = package.map { .string($0) }
        body["configuration_id"] = configurationID.map { .string($0) }
        if !fields.isEmpty { body["provision_fields"] = .object(try Assignments.object(fields)) }
        show(
            try await client.patch("/v1/contract-products/\(try pathPart(id))", .object(body)),
            ProductCommand.text)
    }
}

struct ProductHistory: PurserSubcommand {
    /// Which action, and who, where that is known.
    private static func author(_ change: JSONValue) -> String {
        [change.text("action_id"), change.text("changed_by")].compactMap(\.self).joined(separator: ", ")
    }

    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "What was written to a contract product, newest first.")

    @Argument(help: "Id of the contract product.") var id: String
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        show(try await client.get("/v1/contract-products/\(try pathPart(id))/history")) { answer in
            Table(
                ["when", "field", "before", "after", "by"], empty: "Nothing was written to it yet.",
                answer.items.map { change in
                    [
                        .time(change["changed_at"]), Cell(change.text("field"), .bold),
                        Cell(change.text("old_value")),
                        Cell(change.text("new_value")),
                        Cell(Self.author(change), .dim),
                    ]
                }
            ).text
        }
    }
}

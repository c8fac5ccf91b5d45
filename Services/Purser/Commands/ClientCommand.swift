import ArgumentParser
import Models

struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Customers who own products.",
        subcommands: [ClientList.self, ClientShow.self, ClientCreate.self])

    static func text(_ client: JSONValue) -> String {
        var text = Facts([
            ("client", Cell(client.text("id"), .bold)), ("name", Cell(client.text("name"))),
            ("e-mail", Cell(client.text("email"))), ("phone", client.text("phone").map { Cell($0) }),
            ("company", client.text("company").map { Cell($0) }), ("created", .time(client["created_at"])),
        ]).text
        if let address = client["address"]?.objectValue { text += "\n\n" + ActionText.members(address) }
        return text
    }
}

struct ClientList: PurserSubcommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Clients, newest first.")

    @Option(help: "Most clients shown.") var limit = 50
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        try await list(client, "/v1/clients", limit: limit) { clients in
            Table(
                ["id", "name", "e-mail", "company", "created"], empty: "There are no clients.",
                clients.map { client in
                    [
                        Cell(client.text("id")), Cell(client.text("name")), Cell(client.text("email")),
                        Cell(client.text("company")), .time(client["created_at"]),
                    ]
                }
            ).text
        }
    }
}

struct ClientShow: PurserSubcommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "One client.")

    @Argument(help: "Id of the client.") var id: String
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        show(try await client.get("/v1/clients/\(try pathPart(id))"), ClientCommand.text)
    }
}

struct ClientCreate: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a client.",
        discussion: "The address is key=text: address_1, address_2, city, state, postcode, country_code.")

    @Option(help: "Full name.") var name: String
    @Option(help: "E-mail address.") var email: String
    @Option(help: "Phone number in international form, as in +441632960123.") var phone: String?
    @Option(help: "Company.") var company: String?
    @Argument(help: "Postal address.") var address: [String] = []
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        var body: [String: JSONValue] = ["name": .string(name), "email": .string(email)]
        body["phone"] = phone.map { .string($0) }
        body["company"] = company.map { .string($0) }
        if !address.isEmpty { body["address"] = .object(try Assignments.object(address)) }
        show(try await client.post("/v1/clients", .object(body)), ClientCommand.text)
    }
}

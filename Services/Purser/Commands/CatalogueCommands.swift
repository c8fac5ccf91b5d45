import ArgumentParser
import Models

struct BlueprintsCommand: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "blueprints",
        abstract: "What each category can do; with a function, what it takes and gives.")

    @Argument(help: "Category, as in hosting.") var category: String?
    @Argument(help: "Function, as in create.") var function: String?
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        guard let category else {
            show(try await client.get("/v1/blueprints")) { Self.all($0.items) }
            return
        }
        let blueprint = try await client.get("/v1/blueprints/\(try pathPart(category))")
        guard let function else {
            show(blueprint) { Self.functions($0["functions"]?.arrayValue ?? []) }
            return
        }
        guard let found = blueprint["functions"]?.arrayValue?.first(where: { $0.text("name") == function })
        else {
            throw CommandFailure(
                .refused, "\(category) has no function \(function). See: purser blueprints \(category)")
        }
        show(found, Self.function)
    }

    private static func all(_ blueprints: [JSONValue]) -> String {
        Table(
            ["category", "title", "functions"], empty: "There are no blueprints.",
            blueprints.map { blueprint in
                let names = blueprint["functions"]?.arrayValue?.compactMap { $0.text("name") } ?? []
                return [
                    Cell(blueprint.text("category")), Cell(blueprint.text("title")),
                    Cell(names.joined(separator: ", ")),
                ]
            }
        ).text
    }

    private static func functions(_ functions: [JSONValue]) -> String {
        Table(
            ["function", "effect", "for", "needs", "help"], empty: "There are no functions.",
            functions.map { function in
                let required =
                    function["parameters"]?["required"]?.arrayValue?.compactMap(\.stringValue) ?? []
                return [
                    Cell(function.text("name"), .bold), Cell(function.text("effect")),
                    Cell(function.text("audience")),
                    Cell(required.joined(separator: ", ")), Cell(function.text("help"), .dim),
                ]
            }
        ).text
    }

    private static func function(_ function: JSONValue) -> String {
        let facts = Facts([
            ("function", Cell(function.text("name"), .bold)), ("help", Cell(function.text("help"))),
            ("effect", Cell(function.text("effect"))), ("for", Cell(function.text("audience"))),
        ])
        return [
            facts.text, SchemaText.table("parameter", function["parameters"]),
            SchemaText.table("result", function["result"]),
        ]
        .joined(separator: "\n\n")
    }
}

struct ProvidersCommand: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "providers",
        abstract: "Providers that adapters have announced; with a name, what it is configured with.")

    @Argument(help: "Provider, as in cpanel.") var provider: String?
    @Option(help: "Only of this category.") var category: String?
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        let answer = try await client.get("/v1/providers", [("category", category)])
        guard let provider else {
            show(answer) { Self.all($0.items) }
            return
        }
        guard let found = answer.items.first(where: { $0.text("provider") == provider }) else {
            throw CommandFailure(
                .refused, "No adapter has announced a provider \(provider). See: purser providers")
        }
        show(found) { found in
            Facts([
                ("provider", Cell(found.text("provider"), .bold)), ("title", Cell(found.text("title"))),
                ("help", Cell(found.text("help"))), ("vendor page", Cell(found.text("vendor_page"))),
                ("functions", Cell(Self.functions(of: found))),
                ("online", Cell(found.text("instances_online"))),
            ]).text + "\n\n" + SchemaText.table("setting", found["configuration"])
        }
    }

    private static func all(_ providers: [JSONValue]) -> String {
        Table(
            ["category", "provider", "title", "online", "functions"],
            empty: "No adapter has announced itself yet.",
            providers.map { provider in
                [
                    Cell(provider.text("category")), Cell(provider.text("provider"), .bold),
                    Cell(provider.text("title")), Cell(provider.text("instances_online")),
                    Cell(functions(of: provider), .dim),
                ]
            }
        ).text
    }

    private static func functions(of provider: JSONValue) -> String {
        (provider["functions"]?.arrayValue ?? []).compactMap { $0.text("name") }.joined(separator: ", ")
    }
}

/// JSON Schemas of objects as people read them.
enum SchemaText {
    static func table(_ title: String, _ schema: JSONValue?) -> String {
        let required = Set(schema?["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
        let members = (schema?["properties"]?.objectValue ?? [:]).sorted { left, right in
            let (first, second) = (required.contains(left.key), required.contains(right.key))
            return first == second ? left.key < right.key : first
        }
        return Table(
            [title, "type", "", "help"], empty: "No \(title)s.",
            members.map { name, member in
                [
                    Cell(name, .bold), Cell(type(of: member)),
                    Cell(required.contains(name) ? "required" : member["x-secret"] == true ? "secret" : ""),
                    Cell(member.text("description") ?? "", .dim),
                ]
            }
        ).text
    }

    private static func type(of schema: JSONValue) -> String {
        if let values = schema["enum"]?.arrayValue {
            return values.compactMap(\.shown).joined(separator: "|")
        }
        let types = schema["type"]?.arrayValue?.compactMap(\.stringValue).filter { $0 != "null" }
        return types?.joined(separator: "|") ?? schema.text("type") ?? "any"
    }
}

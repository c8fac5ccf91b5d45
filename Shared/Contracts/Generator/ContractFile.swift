import ContractSchema
import Yams

/// What one contract file declares.
enum ContractFile {
    case blueprint(
        BlueprintDefinition, types: [StructureDefinition], parameterTypes: [String: String],
        resultTypes: [String: String])
    case provider(ProviderDescriptor)
    case messages(MessageCatalogue)
}

extension ContractFile {
    /// Reads one file.
    ///
    /// - Parameter known: what earlier message files declared, so that later ones can refer to it; grows by this file's.
    init(file: String, yaml: String, known: inout FieldParser) throws {
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch let error as YamlError {
            throw ContractError(file: file, error)
        }
        guard let node else {
            throw ContractError(file: file, line: 1, column: 1, message: "the file is empty")
        }
        let root = YAMLReader(file: file, node: node)
        let kinds = ["blueprint", "provider", "messages"]
        guard let kind = try root.members().first?.name, kinds.contains(kind) else {
            throw root.error("the first key must be one of \(kinds.joined(separator: ", "))")
        }
        switch kind {
        case "blueprint": self = try Self.blueprint(root)
        case "provider": self = try Self.provider(root)
        default: self = try Self.messages(root, known: &known)
        }
    }

    // MARK: Providers

    private static func provider(_ root: YAMLReader) throws -> ContractFile {
        let keys = try root.members(known: [
            "provider", "category", "title", "vendor_page", "help", "concurrency", "configuration", "notes",
            "unobservable",
        ])
        let parser = FieldParser(structures: [:], enumerations: [:])
        let notes = try texts(keys["notes"])
        let unobservable = try texts(keys["unobservable"])
        return .provider(
            ProviderDescriptor(
                provider: try required("provider", keys, root).text(),
                category: try required("category", keys, root).text(),
                title: try required("title", keys, root).text(),
                vendorPage: try required("vendor_page", keys, root).text(),
                help: try required("help", keys, root).text(),
                concurrency: try keys["concurrency"]?.integer() ?? 8,
                configuration: try parser.fields(try required("configuration", keys, root)),
                functions: Set(notes.keys).union(unobservable.keys).sorted().map {
                    SupportedFunction(
                        name: $0, isObservable: false, note: notes[$0], unobservable: unobservable[$0])
                }))
    }

    /// Texts by the function that they are about.
    private static func texts(_ reader: YAMLReader?) throws -> [String: String] {
        try (reader?.members() ?? []).reduce(into: [:]) { $0[$1.name] = try $1.value.text() }
    }

    // MARK: Messages

    private static func messages(_ root: YAMLReader, known: inout FieldParser) throws -> ContractFile {
        let keys = try root.members(known: [
            "messages", "help", "enumerations", "types", "events", "requests",
        ])
        var enumerations: [EnumerationDefinition] = []
        for (name, reader) in try keys["enumerations"]?.members() ?? [] {
            let enumeration = try reader.members(known: ["help", "values"])
            let values = try required("values", enumeration, reader).list().map { try $0.text() }
            known.enumerations[name] = values
            enumerations.append(
                EnumerationDefinition(name: name, help: try enumeration["help"]?.text() ?? "", values: values)
            )
        }
        let types = try structures(keys["types"], parser: &known)
        var messages: [MessageDefinition] = []
        for kind in ["events", "requests"] {
            for (type, reader) in try keys[kind]?.members() ?? [] {
                let message = try reader.members(known: ["name", "help", "reply", "fields"])
                let reply = try message["reply"]?.text()
                if let reply, known.structures[reply] == nil {
                    throw reader.error("there is no type \(reply)")
                }
                if kind == "requests", reply == nil { throw reader.error("a request says its reply") }
                messages.append(
                    MessageDefinition(
                        type: type, name: try required("name", message, reader).text(),
                        help: try required("help", message, reader).text(), reply: reply,
                        fields: try message["fields"].map { try known.fields($0) } ?? []))
            }
        }
        return .messages(
            MessageCatalogue(
                title: try required("messages", keys, root).text(), enumerations: enumerations, types: types,
                messages: messages))
    }

    // MARK: Parts

    static func structures(_ reader: YAMLReader?, parser: inout FieldParser) throws
        -> [StructureDefinition]
    {
        var structures: [StructureDefinition] = []
        for (name, reader) in try reader?.members() ?? [] {
            let structure = try reader.members(known: ["help", "fields"])
            let definition = StructureDefinition(
                name: name, help: try structure["help"]?.text() ?? "",
                fields: try structure["fields"].map { try parser.fields($0) } ?? [])
            parser.structures[name] = definition
            structures.append(definition)
        }
        return structures
    }

    static func required(_ key: String, _ keys: [String: YAMLReader], _ reader: YAMLReader) throws
        -> YAMLReader
    {
        guard let value = keys[key] else { throw reader.error("\(key) is missing") }
        return value
    }
}

/// `office-tools`, `getInfo` or `admin_url` as a type's name.
func pascal(_ name: String) -> String {
    words(name).map(capitalized).joined()
}

/// `admin_url` as a property's name: `adminURL`.
func camel(_ name: String) -> String {
    let words = words(name)
    return (words.first.map { $0.prefix(1).lowercased() + $0.dropFirst() } ?? "")
        + words.dropFirst().map(capitalized).joined()
}

private func words(_ name: String) -> [Substring] {
    name.split { $0 == "-" || $0 == "_" || $0 == "." }
}

private func capitalized(_ word: Substring) -> String {
    ["id", "url", "ip", "mb", "seo"].contains(word)
        ? word.uppercased() : word.prefix(1).uppercased() + word.dropFirst()
}

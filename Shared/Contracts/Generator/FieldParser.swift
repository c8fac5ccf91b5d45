import ContractSchema
import Yams

/// Reads fields: `name: string!/email/max:255 One line of help`, or a mapping where a field needs more.
///
/// The first word is the type (`string integer number boolean array object any`, or the name of a structure or
/// enumeration; `[]` behind it makes a list, `![]` one without empty elements), `!` required, `?` may be null, and `/rule` for each rule; `/secret` marks a
/// secret. The rest is the help. A mapping has the first word as `type`, and `help`, `rules`, `default`, `fields`.
struct FieldParser {
    /// Structures and enumerations by name.
    var structures: [String: StructureDefinition]
    var enumerations: [String: [String]]

    /// Types of `Models` that are written by hand, and the JSON type that each has.
    static let handwritten: [String: FieldDefinition.FieldType] = [
        "ActionID": .string, "ClientID": .string, "ConfigurationID": .string, "ContractProductID": .string,
        "TokenID": .string, "UserID": .string, "SessionID": .string, "WebhookID": .string,
        "WebhookDeliveryID": .string, "Timestamp": .string,
        "ProviderDescriptor": .object,
    ]

    func fields(_ reader: YAMLReader) throws -> [FieldDefinition] {
        try reader.members().map { try field($0.name, $0.value) }
    }

    func field(_ name: String, _ reader: YAMLReader) throws -> FieldDefinition {
        guard reader.node.mapping != nil else {
            let text = try reader.text()
            let parts = text.split(separator: " ", maxSplits: 1)
            guard let word = parts.first else { throw reader.error("\(name) has no type") }
            var field = try parse(word: String(word), name: name, reader)
            field.help = parts.count > 1 ? String(parts[1]) : ""
            return field
        }
        let keys = try reader.members(known: ["type", "help", "rules", "default", "fields"])
        guard let type = keys["type"] else { throw reader.error("\(name) has no type") }
        var field = try parse(word: try type.text(), name: name, type)
        field.help = try keys["help"]?.text() ?? ""
        for rule in try keys["rules"]?.list() ?? [] {
            field.rules.append(try self.rule(try rule.text(), rule))
        }
        if let value = keys["default"] { field.defaultValue = try json(value) }
        if let members = keys["fields"] {
            let parsed = try fields(members)
            if field.type == .array {
                field.items = [FieldDefinition(name: "", type: .object, fields: parsed)]
            } else {
                field.fields = parsed
            }
        }
        return field
    }

    private func parse(word: String, name: String, _ reader: YAMLReader) throws -> FieldDefinition {
        let parts = word.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        var typeName = parts[0]
        var field = FieldDefinition(name: name, type: .any)
        if typeName.hasSuffix("!") || typeName.hasSuffix("?") {
            field.isRequired = typeName.removeLast() == "!"
            field.isNullable = !field.isRequired
        }
        // `!?`: the key must be there and may be null.
        if typeName.hasSuffix("!") {
            typeName.removeLast()
            field.isRequired = true
        }
        let isList = typeName.hasSuffix("[]")
        if isList { typeName.removeLast(2) }
        let isItemRequired = isList && typeName.hasSuffix("!")
        if isItemRequired { typeName.removeLast() }
        var base = try type(typeName, reader)
        base.isRequired = isItemRequired
        for rule in parts.dropFirst() {
            if rule == "secret" {
                field.isSecret = true
            } else {
                base.rules.append(try self.rule(rule, reader))
            }
        }
        if isList {
            field.type = .array
            field.items = [base]
        } else {
            field.type = base.type
            field.rules = base.rules
            field.fields = base.fields
            field.reference = base.reference
        }
        return field
    }

    private func type(_ name: String, _ reader: YAMLReader) throws -> FieldDefinition {
        if let plain = FieldDefinition.FieldType(rawValue: name) {
            return FieldDefinition(name: "", type: plain)
        }
        if let type = Self.handwritten[name] { return FieldDefinition(name: "", type: type, reference: name) }
        if let values = enumerations[name] {
            return FieldDefinition(name: "", type: .string, rules: [.in(values)], reference: name)
        }
        if let structure = structures[name] {
            return FieldDefinition(name: "", type: .object, reference: name, fields: structure.fields)
        }
        throw reader.error("there is no type \(name); a structure must be declared before its use")
    }

    private func rule(_ text: String, _ reader: YAMLReader) throws -> Rule {
        guard let rule = Rule(text) else { throw reader.error("there is no rule \(text)") }
        if case .regex(let pattern) = rule, DelimitedPattern(pattern)?.compiled == nil {
            throw reader.error("the pattern \(pattern) is not well formed")
        }
        return rule
    }

    private func json(_ reader: YAMLReader) throws -> JSONValue {
        if let sequence = reader.node.sequence {
            return .array(try sequence.map { try json(YAMLReader(file: reader.file, node: $0)) })
        }
        if reader.node.mapping != nil {
            return .object(
                Dictionary(uniqueKeysWithValues: try reader.members().map { ($0.name, try json($0.value)) }))
        }
        if reader.node.null != nil { return .null }
        if let value = reader.node.bool { return .bool(value) }
        if let value = reader.node.int { return .integer(value) }
        if let value = reader.node.float { return .number(value) }
        return .string(try reader.text())
    }
}

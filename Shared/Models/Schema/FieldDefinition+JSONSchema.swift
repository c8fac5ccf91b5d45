extension [FieldDefinition] {
    /// The JSON Schema (2020-12) of an object with these fields, complete in itself: what `problems(in:at:)` accepts, as
    /// far as a schema can say it. Secrets are `writeOnly`.
    package var jsonSchema: JSONValue { SchemaWriter(use: .input).object(self) }

    /// The same for the body of a request in the OpenAPI document, with all that a text or a free object has to keep to
    /// besides; it may refer to the component `FreeValue`.
    package var requestJSONSchema: JSONValue { SchemaWriter(use: .request).object(self) }

    /// The same for what is given out: secrets are not `writeOnly`.
    package var resultJSONSchema: JSONValue { SchemaWriter(use: .output).object(self) }
}

/// Writes JSON Schema from fields.
///
/// - SeeAlso: JSON Schema 2020-12, Validation, sections 6, 7 and 9.
struct SchemaWriter {
    enum Use {
        /// Input: nothing empty where something is required, nothing unknown, secrets are `writeOnly`.
        case input
        /// The same for requests, with the limits of `ValidationLimit`.
        case request
        /// Results, by the same rules.
        case output
        /// Messages and entities: unknown members are allowed, and named types are references.
        case component
    }

    let use: Use

    // MARK: Objects

    func object(_ fields: [FieldDefinition], help: String = "") -> JSONValue {
        var schema: [String: JSONValue] = ["type": "object"]
        schema["properties"] = .object(Dictionary(fields.map { ($0.name, value($0)) }) { _, last in last })
        let required = fields.filter { $0.isRequired || $0.rules.contains(.present) }
        if !required.isEmpty { schema["required"] = .array(required.map { .string($0.name) }) }
        if use != .component { schema["additionalProperties"] = false }
        let conditions = fields.flatMap { field in
            field.rules.compactMap { condition($0, of: field, among: fields) }
        }
        if !conditions.isEmpty { schema["allOf"] = .array(conditions) }
        if !help.isEmpty { schema["description"] = .string(help) }
        return .object(schema)
    }

    /// A rule about other fields. A schema sees whether they are there, not whether they are empty.
    private func condition(_ rule: Rule, of field: FieldDefinition, among fields: [FieldDefinition])
        -> JSONValue?
    {
        func required(_ name: String) -> JSONValue { ["required": [.string(name)]] }
        switch rule {
        case .requiredIf(let other, let values):
            let type = fields.first { $0.name == other }?.type ?? .string
            let options = values.map { Self.typed($0, as: type) }
            return [
                "if": ["properties": [other: ["enum": .array(options)]], "required": [.string(other)]],
                "then": required(field.name),
            ]
        case .requiredWithout(let others):
            return ["anyOf": [required(field.name), ["required": .array(others.map { .string($0) })]]]
        case .requiredWithoutAll(let others):
            return ["anyOf": .array(([field.name] + others).map(required))]
        default: return nil
        }
    }

    // MARK: Values

    func value(_ field: FieldDefinition) -> JSONValue {
        var schema = annotations(field)
        if use == .component, let reference = field.reference {
            let target: JSONValue = ["$ref": .string(Self.componentPath + reference)]
            if field.isNullable {
                schema["anyOf"] = [target, ["type": "null"]]
            } else {
                schema["$ref"] = .string(Self.componentPath + reference)
            }
            return .object(schema)
        }
        schema.merge(shape(field)) { _, new in new }
        addRules(field, to: &schema)
        if let reference = field.reference { addHandwritten(reference, to: &schema) }
        if field.isNullable, let type = schema["type"] {
            schema["type"] = .array((type.arrayValue ?? [type]) + ["null"])
            if let values = schema["enum"]?.arrayValue, !values.contains(.null) {
                schema["enum"] = .array(values + [.null])
            }
            if let options = schema["anyOf"]?.arrayValue {
                schema["anyOf"] = .array(options + [["type": "null"]])
            }
        }
        return .object(schema)
    }

    static let componentPath = "#/components/schemas/"

    private func annotations(_ field: FieldDefinition) -> [String: JSONValue] {
        var schema: [String: JSONValue] = [:]
        if !field.help.isEmpty { schema["description"] = .string(field.help) }
        if let value = field.defaultValue { schema["default"] = value }
        if field.isSecret {
            schema["x-secret"] = true
            if use == .input || use == .request { schema["writeOnly"] = true }
        }
        return schema
    }

    private func shape(_ field: FieldDefinition) -> [String: JSONValue] {
        switch field.type {
        case .any: return [:]
        case .object:
            guard let fields = field.fields, let schema = object(fields).objectValue else {
                return use == .request ? Self.freeObject : ["type": "object"]
            }
            return schema
        case .array:
            guard let item = field.items?.first else { return ["type": ["array", "object"]] }
            return ["type": "array", "items": value(item)]
        case .string, .integer, .number, .boolean: return ["type": .string(field.type.rawValue)]
        }
    }

    private func addHandwritten(_ reference: String, to schema: inout [String: JSONValue]) {
        guard let known = HandwrittenType.schemas[reference]?.objectValue else { return }
        schema.merge(known) { old, _ in old }
    }

    /// A value as a rule writes it, in the type of its field.
    static func typed(_ text: String, as type: FieldDefinition.FieldType) -> JSONValue {
        switch type {
        case .boolean: .bool(text == "1" || text == "true")
        case .integer, .number: Int(text).map { .integer($0) } ?? .string(text)
        default: .string(text)
        }
    }
}

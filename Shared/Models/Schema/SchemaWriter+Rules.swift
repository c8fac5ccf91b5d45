extension SchemaWriter {
    /// Adds what a field's rules say about its value.
    func addRules(_ field: FieldDefinition, to schema: inout [String: JSONValue]) {
        var patterns: [String] = []
        if use != .component, field.isRequired, !field.rules.contains(.present) {
            addContent(field, &schema)
        }
        if field.rules.contains(.filled) { addContent(field, &schema) }
        for rule in field.rules {
            if let pattern = rule.schemaPattern { patterns.append(pattern) }
            if let format = rule.schemaFormat { schema["format"] = .string(format) }
            switch rule {
            case .min(let number): addLeast(number, field.type, &schema)
            case .max(let number): addMost(number, field.type, &schema)
            case .size(let number):
                addLeast(number, field.type, &schema)
                addMost(number, field.type, &schema)
            case .in(let values): schema["enum"] = .array(values.map { Self.typed($0, as: field.type) })
            case .countryCode: schema["enum"] = .array(CountryCode.all.map { .string($0) })
            case .ip: schema["anyOf"] = [["format": "ipv4"], ["format": "ipv6"]]
            default: continue
            }
        }
        if use == .request, field.type == .string, field.reference == nil, schema["enum"] == nil {
            addText(field, &schema, &patterns)
        }
        if patterns.count == 1 {
            schema["pattern"] = .string(patterns[0])
        } else if !patterns.isEmpty {
            schema["allOf"] = .array(patterns.map { ["pattern": .string($0)] })
        }
    }

    /// What every text has to keep to: it is not too long, has no control characters but tabs and line breaks, and where
    /// something has to be in it, that is more than space.
    private func addText(
        _ field: FieldDefinition, _ schema: inout [String: JSONValue], _ patterns: inout [String]
    ) {
        let isFilled = schema["minLength"] != nil
        if schema["maxLength"] == nil { schema["maxLength"] = .integer(ValidationLimit.stringLength) }
        // Other patterns let none of these characters through.
        guard patterns.isEmpty else { return }
        patterns.append(isFilled ? "^[ \\t\\n\\r]*[^\\u0000-\\u0020]\(Self.harmless)$" : "^\(Self.harmless)$")
    }

    private static let harmless = "[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F]*"

    /// An object of members that no contract names. How many they may be, and how long and deep their values, is left
    /// to `ValidationLimit`: whoever makes requests from the document would try it out.
    static let freeObject: [String: JSONValue] = [
        "type": "object",
        "propertyNames": [
            "maxLength": .integer(ValidationLimit.nameLength), "pattern": "^[^\\u0000-\\u001F]*$",
        ], "additionalProperties": ["$ref": .string(componentPath + "FreeValue")],
    ]

    /// A value of such a member: the component `FreeValue`.
    static let freeValue: JSONValue = [
        "description": "Any value, whose texts have no control characters but tabs and line breaks",
        "anyOf": [
            ["type": ["null", "boolean", "number"]], ["type": "string", "pattern": .string("^\(harmless)$")],
            ["type": "array", "items": ["$ref": .string(componentPath + "FreeValue")]], .object(freeObject),
        ],
    ]

    /// That a text or a list is not empty, unless a rule says more.
    private func addContent(_ field: FieldDefinition, _ schema: inout [String: JSONValue]) {
        guard field.type == .string || field.type == .array else { return }
        addLeast(1, field.type, &schema)
    }

    private func addLeast(
        _ number: Int, _ type: FieldDefinition.FieldType, _ schema: inout [String: JSONValue]
    ) {
        switch type {
        case .string: schema["minLength"] = .integer(number)
        case .array: schema["minItems"] = .integer(number)
        case .integer, .number: schema["minimum"] = .integer(number)
        case .object, .boolean, .any: break
        }
    }

    private func addMost(
        _ number: Int, _ type: FieldDefinition.FieldType, _ schema: inout [String: JSONValue]
    ) {
        switch type {
        case .string: schema["maxLength"] = .integer(number)
        case .array: schema["maxItems"] = .integer(number)
        case .integer, .number: schema["maximum"] = .integer(number)
        case .object, .boolean, .any: break
        }
    }
}

extension Rule {
    /// The `format` that comes closest to the rule.
    fileprivate var schemaFormat: String? {
        switch self {
        case .email: "email"
        case .domainName: "hostname"
        case .url: "uri"
        case .dateFormat("Y-m-d"): "date"
        default: nil
        }
    }

    /// The rule as an ECMA-262 pattern, where it can be one.
    fileprivate var schemaPattern: String? {
        switch self {
        case .alphaDash: "^[\\p{L}\\p{M}\\p{N}_-]+$"
        case .alphaDashDot: "^[A-Za-z0-9_.-]+$"
        case .alphaNumeric: "^[\\p{L}\\p{M}\\p{N}]+$"
        case .certificatePEM: "-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----"
        case .date: "^[0-9]{4}-[0-9]{2}-[0-9]{2}"
        case .dateFormat(let format): Self.pattern(of: format)
        case .domainName: "^\(DomainName.labelPattern)(\\.\(DomainName.labelPattern))+$"
        case .internationalPhone: PhoneNumber.pattern
        case .regex(let pattern): DelimitedPattern(pattern)?.ecmaScript
        case .startsWith(let prefix): "^" + DelimitedPattern.escaped(prefix)
        case .url: WebAddress.pattern
        default: nil
        }
    }

    private static func pattern(of format: String) -> String {
        let parts = (DateFormat.parts(format) ?? []).map { part in
            switch part {
            case .literal(let byte): DelimitedPattern.escaped(String(Unicode.Scalar(byte)))
            case .offset: "[+-][0-9]{2}:[0-9]{2}"
            case .number(_, let digits, _):
                digits.count == 1
                    ? "[0-9]{\(digits.lowerBound)}" : "[0-9]{\(digits.lowerBound),\(digits.upperBound)}"
            }
        }
        return "^" + parts.joined() + "$"
    }
}

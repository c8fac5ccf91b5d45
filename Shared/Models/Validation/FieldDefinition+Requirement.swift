extension FieldDefinition {
    /// Why the field must be given, judged by the other members; nil where it may be left out.
    func requirement(among object: [String: JSONValue]) -> String? {
        if isRequired { return "is required" }
        for rule in rules {
            switch rule {
            case .present: return "is required; it may be empty"
            case .requiredIf(let field, let values) where values.contains { object[field].matches($0) }:
                return "is required where \(field) is \(values.joined(separator: " or "))"
            case .requiredWithout(let names) where names.contains { object[$0].isMissing }:
                return "is required where \(names.joined(separator: " or ")) is not given"
            case .requiredWithoutAll(let names) where names.allSatisfy { object[$0].isMissing }:
                return "is required where none of \(names.joined(separator: ", ")) is given"
            default: continue
            }
        }
        return nil
    }
}

extension JSONValue? {
    /// Absent, null, or an empty text, list or object: what counts as not given to the rules about other fields.
    fileprivate var isMissing: Bool {
        switch self {
        case nil, .null: true
        case .string(let text): text.allSatisfy(\.isWhitespace)
        case .array(let elements): elements.isEmpty
        case .object(let members): members.isEmpty
        case .bool, .integer, .number: false
        }
    }

    /// Whether this is the value that a rule writes so; true is also `1`, false also `0`.
    fileprivate func matches(_ text: String) -> Bool {
        switch self {
        case .string(let value): value == text
        case .integer(let value): String(value) == text
        case .bool(let value): value ? text == "1" || text == "true" : text == "0" || text == "false"
        default: false
        }
    }
}

import Models

/// A good value for every field, by its type and rules.
enum SampleValues {
    static func object(for fields: [FieldDefinition]) -> [String: JSONValue] {
        Dictionary(fields.map { ($0.name, value(for: $0)) }) { _, last in last }
    }

    /// How many values an object with all of its fields has, at every depth.
    static func count(_ fields: [FieldDefinition]) -> Int {
        fields.reduce(0) { $0 + 1 + count($1.fields ?? []) + count($1.items?.first?.fields ?? []) }
    }

    private static func value(for field: FieldDefinition) -> JSONValue {
        switch field.type {
        case .string, .any: .string(field.rules.lazy.compactMap(text).first ?? "Sample text of usual length")
        case .integer: .integer(2)
        case .number: .number(9.5)
        case .boolean: true
        case .object: .object(field.fields.map(object) ?? ["region": "eu"])
        case .array: field.items.map { .array($0.map(value)) } ?? ["region": "eu", "seats": 3]
        }
    }

    /// A text that keeps to the rule, where the rule says what kind of text it is.
    private static func text(_ rule: Rule) -> String? {
        switch rule {
        case .email: "jane.doe@mail.example.com"
        case .domainName: "www.example.com"
        case .alphaDash, .alphaDashDot, .alphaNumeric: "example"
        case .countryCode: "GB"
        case .internationalPhone: "+442079460123"
        case .ip: "2001:db8::7"
        case .url: "https://example.com/page?a=b"
        case .date, .dateFormat("Y-m-d"): "2026-02-03"
        case .dateFormat: "2026-02-03 10:11:12"
        case .in(let values): values.first { !$0.isEmpty }
        default: nil
        }
    }
}

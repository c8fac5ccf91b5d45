/// One input of a web form, made from a field.
package struct FormField: Sendable, Equatable {
    package indirect enum Input: Sendable, Equatable {
        case text, email, number, checkbox, password, textarea
        /// One of these values.
        case select([String])
        /// The inputs of an object's members.
        case fieldset([FormField])
    }

    /// The member names from the form's object down, joined by `/`.
    package var path: String
    package var name: String
    /// What a person reads: `customer_id` is `Customer ID`.
    package var label: String
    package var input: Input
    package var isRequired: Bool
    package var help: String
    /// The least and greatest value of a number, or length of a text.
    package var minimum: Int?
    package var maximum: Int?
    package var defaultValue: JSONValue?
}

extension [FieldDefinition] {
    /// The inputs of a form for these fields, in their order. Lists and free objects are text areas, for JSON.
    package var form: [FormField] { map { FormField($0, under: "") } }
}

extension FormField {
    fileprivate init(_ field: FieldDefinition, under parent: String) {
        path = parent + field.name
        name = field.name
        label = Self.label(field.name)
        isRequired = field.isRequired
        help = field.help
        defaultValue = field.defaultValue
        input = Self.input(field, path: path)
        for rule in field.rules {
            switch rule {
            case .min(let number): minimum = number
            case .max(let number): maximum = number
            case .size(let number): (minimum, maximum) = (number, number)
            default: continue
            }
        }
    }

    private static func input(_ field: FieldDefinition, path: String) -> Input {
        for rule in field.rules {
            if case .in(let values) = rule { return .select(values) }
        }
        switch field.type {
        case .object where field.fields != nil:
            return .fieldset((field.fields ?? []).map { FormField($0, under: path + "/") })
        case .object, .array: return .textarea
        case .boolean: return .checkbox
        case .integer, .number: return .number
        case .string, .any:
            if field.isSecret { return .password }
            if field.rules.contains(.certificatePEM) { return .textarea }
            return field.rules.contains(.email) ? .email : .text
        }
    }

    private static func label(_ name: String) -> String {
        let acronyms: Set<Substring> = ["id", "url", "ip", "mb", "api", "ssl", "dns", "acl", "sso"]
        let words = name.split(separator: "_").enumerated().map { index, word in
            if acronyms.contains(word) { return word.uppercased() }
            return index == 0 ? word.prefix(1).uppercased() + word.dropFirst() : String(word)
        }
        return words.joined(separator: " ")
    }
}

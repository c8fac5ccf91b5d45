/// One field of a contract: its wire key, type, rules, and a line of help.
///
/// Validation, JSON Schema, forms and redaction are all read from this.
package struct FieldDefinition: Codable, Sendable, Equatable {
    /// The JSON types that a field can have. They are not coerced: `"5"` is not an integer.
    package enum FieldType: String, Codable, Sendable, CaseIterable {
        case string, integer, number, boolean, array, object, any
    }

    /// The wire key (snake_case); empty for the items of an array.
    package var name: String
    package var type: FieldType
    /// Whether the key must be there.
    package var isRequired: Bool
    /// Whether its value may be null.
    package var isNullable: Bool
    /// What the value must keep to beyond its type, such as `email` or `max:255`.
    package var rules: [Rule]
    /// Whether the value is sealed on its way, encrypted at rest and never shown in logs.
    package var isSecret: Bool
    /// One line for a person who fills in the field.
    package var help: String
    /// What is used where no value is given.
    package var defaultValue: JSONValue?
    /// A named type of the same contract or of `Models`, as in `ActionID`.
    package var reference: String?
    /// The members of an object; nil for a free map.
    package var fields: [FieldDefinition]?
    /// The one element: what each item of an array is; nil for a free list.
    package var items: [FieldDefinition]?

    package init(
        name: String, type: FieldType, isRequired: Bool = false, isNullable: Bool = false, rules: [Rule] = [],
        isSecret: Bool = false, help: String = "", defaultValue: JSONValue? = nil, reference: String? = nil,
        fields: [FieldDefinition]? = nil, items: [FieldDefinition]? = nil
    ) {
        self.name = name
        self.type = type
        self.isRequired = isRequired
        self.isNullable = isNullable
        self.rules = rules
        self.isSecret = isSecret
        self.help = help
        self.defaultValue = defaultValue
        self.reference = reference
        self.fields = fields
        self.items = items
    }

    enum CodingKeys: String, CodingKey {
        case name, type, rules, help, reference, fields, items
        case isRequired = "required"
        case isNullable = "nullable"
        case isSecret = "secret"
        case defaultValue = "default"
    }
}

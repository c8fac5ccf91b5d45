/// The types that contract files may name and that are written by hand in `Models`.
enum HandwrittenType {
    /// The prefix of each identifier type.
    static let identifierPrefixes: [String: String] = [
        "ActionID": ActionID.prefix, "ClientID": ClientID.prefix, "ConfigurationID": ConfigurationID.prefix,
        "ContractProductID": ContractProductID.prefix, "TokenID": TokenID.prefix,
        "UserID": UserID.prefix, "SessionID": SessionID.prefix, "WebhookID": WebhookID.prefix,
        "WebhookDeliveryID": WebhookDeliveryID.prefix,
    ]

    /// What is wrong with a text that should be of the type; nil where it is good, or the type is none of these.
    static func problem(in text: String, of type: String) -> String? {
        if type == "Timestamp" {
            return Timestamp(text) == nil ? "give a time such as 2026-02-03T10:11:12.345Z" : nil
        }
        guard let prefix = identifierPrefixes[type] else { return nil }
        if text.hasPrefix(prefix), ULID.isWellFormed(text.utf8.dropFirst(prefix.utf8.count)) { return nil }
        return "give an identifier: \(prefix) and 26 characters"
    }

    /// Their JSON Schemas by name.
    static let schemas: [String: JSONValue] = {
        var schemas: [String: JSONValue] = [
            "Timestamp": [
                "type": "string", "format": "date-time",
                "description": "A moment, RFC 3339 with milliseconds, as in 2026-02-03T10:11:12.345Z",
            ],
            "ProviderDescriptor": providerDescriptor, "SupportedFunction": supportedFunction,
            "FieldDefinition": fieldDefinition, "RequestFailure": requestFailure,
            "FreeValue": SchemaWriter.freeValue,
        ]
        for (name, prefix) in identifierPrefixes {
            schemas[name] = ["type": "string", "pattern": .string("^\(prefix)[0-9a-hjkmnp-tv-z]{26}$")]
        }
        return schemas
    }()

    // MARK: Structures with their own `Codable`

    private static func structure(_ help: String, _ fields: [FieldDefinition]) -> JSONValue {
        SchemaWriter(use: .component).object(fields, help: help)
    }

    private static func text(_ name: String, _ help: String, _ rules: [Rule] = []) -> FieldDefinition {
        FieldDefinition(name: name, type: .string, isRequired: true, rules: rules, help: help)
    }

    private static func list(_ name: String, of type: String, _ help: String, isRequired: Bool = true)
        -> FieldDefinition
    {
        FieldDefinition(
            name: name, type: .array, isRequired: isRequired, help: help,
            items: [FieldDefinition(name: "", type: .object, reference: type)])
    }

    private static let providerDescriptor = structure(
        "What is known of a provider without running it",
        [
            text("provider", "The provider's identifier, as in cpanel"),
            text("category", "Its category"),
            text("title", "Its name"),
            text("vendor_page", "The vendor's page on its interface"),
            text("help", "One line about it"),
            FieldDefinition(
                name: "concurrency", type: .integer, isRequired: true,
                help: "How many actions may run at once with one configuration"),
            list("configuration", of: "FieldDefinition", "Credentials and settings that it takes"),
            list("functions", of: "SupportedFunction", "The functions that it supports"),
        ])

    private static let supportedFunction = structure(
        "A function that a provider supports",
        [
            text("name", "Name of the function"),
            FieldDefinition(
                name: "observable", type: .boolean, isRequired: true,
                help: "Whether the provider can tell if a run that may be a repeat already happened"),
            FieldDefinition(
                name: "note", type: .string, help: "What staff should know of it at this provider"),
            FieldDefinition(
                name: "unobservable", type: .string,
                help: "Why it cannot tell, of a function that must not be done twice"),
        ])

    private static let fieldDefinition = structure(
        "One field of a contract",
        [
            text("name", "The wire key; empty for the items of an array"),
            text("type", "Its JSON type", [.in(FieldDefinition.FieldType.allCases.map(\.rawValue))]),
            FieldDefinition(
                name: "required", type: .boolean, isRequired: true, help: "Whether the key must be there"),
            FieldDefinition(
                name: "nullable", type: .boolean, isRequired: true, help: "Whether it may be null"),
            FieldDefinition(
                name: "rules", type: .array, isRequired: true, help: "Rules such as email or max:255",
                items: [FieldDefinition(name: "", type: .string)]),
            FieldDefinition(
                name: "secret", type: .boolean, isRequired: true, help: "Whether it is never shown"),
            text("help", "One line for who fills it in"),
            FieldDefinition(name: "default", type: .any, help: "What is used where no value is given"),
            FieldDefinition(name: "reference", type: .string, help: "The named type that it is"),
            list("fields", of: "FieldDefinition", "The members of an object", isRequired: false),
            list(
                "items", of: "FieldDefinition", "One element: what each item of an array is",
                isRequired: false),
        ])

    private static let requestFailure = structure(
        "Why a request was not carried out",
        [
            text("kind", "Kind", [.in(RequestFailure.Kind.allCases.map(\.rawValue))]),
            text("message", "One sentence that says what to do"),
            list("problems", of: "FieldProblem", "What is wrong with which field"),
            FieldDefinition(
                name: "retry_after_seconds", type: .integer,
                help: "When to come again, where that is known"),
        ])
}

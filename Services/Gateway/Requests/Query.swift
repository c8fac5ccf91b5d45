import Models

/// Parameters that several routes share.
enum Query {
    static let defaultLimit = 50

    /// Where a listing begins, and how long it is.
    static let page = [
        FieldDefinition(
            name: "cursor", type: .string, rules: [.max(500)], help: "next_cursor of the page before"),
        FieldDefinition(
            name: "limit", type: .integer, rules: [.min(1), .max(200)], help: "Most items wanted",
            defaultValue: .integer(defaultLimit)),
    ]

    static let category = text("category", "Only of this category")
    static let clientID = text("client_id", "Only of this client")
    static let configurationID = text("configuration_id", "Only of this configuration")
    static let productID = text("contract_product_id", "Only of this contract product")

    /// Part of a name; the store looks for it in the columns by which people know things.
    static let contains = FieldDefinition(
        name: "q", type: .string, rules: [.max(100)],
        help: "Only those whose name, or what else they go by, has this")

    static func text(_ name: String, _ help: String) -> FieldDefinition {
        FieldDefinition(name: name, type: .string, rules: [.max(255)], help: help)
    }
}

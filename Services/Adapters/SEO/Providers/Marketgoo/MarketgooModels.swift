import AdapterKit
import Models

/// An account as the vendor shows it.
struct MarketgooAccount: Sendable {
    var id: String
    var domain: String?
    var product: String?
    var email: String?
    var createdAt: Timestamp?
    /// Whether it was closed, or is about to be.
    var isDeleted: Bool

    init?(_ value: JSONValue) {
        guard let id = value["id"]?.lenientText else { return nil }
        let attributes = value["attributes"] ?? .null
        self.id = id
        domain = attributes["domain"]?.lenientText
        product = attributes["product"]?.lenientText
        email = attributes["email"]?.lenientText
        createdAt = attributes["created_at"]?.lenientText.flatMap(Timestamp.init(written:))
        isDeleted = attributes["delete_date"]?.lenientText != nil
    }
}

/// An account to be opened.
struct MarketgooNewAccount: Sendable {
    var domain: String
    var product: String
    var name: String
    var email: String
    var promotionCode: String?

    var fields: [HTTPRequest.Field] {
        var fields: [HTTPRequest.Field] = [.init("data[type]", "account")]
        func add(_ name: String, _ value: String) {
            fields.append(.init("data[attributes][\(name)]", value))
        }
        add("domain", domain)
        add("product", product)
        add("name", name)
        add("email", email)
        if let promotionCode { add("promo", promotionCode) }
        return fields
    }
}

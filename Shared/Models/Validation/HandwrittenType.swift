/// The types that contract files may name and that are written by hand in `Models`.
enum HandwrittenType {
    /// The prefix of each identifier type.
    static let identifierPrefixes: [String: String] = [
        "ActionID": ActionID.prefix, "ClientID": ClientID.prefix, "ConfigurationID": ConfigurationID.prefix,
        "ContractProductID": ContractProductID.prefix, "TokenID": TokenID.prefix,
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
}

/// Who sent a message, by its signature.
package enum MessageSender: Sendable, Hashable, CustomStringConvertible {
    case gateway
    case orchestrator
    /// An adapter of this category.
    case adapter(String)
    /// Nobody knows: it was not signed, and is taken all the same while `PURSER_ACCEPT_UNSIGNED` is set.
    case unsigned

    /// The category that an adapter speaks for; nil for who is none, and for a message that was not signed.
    package var category: String? {
        guard case .adapter(let category) = self else { return nil }
        return category
    }

    package var description: String {
        switch self {
        case .gateway: "the gateway"
        case .orchestrator: "the orchestrator"
        case .adapter(let category): "an adapter of \(category)"
        case .unsigned: "nobody"
        }
    }
}

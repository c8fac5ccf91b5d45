/// A person's name for third parties that want it in two parts.
package struct PersonName: Sendable, Equatable {
    /// All up to the first space; empty where there is no name.
    package let first: String
    /// The rest; nil where the name is one word.
    package let last: String?

    package init(_ name: String) {
        let words = name.split(whereSeparator: \.isWhitespace)
        first = words.first.map(String.init) ?? ""
        last = words.count > 1 ? words.dropFirst().joined(separator: " ") : nil
    }
}

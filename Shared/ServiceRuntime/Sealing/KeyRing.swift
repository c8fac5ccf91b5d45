import Foundation

/// The keys of one recipient: one seals, all of them open. Written as the keys in base64, one a line, the one that seals
/// first; so while a key is being changed what was sealed with the other one opens too.
package final class KeyRing: Sendable, CustomStringConvertible {
    /// How many keys a ring holds at most: 16.
    package static let limit = 16

    /// Seals.
    package let current: SealingKey
    /// All of them by id.
    package let known: [String: SealingKey]
    /// The ids of all, the one that seals first.
    package let ids: [String]
    /// The keys in base64, one a line.
    package let text: String

    /// - Parameters:
    ///   - current: seals, and opens what it sealed.
    ///   - others: open what was sealed before a change, or will be after it.
    package init(_ current: SealingKey, others: [SealingKey] = []) {
        self.current = current
        let keys = [current] + others.filter { $0.id != current.id }
        known = Dictionary(keys.map { ($0.id, $0) }) { first, _ in first }
        ids = keys.map(\.id)
        text = keys.map { $0.text + "\n" }.joined()
    }

    /// Reads keys that lines or commas separate. Lines that begin with `#` are passed over.
    ///
    /// - Throws: `malformedKey` where there is none, too many, or one that is no key.
    package convenience init(text: String) throws(SealingError) {
        var keys: [SealingKey] = []
        for line in text.keyLines { keys.append(try SealingKey(text: line)) }
        guard let first = keys.first, keys.count <= Self.limit else {
            throw SealingError(.malformedKey, "there must be 1 to \(Self.limit) keys, one a line")
        }
        self.init(first, others: Array(keys.dropFirst()))
    }

    package var description: String { "keys \(ids.joined(separator: ", "))" }
}

extension String {
    /// What lines or commas separate, without white space around it and without comments.
    var keyLines: [String] {
        split { $0.isNewline || $0 == "," }.map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }
}

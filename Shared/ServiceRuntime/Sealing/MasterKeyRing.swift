import Foundation

/// The master keys, and the generations of the categories' keys that are derived from them. The first master key's first
/// generation seals; all others open.
///
/// Its text has a line for each:
///
/// ```
/// <base64>                   seals, and opens
/// <base64>                   opens: it sealed before
/// next <base64>              opens: it will seal once every service can open with it
/// hosting 2 1                the generations of hosting's key, the one that seals first; 1 alone where there is no line
/// ```
package final class MasterKeyRing: Sendable, CustomStringConvertible {
    /// How many master keys there may be: 4.
    package static let keyLimit = 4
    /// How many generations of a category's key: 4.
    package static let generationLimit = 4

    /// The one that seals first.
    package let keys: [MasterKey]
    /// Opens, and will be the first.
    package let next: MasterKey?
    /// By category; the generation that seals first. One that is not here has the first generation alone.
    package let generations: [String: [Int]]

    /// One key, and the first generation of everything.
    package init(_ key: MasterKey) {
        keys = [key]
        next = nil
        generations = [:]
    }

    /// - Throws: `malformedKey` where there are too few or too many keys or generations, or one twice.
    package init(keys: [MasterKey], next: MasterKey? = nil, generations: [String: [Int]] = [:])
        throws(SealingError)
    {
        let all = keys + (next.map { [$0] } ?? [])
        guard !keys.isEmpty, all.count <= Self.keyLimit, Set(all.map(\.id)).count == all.count else {
            throw SealingError(.malformedKey, "there must be 1 to \(Self.keyLimit) master keys, each once")
        }
        for (category, numbers) in generations {
            guard !numbers.isEmpty, numbers.count <= Self.generationLimit, numbers.allSatisfy({ $0 > 0 }),
                Set(numbers).count == numbers.count
            else {
                throw SealingError(
                    .malformedKey,
                    "\(category.prefix(40)) must have 1 to \(Self.generationLimit) generations, each once")
            }
        }
        self.keys = keys
        self.next = next
        self.generations = generations
    }

    /// Reads lines as they are written above; commas separate them too.
    ///
    /// - Throws: `malformedKey`.
    package convenience init(text: String) throws(SealingError) {
        var keys: [MasterKey] = []
        var next: MasterKey?
        var generations: [String: [Int]] = [:]
        for line in text.keyLines {
            let words = line.split(separator: " ").map(String.init)
            switch (words[0], words.count) {
            case (_, 1): keys.append(try MasterKey(text: words[0]))
            case ("next", 2) where next == nil: next = try MasterKey(text: words[1])
            case (let category, _) where category != "next" && generations[category] == nil:
                let numbers = words.dropFirst().compactMap { Int($0) }
                guard numbers.count == words.count - 1 else {
                    throw SealingError(.malformedKey, "the generations of a category must be numbers")
                }
                generations[category] = numbers
            default: throw SealingError(.malformedKey, "there must be one next key and one line a category")
            }
        }
        try self.init(keys: keys, next: next, generations: generations)
    }

    package var text: String {
        let lines =
            keys.map(\.text) + (next.map { ["next \($0.text)"] } ?? [])
            + generations.sorted { $0.key < $1.key }.map { category, numbers in
                ([category] + numbers.map(String.init)).joined(separator: " ")
            }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The generations of a recipient's key, the one that seals first.
    package func generations(of recipient: SealingRecipient) -> [Int] {
        guard case .category(let category) = recipient else { return [1] }
        return generations[category] ?? [1]
    }

    /// A recipient's keys: of every master key each generation.
    package func derived(for recipient: SealingRecipient) -> KeyRing {
        let generations = generations(of: recipient)
        let derived = (keys + (next.map { [$0] } ?? [])).flatMap { key in
            generations.map { key.derived(for: recipient, generation: $0) }
        }
        return KeyRing(derived[0], others: Array(derived.dropFirst()))
    }

    package var description: String { "master keys \(keys.map(\.id).joined(separator: ", "))" }
}

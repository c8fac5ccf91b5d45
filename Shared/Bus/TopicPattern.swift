/// A topic exchange's binding pattern: words between dots, `*` for one word, `#` for any number.
struct TopicPattern: Sendable, Hashable {
    private let words: [Substring]

    init(_ pattern: String) {
        words = pattern.split(separator: ".", omittingEmptySubsequences: false)
    }

    /// - Parameter topic: the topic's words, as `TopicPattern.words(of:)` makes them.
    func matches(_ topic: [Substring]) -> Bool {
        Self.matches(words[...], topic[...])
    }

    static func words(of topic: String) -> [Substring] {
        topic.split(separator: ".", omittingEmptySubsequences: false)
    }

    private static func matches(_ pattern: ArraySlice<Substring>, _ topic: ArraySlice<Substring>) -> Bool {
        guard let word = pattern.first else { return topic.isEmpty }
        if word == "#" {
            let rest = pattern.dropFirst()
            return rest.isEmpty || (0...topic.count).contains { matches(rest, topic.dropFirst($0)) }
        }
        guard let first = topic.first, word == "*" || word == first else { return false }
        return matches(pattern.dropFirst(), topic.dropFirst())
    }
}

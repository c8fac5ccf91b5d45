import Foundation
import Synchronization

/// The patterns of `regex` rules, compiled once for each.
enum PatternCache {
    private static let compiled = Mutex<[String: NSRegularExpression?]>([:])

    /// Whether a pattern such as `/^[a-z]+$/i` matches. One that does not compile matches nothing; the generator
    /// refuses those.
    static func matches(_ text: String, pattern: String) -> Bool {
        guard let expression = expression(pattern) else { return false }
        return expression.firstMatch(in: text, range: NSRange(location: 0, length: text.utf16.count)) != nil
    }

    private static func expression(_ pattern: String) -> NSRegularExpression? {
        compiled.withLock { cache in
            if let known = cache[pattern] { return known }
            let expression = DelimitedPattern(pattern)?.compiled
            cache[pattern] = .some(expression)
            return expression
        }
    }
}

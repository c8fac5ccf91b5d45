package import Foundation

/// A pattern between delimiters, with flags behind them, as in `/^[a-z]+$/i`.
///
/// - SeeAlso: PCRE2's pattern syntax; what contract files use of it means the same to ICU.
package struct DelimitedPattern: Sendable, Hashable {
    package var body: String
    /// Of `i` (either case), `m` (lines), `s` (dots match line breaks), `x` (spaces are ignored), `u` (always so) and
    /// `D` (always so: `$` is the very end).
    package var flags: String

    package var ignoresCase: Bool { flags.contains("i") }

    /// Nil where there are no delimiters or a flag is not known.
    package init?(_ text: String) {
        guard let open = text.first, open.isASCII, !open.isLetter, !open.isNumber, open != "\\",
            !open.isWhitespace
        else { return nil }
        let pairs: [Character: Character] = ["(": ")", "[": "]", "{": "}", "<": ">"]
        let close = pairs[open] ?? open
        guard let end = text.lastIndex(of: close), end > text.startIndex else { return nil }
        body = String(text[text.index(after: text.startIndex)..<end])
        flags = String(text[text.index(after: end)...])
        guard flags.allSatisfy({ "imsxuD".contains($0) }) else { return nil }
        if close == open { body = body.replacingOccurrences(of: "\\\(open)", with: String(open)) }
    }

    /// The expression; nil where the pattern is not well formed. A `$` at its end is the very end of the text: a line
    /// break behind it is refused.
    package var compiled: NSRegularExpression? {
        let known: [(Character, NSRegularExpression.Options)] = [
            ("i", .caseInsensitive), ("m", .anchorsMatchLines), ("s", .dotMatchesLineSeparators),
            ("x", .allowCommentsAndWhitespace),
        ]
        var options: NSRegularExpression.Options = []
        for (flag, option) in known where flags.contains(flag) { options.insert(option) }
        let isEndAnchored = body.hasSuffix("$") && !body.hasSuffix("\\$") && !flags.contains("m")
        // A pattern that does not compile is told by nil.
        return try? NSRegularExpression(
            pattern: isEndAnchored ? String(body.dropLast()) + "\\z" : body, options: options)
    }
}

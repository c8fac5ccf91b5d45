import Foundation
package import Models

/// Removes known secrets from text, also in the forms that they take on the wire: percent-encoded, escaped
/// for JSON or XML, and in base64, there also with other bytes before and after.
package struct Redactor: Sendable {
    /// Secrets shorter than this are removed only where they stand by themselves, else no text would be left.
    static let shortestWithin = 4

    /// Longest first, so that a secret that contains another is removed whole.
    private let patterns: [[UInt8]]
    private let words: [[UInt8]]
    /// The longest of the patterns, in bytes.
    let longestPattern: Int

    package init(values: some Sequence<String>) {
        var within = Set<[UInt8]>()
        var alone = Set<[UInt8]>()
        for value in values where !value.isEmpty {
            if value.utf8.count < Self.shortestWithin {
                alone.insert(Array(value.utf8))
            } else {
                for form in Self.forms(of: value) { within.insert(Array(form.utf8)) }
            }
        }
        patterns = within.sorted { $0.count > $1.count }
        words = alone.sorted { $0.count > $1.count }
        longestPattern = max(patterns.first?.count ?? 0, words.first?.count ?? 0)
    }

    package func redact(_ text: String) -> String {
        guard !patterns.isEmpty || !words.isEmpty else { return text }
        var bytes = Array(text.utf8)
        for pattern in patterns { bytes = Self.replace(pattern, in: bytes, standingAlone: false) }
        for word in words { bytes = Self.replace(word, in: bytes, standingAlone: true) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The value with its texts redacted; members keep their names.
    package func redact(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(redact(text))
        case .array(let elements): .array(elements.map(redact))
        case .object(let members): .object(members.mapValues(redact))
        case .integer(let number):
            redact(String(number)) == String(number) ? value : .string(Secret.mask)
        case .null, .bool, .number: value
        }
    }

    private static func replace(_ pattern: [UInt8], in bytes: [UInt8], standingAlone: Bool) -> [UInt8] {
        guard let first = pattern.first, bytes.count >= pattern.count else { return bytes }
        var result: [UInt8] = []
        var copied = 0
        var index = 0
        let last = bytes.count - pattern.count
        while index <= last {
            let isHit =
                bytes[index] == first && bytes[index..<index + pattern.count].elementsEqual(pattern)
                && (!standingAlone || stands(alone: index..<index + pattern.count, in: bytes))
            if isHit {
                result += bytes[copied..<index] + Array(Secret.mask.utf8)
                index += pattern.count
                copied = index
            } else {
                index += 1
            }
        }
        return copied == 0 ? bytes : result + bytes[copied...]
    }

    private static func stands(alone range: Range<Int>, in bytes: [UInt8]) -> Bool {
        func isWord(_ byte: UInt8) -> Bool {
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte >= 128
        }
        return (range.lowerBound == 0 || !isWord(bytes[range.lowerBound - 1]))
            && (range.upperBound == bytes.count || !isWord(bytes[range.upperBound]))
    }
}

// MARK: Forms of a secret

extension Redactor {
    static func forms(of value: String) -> Set<String> {
        var forms: Set<String> = [value]
        let percent = [
            PercentEncoding.component(value),
            PercentEncoding.form([.init("", value)]).trimmingPrefix("=").description,
            PercentEncoding.path("/" + value).trimmingPrefix("/").description,
        ]
        for form in percent { forms.formUnion([form, lowercasingHex(form)]) }
        forms.formUnion(json(value))
        forms.formUnion(xml(value))
        forms.formUnion(base64(value))
        return forms
    }

    private static func lowercasingHex(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for index in bytes.indices where bytes[index] == UInt8(ascii: "%") {
            for digit in [index + 1, index + 2] where digit < bytes.count && (65...70).contains(bytes[digit])
            {
                bytes[digit] += 32
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// With and without escaped slashes, with and without characters beyond ASCII as `\u….`.
    private static func json(_ value: String) -> [String] {
        let plain = String(JSONValue.string(value).text.dropFirst().dropLast())
        let slashes = plain.replacing("/", with: "\\/")
        return [plain, slashes]
            + [plain, slashes].flatMap { text in
                ["abcdef", "ABCDEF"].map { letters in
                    let digits = Array("0123456789" + letters)
                    return text.utf16.reduce(into: "") { result, unit in
                        if unit < 128, let scalar = Unicode.Scalar(unit) {
                            result.unicodeScalars.append(scalar)
                        } else {
                            result +=
                                "\\u" + String([12, 8, 4, 0].map { digits[Int(unit >> UInt16($0)) & 15] })
                        }
                    }
                }
            }
    }

    private static func xml(_ value: String) -> [String] {
        let text = value.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        let tags = text.replacing(">", with: "&gt;")
        let quotes = tags.replacing("\"", with: "&quot;")
        return [
            text, tags, quotes, quotes.replacing("'", with: "&apos;"), quotes.replacing("'", with: "&#39;"),
            quotes.replacing("'", with: "&#039;"),
            tags.replacing("\"", with: "&#34;").replacing("'", with: "&#39;"),
        ]
    }

    /// Base64 of the value alone, and the part of it that is the same whatever stands before and after, as in
    /// `base64("user:" + value)`.
    private static func base64(_ value: String) -> [String] {
        let bytes = Array(value.utf8)
        var forms = [Data(bytes).base64EncodedString()]
        for offset in 0..<3 {
            let text = Data(Array(repeating: 0, count: offset) + bytes).base64EncodedString()
            // The first characters carry bits of what stands before, the last ones of what stands after.
            let dropped = [0, 2, 3][offset]
            let whole = (offset + bytes.count) * 8 / 6
            let kept = String(text.prefix(whole).dropFirst(dropped))
            if kept.count >= 5 { forms.append(kept) }
        }
        return forms.flatMap { form in
            let url = form.replacing("+", with: "-").replacing("/", with: "_")
            return [form, url, url.replacing("=", with: ""), PercentEncoding.component(form)]
        }
    }
}

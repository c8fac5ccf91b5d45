/// Changes bytes in the ways in which parsers are broken: cut, doubled, swapped, spliced with others, and with pieces put
/// in that mean something in a language.
package struct Mutator: Sendable {
    /// The longest input that is made.
    package static let longest = 64 << 10

    /// Pieces that mean something.
    let pieces: [[UInt8]]

    package init(_ pieces: [String]) {
        self.pieces = pieces.map { Array($0.utf8) } + Self.anywhere
    }

    /// What is bad in any language: bytes that are no UTF-8, half a character, over-long forms, NUL, a byte order mark.
    private static let anywhere: [[UInt8]] = [
        [0], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
        [0xEF, 0xBB, 0xBF], [0xFE, 0xFF], [0x7F], [0x1B], [0x0D, 0x0A], [0xE2, 0x80, 0xAE],
    ]

    /// One to four changes.
    ///
    /// - Parameter others: what may be spliced in.
    package func mutate(
        _ input: [UInt8], with others: [[UInt8]] = [], using generator: inout SeededGenerator
    ) -> [UInt8] {
        var bytes = input
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            change(&bytes, others, using: &generator)
            if bytes.count > Self.longest { bytes.removeSubrange(Self.longest...) }
        }
        return bytes
    }

    private func change(_ bytes: inout [UInt8], _ others: [[UInt8]], using generator: inout SeededGenerator) {
        let at = Int.random(in: 0...bytes.count, using: &generator)
        switch Int.random(in: 0..<10, using: &generator) {
        case 0 where at < bytes.count: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1 where at < bytes.count: bytes[at] = .random(in: 0...255, using: &generator)
        case 2: bytes.removeSubrange(range(from: at, in: bytes, using: &generator))
        case 3: bytes.insert(contentsOf: bytes[range(from: at, in: bytes, using: &generator)], at: at)
        case 4: bytes.removeSubrange(at...)
        case 5:
            let moved = range(from: at, in: bytes, using: &generator)
            let piece = Array(bytes[moved])
            bytes.removeSubrange(moved)
            bytes.insert(contentsOf: piece, at: Int.random(in: 0...bytes.count, using: &generator))
        case 6:
            guard let other = others.randomElement(using: &generator) else { fallthrough }
            let start = Int.random(in: 0...other.count, using: &generator)
            bytes.replaceSubrange(at..., with: other[start...])
        case 7:
            let piece = pieces.randomElement(using: &generator) ?? []
            let count = [1, 1, 1, 2, 70, 300].randomElement(using: &generator) ?? 1
            for _ in 0..<count { bytes.insert(contentsOf: piece, at: at) }
        default:
            bytes.replaceSubrange(
                range(from: at, in: bytes, using: &generator),
                with: pieces.randomElement(using: &generator) ?? [])
        }
    }

    /// Mostly a short range.
    private func range(
        from start: Int, in bytes: [UInt8], using generator: inout SeededGenerator
    ) -> Range<Int> {
        let most = [1, 4, 16, 256, bytes.count].randomElement(using: &generator) ?? 1
        return start..<min(bytes.count, start + Int.random(in: 0...max(1, most), using: &generator))
    }

    /// Bytes that are nothing at all.
    package static func noise(using generator: inout SeededGenerator) -> [UInt8] {
        (0..<Int.random(in: 0...300, using: &generator)).map { _ in .random(in: 0...255, using: &generator) }
    }
}

extension Mutator {
    /// For JSON (RFC 8259).
    package static let json = Mutator([
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u0000", "\\ud800", "\\udc00", "\\u", "\\x", "null",
        "true",
        "fals", "-", "-0", "0", "01", "1.", "1e", "1e999", "1e-999", "-1e308", "9223372036854775807",
        "9223372036854775808", "-9223372036854775809", "18446744073709551616", "0.1", "1E+2",
        "99999999999999999999999999999999999999", "{\"a\":", "[[", "\"a\":1,\"a\":2", "\"\":", "{}", "[]",
        "/**/",
        "NaN", "Infinity", "\n\n", "\t", "\"id\":", "\"data\":", "\"type\":", "\"\\u0069d\":", "\u{212A}",
        "e\u{301}",
    ])

    /// For XML 1.0.
    package static let xml = Mutator([
        "<", ">", "</", "/>", "<a>", "</a>", "<a b='", "\"", "'", "=", "&", "&amp;", "&#0;", "&#x110000;",
        "&#xD800;",
        "&x;", "&lt", "<![CDATA[", "]]>", "<!--", "-->", "--", "<?xml version=\"1.0\"?>", "<?", "?>",
        "<!DOCTYPE a [",
        "<!ENTITY x \"y\">", "<!ENTITY % x SYSTEM \"file:///etc/passwd\">", "%x;", "]>",
        "<!ATTLIST a b CDATA \"c\">",
        "<!ELEMENT a ANY>", "xmlns=\"\"", "xmlns:x=\"urn:x\"", "x:", " encoding=\"UTF-16\"",
        "<result code=\"2147483648\">",
        "99999999999999999999", "9999-99-99T99:99:99Z", "<response>", "</response>", "<extension>",
        "<resData>",
    ])

    /// For texts that have a form, as dates, names and addresses.
    package static let text = Mutator([
        "xn--", "xn--\u{FC}", "-", ".", "..", "@", "%", "%00", "%zz", ":", "/", "//", "[", "]", "::", "+",
        "+44.", "0", "9",
        "999999999999999999999", "T", "Z", "+99:99", "0000-00-00", "2026-02-30", "\u{200D}", "\u{202E}",
        "\u{3002}", "é",
        "e\u{301}", "\u{212A}", "💥", "ß", "\u{130}", " ", "\t", "-----BEGIN CERTIFICATE-----",
        "-----END CERTIFICATE-----", "MIIB", "=", "ssh a@b", "act_", "01hzy3v7q8r9s0t1v2w3x4y5z6",
    ])
}

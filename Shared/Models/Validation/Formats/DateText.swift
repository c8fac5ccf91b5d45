/// Dates and times in text, by a format such as `Y-m-d H:i:s`.
///
/// - SeeAlso: `DateFormat` for the letters.
enum DateText {
    /// A date (`2026-02-03`), a date with a time (`2026-02-03 10:11:12`), or an RFC 3339 time.
    static func isDate(_ text: String) -> Bool {
        matches(text, format: "Y-m-d") || matches(text, format: "Y-m-d H:i:s") || Timestamp(text) != nil
    }

    /// Whether the text is a time that there is, written exactly so.
    static func matches(_ text: String, format: String) -> Bool {
        var rest = text.utf8[...]
        var year = 2000
        var month = 1
        var day = 1
        for part in DateFormat.parts(format) ?? [] {
            switch part {
            case .literal(let byte):
                guard rest.popFirst() == byte else { return false }
            case .offset:
                guard isOffset(&rest) else { return false }
            case .number(let letter, let digits, let range):
                guard let value = number(&rest, digits: digits), range.contains(value) else { return false }
                switch letter {
                case "Y", "y": year = letter == "Y" ? value : value < 70 ? 2000 + value : 1900 + value
                case "m", "n": month = value
                case "d", "j": day = value
                default: break
                }
            }
        }
        return rest.isEmpty && day <= Timestamp.daysIn(month: month, year: year)
    }

    /// The moment 2026-02-03 10:11:12 in the format.
    static func example(of format: String) -> String {
        (DateFormat.parts(format) ?? []).map { part in
            switch part {
            case .literal(let byte): return String(Unicode.Scalar(byte))
            case .offset: return "+00:00"
            case .number(let letter, _, _):
                let values: [Unicode.Scalar: String] = [
                    "Y": "2026", "y": "26", "m": "02", "n": "2", "d": "03", "j": "3", "H": "10", "G": "10",
                    "i": "11",
                    "s": "12", "v": "345", "u": "345678",
                ]
                return values[letter] ?? ""
            }
        }.joined()
    }

    /// Reads so many digits; a length range means no leading zero.
    private static func number(_ rest: inout Substring.UTF8View, digits: ClosedRange<Int>) -> Int? {
        var value = 0
        var count = 0
        while count < digits.upperBound, let byte = rest.first, CharacterRule.isDigit(byte) {
            if count == 1, digits.count > 1, value == 0 { return nil }
            value = value * 10 + Int(byte - 48)
            count += 1
            rest.removeFirst()
        }
        return count >= digits.lowerBound ? value : nil
    }

    /// Reads `+02:00`.
    private static func isOffset(_ rest: inout Substring.UTF8View) -> Bool {
        guard let sign = rest.popFirst(), sign == 43 || sign == 45, let hours = number(&rest, digits: 2...2),
            rest.popFirst() == 58, let minutes = number(&rest, digits: 2...2)
        else { return false }
        return hours < 24 && minutes < 60
    }
}

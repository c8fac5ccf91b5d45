/// The letters of a date format such as `Y-m-d H:i:s`.
///
/// - SeeAlso: PHP's `DateTimeImmutable::createFromFormat`, whose letters these are.
package enum DateFormat {
    package enum Part: Sendable, Equatable {
        /// A character as it is (ASCII).
        case literal(UInt8)
        /// A number of so many digits; of a varying number it has no leading zero.
        case number(letter: Unicode.Scalar, digits: ClosedRange<Int>, range: ClosedRange<Int>)
        /// Distance from UTC, as in `+02:00`.
        case offset
    }

    /// Nil where a letter is not known; a backslash makes one literal.
    package static func parts(_ format: String) -> [Part]? {
        var parts: [Part] = []
        var isEscaped = false
        for scalar in format.unicodeScalars {
            guard scalar.isASCII else { return nil }
            let isLetter = scalar.properties.isAlphabetic
            if isEscaped || (!isLetter && scalar != "\\") {
                parts.append(.literal(UInt8(scalar.value)))
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if let part = part(scalar) {
                parts.append(part)
            } else {
                return nil
            }
        }
        return isEscaped ? nil : parts
    }

    private static func part(_ letter: Unicode.Scalar) -> Part? {
        switch letter {
        case "Y": .number(letter: letter, digits: 4...4, range: 0...9999)
        case "y": .number(letter: letter, digits: 2...2, range: 0...99)
        case "m": .number(letter: letter, digits: 2...2, range: 1...12)
        case "n": .number(letter: letter, digits: 1...2, range: 1...12)
        case "d": .number(letter: letter, digits: 2...2, range: 1...31)
        case "j": .number(letter: letter, digits: 1...2, range: 1...31)
        case "H": .number(letter: letter, digits: 2...2, range: 0...23)
        case "G": .number(letter: letter, digits: 1...2, range: 0...23)
        case "i", "s": .number(letter: letter, digits: 2...2, range: 0...59)
        case "v": .number(letter: letter, digits: 3...3, range: 0...999)
        case "u": .number(letter: letter, digits: 6...6, range: 0...999_999)
        case "P": .offset
        default: nil
        }
    }
}

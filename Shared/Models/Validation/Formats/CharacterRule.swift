/// Texts that may have some characters only.
enum CharacterRule {
    /// Letters, marks and digits of any script, and the others given (ASCII); not empty.
    static func lettersDigits(_ text: String, and others: StaticString) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy { scalar in
                if scalar.isASCII { return isAlphanumeric(UInt8(scalar.value)) || contains(others, scalar) }
                switch scalar.properties.generalCategory {
                case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
                    .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber,
                    .otherNumber:
                    return true
                default: return false
                }
            }
    }

    /// ASCII letters, digits, underscore, and the others given; not empty.
    static func asciiWord(_ text: String, and others: StaticString) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII
                    && (isAlphanumeric(UInt8(scalar.value)) || scalar == "_" || contains(others, scalar))
            }
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: false
        }
    }

    static func isDigit(_ byte: UInt8) -> Bool { 48 <= byte && byte <= 57 }

    static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...70, 97...102: true
        default: false
        }
    }

    private static func contains(_ others: StaticString, _ scalar: Unicode.Scalar) -> Bool {
        others.withUTF8Buffer { $0.contains(UInt8(scalar.value)) }
    }
}

import Foundation

/// Domain names with letters beyond ASCII, between the form that people read (`bücher.example`) and the one on the wire
/// (`xn--bcher-kva.example`).
///
/// The conversion is ICU's, which Foundation brings for the hosts of addresses (UTS #46 without transitional mapping,
/// with the checks of right-to-left text and of joiners): so no further library has to be installed. UTS #46 lets symbols
/// and emoji pass that IDNA 2008 does not know, so the letters are judged here again, by their categories. What a
/// character's neighbours must be (RFC 5892, appendices A.3 to A.9) is left to the registry.
///
/// - SeeAlso: RFC 5891, sections 4 and 5; RFC 5892, section 2; UTS #46, section 4.
package enum InternationalName {
    /// The name in its ASCII form and in small letters; nil where it has none. Its length and labels are not judged.
    package static func ascii(_ name: String) -> String? {
        if name.utf8.allSatisfy({ $0 < 128 }) {
            let small = name.lowercased()
            return !hasALabel(small.utf8) || unicode(small) != nil ? small : nil
        }
        guard name.unicodeScalars.allSatisfy({ $0.isASCII ? isPlain($0) : isLetter($0) || isDot($0) }) else {
            return nil
        }
        var address = URLComponents()
        address.scheme = "https"
        address.host = name
        guard let host = address.encodedHost, host.utf8.allSatisfy({ $0 < 128 && $0 != 37 }) else {
            return nil
        }
        return unicode(host) != nil ? host : nil
    }

    /// The name as people read it; nil where a label that begins with `xn--` stands for nothing that may be in a name.
    package static func unicode(_ name: String) -> String? {
        guard name.utf8.allSatisfy({ $0 < 128 }), name.unicodeScalars.allSatisfy(isPlain),
            let host = URLComponents(string: "https://\(name.lowercased())/")?.host,
            host.unicodeScalars.allSatisfy({ $0.isASCII ? isPlain($0) : isLetter($0) })
        else { return nil }
        return host
    }

    /// Whether a label begins with `xn--`, in small or capital letters.
    static func hasALabel(_ name: some Collection<UInt8>) -> Bool {
        var matched = 0
        for byte in name {
            if byte == 46 {
                matched = 0
            } else if matched >= 0 {
                matched = prefix[matched] == byte | (byte > 64 ? 32 : 0) ? matched + 1 : -1
                if matched == prefix.count { return true }
            }
        }
        return false
    }

    private static let prefix = Array("xn--".utf8)

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", ".": true
        default: false
        }
    }

    /// What else UTS #46 reads as a dot.
    private static func isDot(_ scalar: Unicode.Scalar) -> Bool {
        "\u{3002}\u{FF0E}\u{FF61}".unicodeScalars.contains(scalar)
    }

    /// Letters, marks and digits, and the few others that RFC 5892, section 2.6, names.
    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark,
            .decimalNumber:
            return true
        default:
            return "\u{B7}\u{375}\u{5F3}\u{5F4}\u{6FD}\u{6FE}\u{F0B}\u{3007}\u{30FB}\u{200C}\u{200D}"
                .unicodeScalars.contains(scalar)
        }
    }
}

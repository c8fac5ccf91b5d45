/// Absolute `http`, `https` and `wss` addresses with a host.
///
/// - SeeAlso: RFC 3986, section 3; square brackets in a query are let through, as browsers do.
enum WebAddress {
    private static let advice = "give a web address such as https://example.com/page"
    private static let marks = Set("-._~!$&'()*+,;=:@/".utf8)

    /// Addresses as people have them, as a pattern (ECMA-262): with a name or an IPv4 address, and without user
    /// information. Addresses of other forms may be good too.
    static let pattern =
        "^([Hh][Tt][Tt][Pp][Ss]?|[Ww][Ss][Ss])://\(label)(\\.\(label))*(:[1-9][0-9]{0,3})?"
        + "(/\(character)*)?(\\?(\(character)|\\?)*)?(#(\(character)|\\?)*)?$"
    private static let label = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
    private static let character = "([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"

    static func problem(in text: String) -> String? {
        let bytes = Array(text.utf8)
        guard let start = authorityStart(bytes) else { return advice }
        let end = bytes[start...].firstIndex { $0 == 47 || $0 == 63 || $0 == 35 } ?? bytes.count
        let authority = bytes[start..<end]
        if !authority.allSatisfy({ $0 < 128 }) {
            return "give the host of the address in its ASCII form, which begins with xn--"
        }
        let host = authority.lastIndex(of: 64).map { authority[($0 + 1)...] } ?? authority
        guard isHost(host), isRest(bytes[start..<(host.startIndex)], bytes) else { return advice }
        guard isRest(bytes[end...], bytes) else {
            return "give a web address whose spaces and special characters are percent-encoded"
        }
        return nil
    }

    private static func authorityStart(_ bytes: [UInt8]) -> Int? {
        for scheme in ["http://", "https://", "wss://"] where bytes.count > scheme.utf8.count {
            let head = bytes.prefix(scheme.utf8.count)
            if zip(head, scheme.utf8).allSatisfy({ $0 == $1 || ($0 | 32 == $1 && $0 > 64) }) {
                return scheme.utf8.count
            }
        }
        return nil
    }

    /// A name or an address, and a port where there is one.
    private static func isHost(_ text: ArraySlice<UInt8>) -> Bool {
        var name = text
        if text.first == 91 {
            guard let close = text.firstIndex(of: 93) else { return false }
            guard InternetAddress.isIPv6(String(decoding: text[(text.startIndex + 1)..<close], as: UTF8.self))
            else {
                return false
            }
            return close + 1 == text.endIndex || isPort(text[(close + 1)...])
        }
        if let colon = text.firstIndex(of: 58) {
            guard isPort(text[colon...]) else { return false }
            name = text[..<colon]
        }
        // Underscores are no part of host names, yet of many names in use.
        return DomainName.isDomainName(name.map { $0 == 95 ? 97 : $0 }, minimumLabels: 1)
    }

    /// `:` and 1 to 65535.
    private static func isPort(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.first == 58, (2...6).contains(text.count) else { return false }
        var port = 0
        for byte in text.dropFirst() {
            guard CharacterRule.isDigit(byte) else { return false }
            port = port * 10 + Int(byte - 48)
        }
        return (1...65_535).contains(port)
    }

    /// User information, path, query and fragment: characters that may be in an address, and `%` with two digits.
    private static func isRest(_ text: ArraySlice<UInt8>, _ bytes: [UInt8]) -> Bool {
        var isPath = true
        var isFragment = false
        for (index, byte) in zip(text.indices, text) {
            switch byte {
            case 63: isPath = false
            case 35:
                guard !isFragment else { return false }
                isFragment = true
                isPath = false
            case 37:
                guard index + 2 < text.endIndex, CharacterRule.isHexadecimal(bytes[index + 1]),
                    CharacterRule.isHexadecimal(bytes[index + 2])
                else { return false }
            case 91, 93: guard !isPath else { return false }
            default: guard CharacterRule.isAlphanumeric(byte) || marks.contains(byte) else { return false }
            }
        }
        return true
    }
}

/// E-mail addresses as people have them: a dot-separated local part of up to 64 ASCII characters, `@`, and a domain
/// name; 254 characters in all. Quoted local parts and address literals are refused.
///
/// - SeeAlso: RFC 5321, sections 4.1.2 and 4.5.3.1; RFC 5322, section 3.2.3 (`atext`).
enum EmailAddress {
    private static let marks = Set("!#$%&'*+-/=?^_`{|}~".utf8)

    static func problem(in text: String) -> String? {
        let bytes = text.utf8
        guard let at = bytes.lastIndex(of: 64), bytes.count <= 254, isLocalPart(bytes[..<at]) else {
            return "give an e-mail address such as jane@example.com"
        }
        let domain = bytes[bytes.index(after: at)...]
        if DomainName.isDomainName(domain) { return nil }
        if !domain.allSatisfy({ $0 < 128 }) {
            return "give the domain of the address in its ASCII form, which begins with xn--"
        }
        return "give an e-mail address such as jane@example.com"
    }

    private static func isLocalPart(_ text: Substring.UTF8View) -> Bool {
        var last: UInt8 = 46
        var length = 0
        for byte in text {
            if byte == 46 {
                guard last != 46 else { return false }
            } else {
                guard CharacterRule.isAlphanumeric(byte) || marks.contains(byte) else { return false }
            }
            length += 1
            last = byte
        }
        return length > 0 && length <= 64 && last != 46
    }
}

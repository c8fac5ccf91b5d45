/// Domain names in their ASCII form: labels of 1 to 63 letters, digits and inner hyphens, at least two of them, 3 to
/// 253 characters in all. A label that begins with `xn--` must stand for letters of another script.
///
/// - SeeAlso: RFC 1035, section 2.3.1, with RFC 1123, section 2.1 (a label may begin with a digit).
enum DomainName {
    static func problem(in text: String) -> String? {
        if isDomainName(text.utf8) { return nil }
        if !text.utf8.allSatisfy({ $0 < 128 }) {
            return "give the domain name in its ASCII form, which begins with xn-- where it has other letters"
        }
        return "give a domain name such as example.com"
    }

    /// A label as a pattern (ECMA-262); which labels may begin with `xn--` it does not say.
    static let labelPattern = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"

    static func isDomainName(_ text: some Collection<UInt8>, minimumLabels: Int = 2) -> Bool {
        let length = text.count
        guard length >= (minimumLabels > 1 ? 3 : 1), length <= 253 else { return false }
        var labels = 1
        var labelLength = 0
        var last: UInt8 = 46
        for byte in text {
            switch byte {
            case 46:
                guard labelLength > 0, last != 45 else { return false }
                labels += 1
                labelLength = -1
            case 45: guard labelLength > 0 else { return false }
            default: guard CharacterRule.isAlphanumeric(byte) else { return false }
            }
            labelLength += 1
            guard labelLength <= 63 else { return false }
            last = byte
        }
        guard labelLength > 0, last != 45, labels >= minimumLabels else { return false }
        return !InternationalName.hasALabel(text)
            || InternationalName.unicode(String(decoding: text, as: UTF8.self)) != nil
    }
}

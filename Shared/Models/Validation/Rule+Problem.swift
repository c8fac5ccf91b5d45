extension Rule {
    /// What is wrong with a text by this rule, and what to do; nil where it is good. Rules about other fields and about
    /// emptiness are judged elsewhere.
    func problem(in text: String) -> String? {
        switch self {
        case .alphaDash:
            CharacterRule.lettersDigits(text, and: "-_")
                ? nil : "may have letters, digits, hyphens and underscores only"
        case .alphaDashDot:
            CharacterRule.asciiWord(text, and: "-.")
                ? nil : "may have letters a to z, digits, hyphens, underscores and dots only"
        case .alphaNumeric:
            CharacterRule.lettersDigits(text, and: "") ? nil : "may have letters and digits only"
        case .certificatePEM:
            CertificatePEM.isCertificate(text)
                ? nil
                : "give a certificate in PEM form, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----"
        case .countryCode:
            CountryCode.isKnown(text)
                ? nil : "give a country as its two-letter ISO 3166-1 code in capitals, such as GB"
        case .date:
            DateText.isDate(text)
                ? nil : "give a date such as 2026-02-03 or a time such as 2026-02-03T10:11:12Z"
        case .dateFormat(let format):
            DateText.matches(text, format: format)
                ? nil : "give a time in the form \(DateText.example(of: format))"
        case .domainName: DomainName.problem(in: text)
        case .email: EmailAddress.problem(in: text)
        case .in(let values): values.contains { Self.isSame($0, text) } ? nil : Self.choice(of: values)
        case .internationalPhone:
            PhoneNumber.isInternational(text)
                ? nil : "give a phone number with its country code and without spaces, such as +441632960123"
        case .ip:
            InternetAddress.isAddress(text)
                ? nil : "give an IPv4 or IPv6 address such as 192.0.2.7 or 2001:db8::7"
        case .regex(let pattern): PatternCache.matches(text, pattern: pattern) ? nil : "must match \(pattern)"
        case .startsWith(let prefix): text.utf8.starts(with: prefix.utf8) ? nil : "must begin with \(prefix)"
        case .url: WebAddress.problem(in: text)
        case .max(let most): Self.isLonger(text, than: most) ? "must have at most \(most) characters" : nil
        case .min(let least):
            Self.isShorter(text, than: least) ? "must have at least \(least) characters" : nil
        case .size(let size):
            Self.isLonger(text, than: size) || Self.isShorter(text, than: size)
                ? "must have exactly \(size) characters" : nil
        case .filled, .present, .requiredIf, .requiredWithout, .requiredWithoutAll: nil
        }
    }

    /// What is wrong with a whole number.
    func problem(in number: Int) -> String? {
        switch self {
        case .max(let most): number > most ? "must be at most \(most)" : nil
        case .min(let least): number < least ? "must be at least \(least)" : nil
        case .size(let size): number != size ? "must be \(size)" : nil
        case .in(let values): values.contains(String(number)) ? nil : Self.choice(of: values)
        default: nil
        }
    }

    /// What is wrong with a number that has a fraction.
    func problem(in number: Double) -> String? {
        switch self {
        case .max(let most): number > Double(most) ? "must be at most \(most)" : nil
        case .min(let least): number < Double(least) ? "must be at least \(least)" : nil
        case .size(let size): number != Double(size) ? "must be \(size)" : nil
        case .in(let values): Self.choice(of: values)
        default: nil
        }
    }

    /// What is wrong with a list of so many elements.
    func problem(inCount count: Int) -> String? {
        switch self {
        case .max(let most): count > most ? "must have at most \(most) elements" : nil
        case .min(let least): count < least ? "must have at least \(least) elements" : nil
        case .size(let size): count != size ? "must have exactly \(size) elements" : nil
        default: nil
        }
    }

    private static func choice(of values: [String]) -> String {
        let named = values.filter { !$0.isEmpty }.joined(separator: ", ")
        return "must be one of \(named)" + (values.contains("") ? ", or empty" : "")
    }

    /// Whether the characters are the same. Swift alone takes those for the same that are to be shown so, as K and the
    /// Kelvin sign.
    private static func isSame(_ text: String, _ other: String) -> Bool {
        text == other && text.utf8.count == other.utf8.count
    }

    /// Characters are Unicode scalars; counted only where the bytes do not already decide.
    private static func isLonger(_ text: String, than length: Int) -> Bool {
        text.utf8.count > length && text.unicodeScalars.count > length
    }

    private static func isShorter(_ text: String, than length: Int) -> Bool {
        text.utf8.count < length || text.unicodeScalars.count < length
    }
}

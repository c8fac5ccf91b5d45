/// Names of accounts as panels take them: at most 8 lower-case letters and digits, a letter first.
enum PanelUsername {
    static let longest = 8

    /// A name made from a domain: the same domain gives the same name.
    ///
    /// - Parameter number: put at the end, to tell names apart.
    static func make(from domain: String, number: Int? = nil) -> String {
        let suffix = number.map(String.init) ?? ""
        let plain = domain.lowercased().unicodeScalars.filter { $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0)) }
        let letters = String(String.UnicodeScalarView(plain.drop { !$0.properties.isAlphabetic }))
        let name = letters.isEmpty ? "account" : letters
        return name.prefix(longest - min(suffix.utf8.count, longest - 1)) + suffix
    }
}

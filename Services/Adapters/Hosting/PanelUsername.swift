/// Names of accounts as panels take them: at most 8 lower-case letters and digits, a letter first, not
/// beginning with `test`.
enum PanelUsername {
    static let longest = 8
    private static let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz")

    /// A name made from a domain; the same domain gives the same name.
    ///
    /// - Parameter isUnique: ends the name in 3 characters that follow from the whole domain, so that
    ///   `example.com` and `example.net` differ.
    static func make(from domain: String, isUnique: Bool = false) -> String {
        let plain = domain.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        var name = String(plain.drop { $0.isNumber })
        if name.isEmpty || name.hasPrefix("test") { name = "a" + name }
        let ending = isUnique ? ending(of: domain.lowercased()) : ""
        return name.prefix(longest - ending.utf8.count) + ending
    }

    /// 3 of 36 characters each, from the FNV-1a hash of the domain.
    private static func ending(of domain: String) -> String {
        var hash = domain.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        hash ^= hash >> 32
        return String(
            (0..<3).map { _ in
                defer { hash /= 36 }
                return digits[Int(hash % 36)]
            })
    }
}

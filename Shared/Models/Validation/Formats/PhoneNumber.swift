/// A phone number in international form: `+`, a country code in use, and the rest, 7 to 15 digits in all; of zones 1 and 7
/// exactly 11. A dot may stand behind the country code, as registries write it.
///
/// - SeeAlso: ITU-T E.164, section 6, and its list of assigned country codes; RFC 5733, section 2.5 (the form with the dot).
package struct PhoneNumber: Sendable, Equatable {
    /// Digits of the country code, as in `44`.
    package let countryCode: String
    /// The digits behind it.
    package let subscriberNumber: String

    /// As in `+442079460123`.
    package var plain: String { "+\(countryCode)\(subscriberNumber)" }
    /// As registries write it: `+44.2079460123`.
    package var dotted: String { "+\(countryCode).\(subscriberNumber)" }

    /// Reads either form; nil where it is none.
    package init?(_ text: String) {
        guard let code = Self.code(of: text.utf8) else { return nil }
        let digits = text.utf8.dropFirst(1 + code)
        countryCode = String(decoding: text.utf8.dropFirst().prefix(code), as: UTF8.self)
        subscriberNumber = String(decoding: digits.first == 46 ? digits.dropFirst() : digits, as: UTF8.self)
    }

    static func isInternational(_ text: String) -> Bool { code(of: text.utf8) != nil }

    /// How many digits the country code has, where the text is a number in international form.
    private static func code(of text: String.UTF8View) -> Int? {
        guard text.first == 43, text.dropFirst().first != 48, text.count <= 17 else { return nil }
        var number = 0
        for (index, digit) in text.dropFirst().prefix(3).enumerated() {
            guard CharacterRule.isDigit(digit) else { return nil }
            number = number * 10 + Int(digit - 48)
            guard codes.contains(number) else { continue }
            let length = index + 1
            var rest = text.dropFirst(1 + length)
            if rest.first == 46 { rest = rest.dropFirst() }
            let isZone = number == 1 || number == 7
            guard (isZone ? 11...11 : 7...15).contains(length + rest.count),
                rest.allSatisfy(CharacterRule.isDigit)
            else { return nil }
            return length
        }
        return nil
    }

    /// What `isInternational` takes, as a pattern (ECMA-262).
    static let pattern: String = {
        func codes(of length: Int) -> String {
            Self.codes.filter { String($0).count == length }.sorted().map(String.init).joined(separator: "|")
        }
        return "^\\+(([17])\\.?[0-9]{10}|(\(codes(of: 2)))\\.?[0-9]{5,13}|(\(codes(of: 3)))\\.?[0-9]{4,12})$"
    }()

    /// Country codes; none begins with another. 1 and 7 stand for whole zones.
    private static let codes: Set<Int> = {
        var codes: Set<Int> = [1, 7]
        codes.formUnion([20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49])
        codes.formUnion([51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62, 63, 64, 65, 66])
        codes.formUnion([81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98])
        codes.formUnion([211, 212, 213, 216, 218, 290, 291, 297, 298, 299])
        codes.formUnion(220...258)
        codes.formUnion(260...269)
        codes.formUnion(350...359)
        codes.formUnion([
            370, 371, 372, 373, 374, 375, 376, 377, 378, 379, 380, 381, 382, 383, 385, 386, 387, 389,
        ])
        codes.formUnion([420, 421, 423])
        codes.formUnion(500...509)
        codes.formUnion(590...599)
        codes.formUnion([
            670, 672, 673, 674, 675, 676, 677, 678, 679, 680, 681, 682, 683, 685, 686, 687, 688, 689,
        ])
        codes.formUnion([
            690, 691, 692, 800, 808, 850, 852, 853, 855, 856, 870, 878, 880, 881, 882, 883, 886, 888,
        ])
        codes.formUnion(960...968)
        codes.formUnion(970...977)
        codes.formUnion([979, 992, 993, 994, 995, 996, 998])
        return codes
    }()
}

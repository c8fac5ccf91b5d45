/// Phone numbers in international form: `+`, a country code in use, and further digits, 8 to 15 digits in all.
///
/// - SeeAlso: ITU-T E.164, section 6, and its list of assigned country codes.
enum PhoneNumber {
    /// Country codes by their number of digits; 1 and 7 stand for whole zones.
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

    static func isInternational(_ text: String) -> Bool {
        let digits = text.utf8.dropFirst()
        guard text.utf8.first == 43, (8...15).contains(digits.count), digits.first != 48,
            digits.allSatisfy(CharacterRule.isDigit)
        else { return false }
        var code = 0
        for digit in digits.prefix(3) {
            code = code * 10 + Int(digit - 48)
            if codes.contains(code) { return true }
        }
        return false
    }
}

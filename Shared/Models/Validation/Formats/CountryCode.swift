/// Country codes of ISO 3166-1 alpha-2, and those that are still in use though withdrawn or user-assigned.
enum CountryCode {
    /// Officially assigned codes.
    private static let assigned = """
        AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ \
        CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO \
        FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE \
        JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO \
        MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW \
        PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM \
        TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
        """
    /// Withdrawn, reserved or user-assigned, and accepted all the same.
    private static let others = "AN BU CS NT SF TP UK YU ZR XK"

    static let all: [String] = (assigned + " " + others).split(separator: " ").map(String.init)

    /// One flag for each pair of letters, in order.
    private static let flags: [Bool] = {
        var flags = [Bool](repeating: false, count: 26 * 26)
        for code in all {
            if let index = index(of: code.utf8) { flags[index] = true }
        }
        return flags
    }()

    static func isKnown(_ text: String) -> Bool {
        index(of: text.utf8).map { flags[$0] } ?? false
    }

    private static func index(of code: String.UTF8View) -> Int? {
        guard code.count == 2, code.allSatisfy({ 65 <= $0 && $0 <= 90 }) else { return nil }
        return code.reduce(0) { $0 * 26 + Int($1) - 65 }
    }
}

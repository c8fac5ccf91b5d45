/// What an ending wants of its contacts.
///
/// - SeeAlso: https://manage.logicboxes.com/kb/answer/790 (type) and https://manage.logicboxes.com/kb/answer/752
struct LogicBoxesEnding: Sendable {
    private static let contactTypes = [
        "br": "BrContact", "ca": "CaContact", "cl": "ClContact", "cn": "CnContact", "co": "CoContact",
        "de": "DeContact", "es": "EsContact", "eu": "EuContact", "fr": "FrContact", "mx": "MxContact",
        "nl": "NlContact", "nyc": "NycContact", "ru": "RuContact", "uk": "UkContact",
    ]
    private static let withHolderOnly: Set<String> = ["eu", "fr", "nz", "ru", "uk"]
    private static let withoutBilling: Set<String> = withHolderOnly.union([
        "at", "berlin", "ca", "london", "nl",
    ])

    /// Its last part, as in `uk` of `co.uk`.
    private let last: String

    init(_ ending: String) {
        last = ending.split(separator: ".").last.map(String.init) ?? ending
    }

    /// The kind of contact that it has.
    var contactType: String { Self.contactTypes[last] ?? "Contact" }
    /// Whether it has contacts for administration and technical matters.
    var hasAdminAndTech: Bool { !Self.withHolderOnly.contains(last) }
    var hasBilling: Bool { !Self.withoutBilling.contains(last) }
}

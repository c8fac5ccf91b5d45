import AdapterKit
import Models

/// A hosting package.
struct TwentyIPackage: Sendable {
    var id: String
    /// The domains that it serves, the main one first.
    var names: [String]
    var isEnabled: Bool
    /// References of the users who may manage it, as in `stack-user:70`.
    var stackUsers: [String]
    /// Id of the package type.
    var type: String
    var ip: String?
    /// Id of the data centre.
    var zone: String?
    var createdAt: Timestamp?
    private var mainName: String?
    private var limits: JSONValue

    /// Reads a package, alone or from the listing.
    init?(_ value: JSONValue) {
        guard let id = value["id"]?.lenientText else { return nil }
        let web = value["web"] ?? .null
        self.id = id
        names = (value["names"]?.arrayValue ?? []).compactMap(\.lenientText)
        isEnabled = value["status"]?.lenientFlag ?? value["enabled"]?.lenientFlag ?? true
        stackUsers = (value["stackUsers"]?.arrayValue ?? []).compactMap(\.lenientText)
        type = web["typeRef"]?.lenientText ?? value["typeRef"]?.lenientText ?? ""
        ip = web["info"]?["ip4Address"]?.lenientText
        zone = web["info"]?["zone"]?.lenientText
        createdAt = value["created"]?.lenientText.flatMap(Timestamp.init(written:))
        mainName = web["name"]?.lenientText ?? value["name"]?.lenientText
        limits = value["limits"] ?? .null
    }

    var domain: String? { mainName ?? names.first }

    /// The limit of `domains`, of `webspace` in MB, or of `bandwidth` in MB; nil where there is none (`INF`).
    func limit(_ name: String) -> Double? { limits[name]?.lenientNumber }
}

/// What a package uses.
struct TwentyIUsage: Sendable {
    var diskMB: Double?
    /// In and out together, this month.
    var bandwidthMB: Double?

    init(_ value: JSONValue) {
        diskMB = value["DiskMb"]?.lenientNumber
        let directions = [value["Bandwidth"]?["MbIn"], value["Bandwidth"]?["MbOut"]]
        let amounts = directions.compactMap { $0?.lenientNumber }
        bandwidthMB = amounts.isEmpty ? nil : amounts.reduce(0, +)
    }
}

/// A kind of package that can be sold.
struct TwentyIPackageType: Sendable {
    var id: String
    var label: String

    init?(_ value: JSONValue) {
        guard let id = value["id"]?.lenientText else { return nil }
        self.id = id
        label = value["label"]?.lenientText ?? ""
    }
}

/// A user of the control panel, as `susers` is told of a new one.
struct TwentyIContact: Sendable {
    var name: String?
    var email: String
    var reference: String?
    /// In international form.
    var phone: String?
    var address: Hosting.CustomerAddress?

    init(_ wanted: Hosting.CreateParameters) {
        name = wanted.customerName
        email = wanted.email
        reference = wanted.customerReference
        phone = wanted.customerPhone
        address = wanted.customerAddress
    }

    var body: JSONValue {
        let lines = [address?.address1, address?.address2].compactMap { $0 }.filter { !$0.isEmpty }
        let members: [String: String?] = [
            "person_name": name, "email": email, "billing_ref": reference,
            "voice": phone.map { PhoneNumber($0)?.dotted ?? $0 },
            "address": lines.isEmpty ? nil : lines.joined(separator: "\n"), "city": address?.city,
            // A registry needs a county; a city of that rank is its own.
            "sp": address?.state ?? address?.city, "pc": address?.postcode, "cc": address?.countryCode,
            "nominet_contact_type": "IND",
        ]
        return .object(members.compactMapValues { $0.map { .string($0) } })
    }
}

/// A token that stands for a user for a while.
struct TwentyIToken: Sendable {
    var text: String
    /// How long it works.
    var validity: Duration

    init?(_ value: JSONValue) {
        guard let text = value["access_token"]?.lenientText else { return nil }
        self.text = text
        validity = .seconds(min(max(value["expires_in"]?.lenientNumber ?? 0, 0), 86_400 * 365))
    }
}

/// How the control panel presents itself to customers.
struct TwentyIBrand: Sendable {
    /// As the panel wants it back.
    var value: JSONValue

    /// Where it is found; nil where it has no address of its own.
    ///
    /// - Parameter domain: of the package, for a brand whose panel is below each customer's own domain.
    func host(domain: String?) -> String? {
        guard let own = value["brandDomain"]?.lenientText,
            let prefix = value["brandSubdomain"]?.lenientText
        else { return nil }
        return (own == "*" ? domain : own).map { "\(prefix).\($0)" }
    }
}

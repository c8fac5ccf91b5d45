import AdapterKit
import Models

/// Whether a name is to be had.
struct NamecheapAvailability: Sendable {
    let domain: String
    let isAvailable: Bool
    let isPremium: Bool

    init?(_ element: XMLValue) {
        guard let domain = element.attribute("Domain") else { return nil }
        self.domain = domain.lowercased()
        isAvailable = element.attribute("Available")?.lowercased() == "true"
        isPremium = element.attribute("IsPremiumName")?.lowercased() == "true"
    }
}

/// A domain as `getinfo` shows it.
struct NamecheapDomain: Sendable {
    let id: String
    let name: String
    /// `Ok`, `Locked`, `Expired`.
    let status: String
    let isOwn: Bool
    /// The first moment of the day.
    let createdAt: Timestamp?
    /// The first moment of the day.
    let expiresAt: Timestamp?
    let hidesHolder: Bool?
    let nameservers: [String]

    init?(_ element: XMLValue) {
        guard let name = element.attribute("DomainName") else { return nil }
        self.name = name.lowercased()
        id = element.attribute("ID") ?? name
        status = element.attribute("Status") ?? "Ok"
        isOwn = element.attribute("IsOwner")?.lowercased() != "false"
        let details = element["DomainDetails"]
        createdAt = details?["CreatedDate"]?.content.flatMap(Timestamp.init(american:))
        expiresAt = details?["ExpiredDate"]?.content.flatMap(Timestamp.init(american:))
        hidesHolder = element["Whoisguard"]?.attribute("Enabled").map { $0.lowercased() == "true" }
        nameservers = element["DnsDetails"]?.all("Nameserver").compactMap(\.content) ?? []
    }
}

/// A transfer in, as it is listed.
struct NamecheapTransfer: Sendable {
    let id: String
    let domain: String
    let status: String
    /// The first moment of the day on which it came to stand so.
    let changedAt: Timestamp?

    init?(_ element: XMLValue) {
        guard let id = element.attribute("ID"), let domain = element.attribute("DomainName") else {
            return nil
        }
        self.id = id
        self.domain = domain.lowercased()
        status = element.attribute("Status") ?? ""
        changedAt = element.attribute("StatusDate").flatMap(Timestamp.init(american:))
    }
}

/// The four contacts of a domain.
struct NamecheapContacts: Sendable {
    enum Role: String, Sendable, CaseIterable {
        case registrant = "Registrant"
        case tech = "Tech"
        case admin = "Admin"
        case billing = "AuxBilling"

        /// - Parameter type: as the blueprint has it.
        init?(type: String) {
            switch type {
            case "registrant": self = .registrant
            case "tech": self = .tech
            case "admin": self = .admin
            case "billing": self = .billing
            default: return nil
            }
        }
    }

    /// What is kept of a contact, by the vendor's names, which may be more than we know.
    private var parts: [Role: [HTTPRequest.Field]] = [:]

    init() {}

    init(_ element: XMLValue) {
        for role in Role.allCases {
            parts[role] = (element[role.rawValue]?.children ?? []).compactMap { part in
                part.content.map { .init(part.name, $0) }
            }
        }
    }

    mutating func set(_ role: Role, _ details: Domains.ContactDetails) throws(ProviderError) {
        let name = details.firstAndLastName
        parts[role] =
            (details.organisation.map { [.init("OrganizationName", $0)] } ?? []) + [
                .init("FirstName", name.first), .init("LastName", name.last),
                .init("Address1", details.address1), .init("City", details.city),
                // The vendor wants one of every country.
                .init("StateProvince", details.state ?? "NA"), .init("PostalCode", details.postcode),
                .init("Country", details.countryCode), .init("EmailAddress", details.email),
                .init("Phone", try details.phoneNumber().dotted),
            ]
    }

    subscript(_ role: Role) -> Domains.Contact? {
        guard let fields = parts[role], !fields.isEmpty else { return nil }
        func text(_ name: String) -> String? { fields.first { $0.name == name }?.value }
        let name = [text("FirstName"), text("LastName")].compactMap { $0 }.joined(separator: " ")
        return Domains.Contact(
            name: name.isEmpty ? nil : name, organisation: text("OrganizationName"),
            email: text("EmailAddress"), phone: text("Phone"), address1: text("Address1"),
            city: text("City"), state: text("StateProvince"), postcode: text("PostalCode"),
            countryCode: text("Country"))
    }

    /// As commands take them, as in `RegistrantCity`.
    var fields: [HTTPRequest.Field] {
        Role.allCases.flatMap { role in
            (parts[role] ?? []).map { .init(role.rawValue + $0.name, $0.value) }
        }
    }
}

extension Timestamp {
    /// Reads a day as Americans write it, month first: `02/03/2026`. Nil for all else.
    init?(american text: String) {
        let parts = text.prefix { $0 != " " }.split(separator: "/").map(String.init)
        guard parts.count == 3, parts[2].count == 4, parts[0].count <= 2, parts[1].count <= 2 else {
            return nil
        }
        func twoDigits(_ part: String) -> String { part.count == 1 ? "0" + part : part }
        self.init(written: "\(parts[2])-\(twoDigits(parts[0]))-\(twoDigits(parts[1]))")
    }
}

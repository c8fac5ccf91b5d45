import AdapterKit
import Models

/// A domain as a registry tells of it.
///
/// - SeeAlso: RFC 5731, section 3.1.2.
struct EPPDomainInfo: Sendable, Equatable {
    var name: String
    /// The registry's own id of it.
    var objectID: String?
    var statuses: [String]
    /// As RFC 3915 has them, where the registry tells them.
    var gracePeriods: [String]
    var registrant: String?
    var contacts: [EPPRole]
    /// Written as the registry writes them, which may be with a dot behind.
    var nameservers: [Domains.Nameserver]
    /// Whose account it is in.
    var sponsor: String?
    var createdAt: Timestamp?
    var updatedAt: Timestamp?
    var expiresAt: Timestamp?
    var transferredAt: Timestamp?
    /// The day on which it expires, as the registry writes it: `2030-01-02`.
    var expiryDay: String?
    /// Told only to whose account it is in.
    var authCode: String?
    var signers: [EPPDelegationSigner]

    /// - Throws: `providerUnavailable` where the answer is about no domain.
    init(_ response: EPPResponse) throws(ProviderError) {
        guard let data = response.data("infData", of: .domain), let name = data["name"]?.content else {
            throw ProviderError(
                .providerUnavailable, details: ["problem": "The answer is not about a domain."])
        }
        func time(_ name: String) -> Timestamp? { data[name]?.content.flatMap { Timestamp(written: $0) } }
        self.name = name
        objectID = data["roid"]?.content
        statuses = data.all("status").compactMap { $0.attribute("s") }
        gracePeriods = EPPGracePeriod.statuses(in: response)
        registrant = data["registrant"]?.content
        contacts = data.all("contact").compactMap { contact in
            guard let type = contact.attribute("type"), let id = contact.content else { return nil }
            return EPPRole(type: type, id: id)
        }
        nameservers = data["ns"].map(Self.nameservers) ?? []
        sponsor = data["clID"]?.content
        createdAt = time("crDate")
        updatedAt = time("upDate")
        expiresAt = time("exDate")
        transferredAt = time("trDate")
        expiryDay = data["exDate"]?.content.map { String($0.prefix(10)) }
        authCode = data["authInfo"]?["pw"]?.content
        signers = EPPDelegationSigner.all(in: response)
    }

    private static func nameservers(_ element: XMLValue) -> [Domains.Nameserver] {
        element.children.compactMap { child in
            switch child.name {
            case "hostObj": child.content.map { Domains.Nameserver(host: $0) }
            case "hostAttr":
                child["hostName"]?.content.map {
                    Domains.Nameserver(host: $0, ip: child["hostAddr"]?.content)
                }
            default: nil
            }
        }
    }

    /// The first contact of a type.
    func contact(_ type: String) -> String? { contacts.first { $0.type == type }?.id }

    /// Whether it is locked against being transferred away, by us or by the registry.
    var isLocked: Bool {
        statuses.contains { $0 == "clientTransferProhibited" || $0 == "serverTransferProhibited" }
    }
}

extension Domains.Nameserver {
    /// The host name to compare by: in lower case, without a dot behind.
    var plainHost: String {
        let host = host.lowercased()
        return host.hasSuffix(".") ? String(host.dropLast()) : host
    }
}

/// A contact as a registry tells of it.
///
/// - SeeAlso: RFC 5733, section 3.1.2.
struct EPPContactInfo: Sendable, Equatable {
    var id: String
    var name: String?
    var organisation: String?
    var streets: [String]
    var city: String?
    var state: String?
    var postcode: String?
    var country: String?
    var phone: String?
    var email: String?
    /// The answer's extensions, where registries keep more.
    var extensions: [XMLValue]

    /// Of an address in several forms, the local one is taken.
    ///
    /// - Throws: `providerUnavailable` where the answer is about no contact.
    init(_ response: EPPResponse) throws(ProviderError) {
        guard let data = response.data("infData", of: .contact), let id = data["id"]?.content else {
            throw ProviderError(
                .providerUnavailable, details: ["problem": "The answer is not about a contact."])
        }
        let forms = data.all("postalInfo")
        let postal = forms.first { $0.attribute("type") == EPPPostalForm.local.rawValue } ?? forms.first
        let address = postal?["addr"]
        self.id = id
        name = postal?["name"]?.content
        organisation = postal?["org"]?.content
        streets = address?.all("street").compactMap(\.content) ?? []
        city = address?["city"]?.content
        state = address?["sp"]?.content
        postcode = address?["pc"]?.content
        country = address?["cc"]?.content
        phone = data["voice"]?.content
        email = data["email"]?.content
        extensions = response.extensions
    }

    /// The contact in the words of the blueprint.
    var contact: Domains.Contact {
        Domains.Contact(
            id: id, name: name, organisation: organisation, email: email, phone: phone,
            address1: streets.isEmpty ? nil : streets.joined(separator: ", "), city: city, state: state,
            postcode: postcode, countryCode: country)
    }
}

import AdapterKit
import Models

/// A domain as its details show it.
struct LogicBoxesDomain: Sendable {
    let orderID: String
    let name: String
    /// `Active`, `InActive`, `Suspended`, `Deleted` ...
    let status: String
    /// What is being done about it, as in `AddTransferDomain`.
    let actionType: String?
    let actionDescription: String?
    let customerID: String?
    let isLocked: Bool
    let isPrivacyProtected: Bool
    let isRenewedByItself: Bool
    let registrant: LogicBoxesContact?
    let admin: LogicBoxesContact?
    let tech: LogicBoxesContact?
    let billing: LogicBoxesContact?
    let nameservers: [Domains.Nameserver]
    let createdAt: Timestamp?
    /// In seconds since 1970.
    let expirySeconds: Int?
    /// Authorisation code.
    let secret: String?

    init?(_ value: JSONValue) {
        guard let orderID = value["entityid"]?.lenientText, let name = value["domainname"]?.lenientText else {
            return nil
        }
        self.orderID = orderID
        self.name = name.lowercased()
        status = value["currentstatus"]?.lenientText ?? "Unknown"
        actionType = value["actiontype"]?.lenientText
        actionDescription = value["actionstatusdesc"]?.lenientText
        customerID = value["customerid"]?.lenientText
        isLocked = (value["orderstatus"]?.arrayValue ?? []).contains("transferlock")
        isPrivacyProtected = value["isprivacyprotected"]?.lenientFlag ?? false
        isRenewedByItself = value["recurring"]?.lenientFlag ?? false
        registrant = value["registrantcontact"].flatMap(LogicBoxesContact.init)
        admin = value["admincontact"].flatMap(LogicBoxesContact.init)
        tech = value["techcontact"].flatMap(LogicBoxesContact.init)
        billing = value["billingcontact"].flatMap(LogicBoxesContact.init)
        nameservers = (1...Domains.Nameservers.limit).compactMap { index in
            value["ns\(index)"]?.lenientText.map { Domains.Nameserver(host: $0.lowercased()) }
        }
        createdAt = value["creationtime"]?.lenientNumber.map { Timestamp(seconds: $0) }
        expirySeconds = value["endtime"]?.lenientNumber.flatMap { Int(exactly: $0) }
        secret = value["domsecret"]?.lenientText
    }

    var isActive: Bool { status == "Active" }
    /// Whether it waits for being registered or transferred in.
    var isAwaited: Bool { status == "InActive" }
    /// Whether it waits for being transferred in.
    var isBeingTransferred: Bool { isAwaited && actionType == "AddTransferDomain" }
    var isGone: Bool { status == "Deleted" || status == "Archived" }
    var expiresAt: Timestamp? { expirySeconds.map { Timestamp(seconds: Double($0)) } }

    var contacts: LogicBoxesContacts {
        LogicBoxesContacts(
            registrant: registrant?.id ?? LogicBoxesContacts.none,
            admin: admin?.id ?? LogicBoxesContacts.none,
            tech: tech?.id ?? LogicBoxesContacts.none, billing: billing?.id ?? LogicBoxesContacts.none)
    }

    var info: Domains.DomainInfo {
        // The details tell no later change, and where the other contacts' details are not asked for, only their ids.
        Domains.DomainInfo(
            id: orderID, domain: name, statuses: [status], locked: isLocked,
            whoisPrivacy: isPrivacyProtected, autoRenew: isRenewedByItself, registrant: registrant?.contact,
            billing: billing?.knownContact, tech: tech?.knownContact, admin: admin?.knownContact,
            ns: Domains.Nameservers(nameservers), createdAt: createdAt?.plainText,
            updatedAt: createdAt?.plainText, expiresAt: expiresAt?.plainText)
    }
}

/// A contact as it is shown.
struct LogicBoxesContact: Sendable {
    let contact: Domains.Contact
    let id: String
    let customerID: String?

    init?(_ value: JSONValue) {
        guard let id = value["contactid"]?.lenientText else { return nil }
        self.id = id
        customerID = value["customerid"]?.lenientText
        let parts = [value["telnocc"], value["telno"]].compactMap { $0?.lenientText }
        let organisation = value["company"]?.lenientText
        contact = Domains.Contact(
            id: id, name: value["name"]?.lenientText,
            organisation: organisation == LogicBoxesPerson.noCompany ? nil : organisation,
            email: value["emailaddr"]?.lenientText,
            phone: parts.count == 2 ? "+\(parts.joined())" : nil, address1: value["address1"]?.lenientText,
            city: value["city"]?.lenientText, state: value["state"]?.lenientText,
            postcode: value["zip"]?.lenientText, countryCode: value["country"]?.lenientText)
    }

    /// The contact, where more than its id is told.
    var knownContact: Domains.Contact? { contact.email == nil ? nil : contact }
}

/// The ids of a domain's contacts.
struct LogicBoxesContacts: Sendable {
    /// Stands for a contact that the ending does not have.
    static let none = "-1"

    var registrant: String
    var admin: String
    var tech: String
    var billing: String

    var fields: [HTTPRequest.Field] {
        [
            .init("reg-contact-id", registrant), .init("admin-contact-id", admin),
            .init("tech-contact-id", tech), .init("billing-contact-id", billing),
        ]
    }
}

/// A registration or a transfer, as it is ordered.
struct LogicBoxesOrder: Sendable {
    var domain: String
    var customerID: String
    var contacts: LogicBoxesContacts
    var hidesHolder: Bool
    var nameservers: [String] = []
    var additional: [HTTPRequest.Field] = []

    var fields: [HTTPRequest.Field] {
        let privacy = hidesHolder ? "1" : "0"
        let attributes = additional.enumerated().flatMap { index, field in
            [
                HTTPRequest.Field("attr-name\(index + 1)", field.name),
                HTTPRequest.Field("attr-value\(index + 1)", field.value),
            ]
        }
        return [
            .init("domain-name", domain), .init("customer-id", customerID),
            .init("invoice-option", "NoInvoice"), .init("purchase-privacy", privacy),
            .init("protect-privacy", privacy), .init("auto-renew", "0"),
        ] + contacts.fields + nameservers.map { .init("ns", $0) } + attributes
    }
}

/// What an order came to so far.
struct LogicBoxesReceipt: Sendable {
    /// The order that was made.
    let orderID: String?
    let isDone: Bool

    init(_ value: JSONValue) {
        orderID = value["entityid"]?.lenientText
        isDone = value["actionstatus"]?.stringValue == "Success"
    }
}

/// A person as customers and contacts are entered.
struct LogicBoxesPerson: Sendable {
    /// What stands for the company of a private person; the vendor wants one.
    static let noCompany = "N/A"
    /// Countries whose addresses have a state; elsewhere none is sent.
    private static let countriesWithStates: Set<String> = ["AU", "BR", "CA", "CN", "IN", "MX", "US"]

    let email: String
    let state: String?
    let addressFields: [HTTPRequest.Field]

    init(_ details: Domains.ContactDetails) throws(ProviderError) {
        let phone = try details.phoneNumber()
        email = details.email
        state = Self.countriesWithStates.contains(details.countryCode) ? details.state : nil
        addressFields = [
            .init("name", details.fullName), .init("company", details.organisation ?? Self.noCompany),
            .init("address-line-1", details.address1), .init("city", details.city),
            .init("country", details.countryCode), .init("zipcode", details.postcode),
            .init("phone-cc", phone.countryCode), .init("phone", phone.subscriberNumber),
        ]
    }
}

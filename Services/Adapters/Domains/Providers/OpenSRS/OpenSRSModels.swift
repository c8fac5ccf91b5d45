import AdapterKit
import Models

/// A domain as `all_info` shows it.
struct OpenSRSDomain: Sendable {
    let owner: Domains.Contact?
    let nameservers: [String]
    let createdAt: Timestamp?
    let updatedAt: Timestamp?
    let expiresAt: Timestamp?
    let isRenewedByItself: Bool?

    init(_ attributes: JSONValue) {
        owner = attributes["contact_set"]?["owner"].map { Domains.Contact(openSRS: $0, type: "owner") }
        nameservers = (attributes["nameserver_list"]?.arrayValue ?? []).compactMap { $0["name"]?.lenientText }
        func time(_ name: String) -> Timestamp? {
            attributes[name]?.lenientText.flatMap { Timestamp(written: $0) }
        }
        createdAt = time("registry_createdate")
        updatedAt = time("registry_updatedate")
        expiresAt = time("expiredate") ?? time("registry_expiredate")
        isRenewedByItself = attributes["auto_renew"]?.lenientFlag
    }

    /// The year in which it expires, as renewals are guarded by it.
    var expiryYear: String? { expiresAt.map { String($0.description.prefix(4)) } }
}

extension Domains.Contact {
    init(openSRS value: JSONValue, type: String) {
        func text(_ name: String) -> String? { value[name]?.lenientText }
        let name = [text("first_name"), text("last_name")].compactMap { $0 }.joined(separator: " ")
        self.init(
            name: name.isEmpty ? nil : name, organisation: text("org_name"), email: text("email"),
            phone: text("phone"), address1: text("address1"), city: text("city"), state: text("state"),
            postcode: text("postal_code"), countryCode: text("country"), type: type)
    }
}

extension XCPValue {
    /// A contact as it is to be registered.
    ///
    /// - Parameter state: left out where it is nil, emptied where it is empty.
    static func contact(
        _ details: Domains.ContactDetails, state: String?
    ) throws(ProviderError) -> XCPValue {
        let name = details.firstAndLastName
        return .members(
            [("country", .text(details.countryCode))] + (state.map { [("state", .text($0))] } ?? []) + [
                // The vendor wants an organisation of everybody.
                ("org_name", .text(details.organisation ?? details.fullName)),
                ("phone", .text(try details.phoneNumber().dotted)),
                ("postal_code", .text(details.postcode)), ("city", .text(details.city)),
                ("email", .text(details.email)), ("address1", .text(details.address1)),
                ("first_name", .text(name.first)), ("last_name", .text(name.last)),
            ])
    }
}

/// A transfer in, as it is listed.
struct OpenSRSTransfer: Sendable {
    let orderID: String?
    let status: String
    /// When it was ordered.
    let orderedAt: Timestamp?

    init(_ value: JSONValue) {
        orderID = value["order_id"]?.lenientText
        status = value["status"]?.lenientText?.lowercased() ?? ""
        orderedAt = value["order_date_epoch"]?.lenientNumber.map { Timestamp(seconds: $0) }
    }

    var isCompleted: Bool { status == "completed" }
    var hasFailed: Bool { ["cancelled", "canceled", "declined", "deleted", "failed"].contains(status) }
    var isUnderWay: Bool { !isCompleted && !hasFailed }
}

/// What an order came to so far.
struct OpenSRSReceipt: Sendable {
    let orderID: String?
    /// Whether it waits for an approval, or for a registry that takes its time.
    let isPending: Bool

    init(_ answer: OpenSRSAnswer) {
        orderID = answer.attributes["id"]?.lenientText
        isPending = answer.code == 250 || answer.attributes["forced_pending"]?.lenientText != nil
    }
}

import AdapterKit
import Models

/// A plan that sites can have.
struct DudaPlan: Sendable {
    /// The plan that costs nothing; its sites are not published.
    private static let free = "FREE"

    var id: String
    var name: String

    var isFree: Bool { name.uppercased() == Self.free }

    init?(_ value: JSONValue) {
        guard let id = value["planId"]?.lenientText else { return nil }
        self.id = id
        name = value["planName"]?.lenientText ?? id
    }
}

/// A site as the vendor shows it.
struct DudaSite: Sendable {
    enum Status: String, Sendable {
        case published = "PUBLISHED"
        /// Was on the net and is no more.
        case unpublished = "UNPUBLISHED"
        case neverPublished = "NOT_PUBLISHED_YET"
    }

    var name: String
    /// The customer's own, or else the one that the vendor gave it.
    var domain: String?
    /// Nil where the vendor uses a word that is not known.
    var status: Status?
    /// Nil where nothing is said of a certificate.
    var hasCertificate: Bool?
    var createdAt: Timestamp?

    init?(_ value: JSONValue) {
        guard let name = value["site_name"]?.lenientText else { return nil }
        self.name = name
        domain = value["site_domain"]?.lenientText ?? value["site_default_domain"]?.lenientText
        status = value["publish_status"]?.stringValue.flatMap(Status.init(rawValue:))
        hasCertificate = value["certificate_status"]?.lenientText.map { $0 == "COMPLETE" }
        createdAt = value["creation_date"]?.lenientText.flatMap(Timestamp.init(written:))
    }
}

/// An account to be opened for a customer.
struct DudaNewAccount: Sendable {
    var name: String
    var person: PersonName
    var languageCode: String?

    var body: JSONValue {
        var body: [String: JSONValue] = [
            "account_name": .string(name), "first_name": .string(person.first), "account_type": "CUSTOMER",
        ]
        body["last_name"] = person.last.map { .string($0) }
        body["lang"] = languageCode.map { .string($0) }
        return .object(body)
    }
}

/// A site to be opened.
struct DudaNewSite: Sendable {
    var template: String?
    var domain: String?
    var languageCode: String?

    var body: JSONValue {
        var body: [String: JSONValue] = [:]
        body["template_id"] = template.map { template in
            Int(template).map { .integer($0) } ?? .string(template)
        }
        body["lang"] = languageCode.map { .string($0) }
        body["site_data"] = domain.map { ["site_domain": .string($0)] }
        return .object(body)
    }
}

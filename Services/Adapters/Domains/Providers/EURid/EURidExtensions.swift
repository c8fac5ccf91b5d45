import AdapterKit
import Models

/// What EURid adds to EPP.
///
/// - SeeAlso: https://eurid.eu/en/become-a-eu-registrar/ (technical guidelines for registrars, chapter on EPP)
enum EURidExtensions {
    static let contact = EPPSchema(
        prefix: "contact-ext", uri: "http://www.eurid.eu/xml/epp/contact-ext-1.3")
    static let domain = EPPSchema(prefix: "domain-ext", uri: "http://www.eurid.eu/xml/epp/domain-ext-2.5")
    static let authInfo = EPPSchema(prefix: "authInfo", uri: "http://www.eurid.eu/xml/epp/authInfo-1.1")
    static let poll = EPPSchema(prefix: "poll", uri: "http://www.eurid.eu/xml/epp/poll-1.2")

    /// What a new contact is: `registrant`, `billing`, `tech`, `onsite` or `reseller`.
    ///
    /// - Parameter isPerson: whether it is a private person, whom the registry's rules treat apart.
    static func newContact(type: String, isPerson: Bool) -> XMLValue {
        contact.root(
            "create",
            [
                contact.text("type", type), contact.text("lang", "en"),
                contact.text("naturalPerson", isPerson ? "true" : "false"),
            ])
    }

    /// Whom a domain that is brought in shall have.
    static func transfer(registrant: String, billing: String, tech: String) -> XMLValue {
        domain.root(
            "transfer",
            [
                domain.element(
                    "request",
                    [
                        domain.text("registrant", registrant),
                        domain.text("contact", ["type": "tech"], tech),
                        domain.text("contact", ["type": "billing"], billing),
                    ])
            ])
    }

    /// Asks for the authorisation code besides, which the registry makes then if there is none.
    static let authCodeRequest = authInfo.root("info", [authInfo.element("request")])

    /// What a message of the registry's own kind is about.
    static func news(in message: EPPMessage) -> EPPNews? {
        guard let data = message.response.data("pollData", of: poll),
            let object = data["object"]?.content, data["objectType"]?.content == "DOMAIN"
        else { return nil }
        let kind: EPPNews.Kind? =
            switch (data["context"]?.content, data["action"]?.content) {
            case ("TRANSFER", "AWAY"): .transferOut
            case ("TRANSFER", _): .transferIn
            case (_, "SUSPENDED"): .suspended
            case (_, "DELETED"), (_, "QUARANTINED"), (_, "WITHDRAWN"), (_, "REVOKED"): .deleted
            case (_, "RENEWED"), (_, "EXTENDED"), ("RENEWAL", _): .renewed
            case ("LEGAL", _), ("DATA_QUALITY", _), ("VERIFICATION", _): .dataQuality
            default: nil
            }
        return kind.map { EPPNews(kind: $0, domains: [object]) }
    }
}

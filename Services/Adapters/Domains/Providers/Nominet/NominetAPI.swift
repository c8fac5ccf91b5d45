import AdapterKit
import Models

/// What Nominet adds to EPP.
///
/// - SeeAlso: https://registrars.nominet.uk/uk-namespace/registration-and-domain-management/registration-systems/epp/
struct NominetAPI: Sendable {
    static let contact = schema("contact-ext", "contact-nom-ext-1.0")
    static let notifications = schema("n", "std-notifications-1.2")
    static let release = schema("release", "std-release-1.0")
    static let handshake = schema("handshake", "std-handshake-1.0")
    static let unrenewal = schema("unrenew", "std-unrenew-1.0")

    private static func schema(_ prefix: String, _ name: String) -> EPPSchema {
        EPPSchema(prefix: prefix, uri: "http://www.nominet.org.uk/epp/xml/\(name)")
    }

    let client: EPPClient

    /// Hands a domain over to the registrar with this tag.
    ///
    /// - Returns: whether that registrar has to accept it first.
    /// - SeeAlso: https://registrars.nominet.uk/uk-namespace/registration-and-domain-management/registration-systems/epp/release/
    func release(_ domain: String, to tag: String) async throws(ProviderError) -> Bool {
        try await client.send(Self.release(domain, to: tag)).isPending
    }

    static func release(_ domain: String, to tag: String) -> EPPCommand {
        EPPCommand(
            "release",
            XMLValue(
                "update", [:],
                [
                    release.root(
                        "release", [release.text("domainName", domain), release.text("registrarTag", tag)])
                ]), isChanging: true)
    }

    /// What a new contact is by law, as in `IND` for a private person or `LTD` for a company.
    static func newContact(type: String) -> XMLValue {
        contact.root("create", [contact.text("type", type)])
    }

    /// What the registry keeps of a contact besides.
    static func extra(of info: EPPContactInfo) -> JSONValue? {
        guard
            let data = info.extensions.first(where: { $0.name == "infData" && $0.namespace == contact.uri })
        else { return nil }
        func text(_ name: String) -> JSONValue { data[name]?.content.map { .string($0) } ?? .null }
        return .object(
            Dictionary(
                uniqueKeysWithValues: ["type", "trad-name", "co-no", "opt-out"].map { ($0, text($0)) }))
    }

    /// What a message is about.
    ///
    /// - SeeAlso: https://registrars.nominet.uk/namespace/uk/registration-and-domain-management/epp-notifications
    static func news(in message: EPPMessage) -> EPPNews? {
        for data in message.response.data {
            let kind: EPPNews.Kind? =
                switch (data.namespace, data.name) {
                case (notifications.uri, "rcData"): .transferIn
                case (notifications.uri, "relData"): .transferOut
                case (notifications.uri, "cancData"): .deleted
                case (notifications.uri, "suspData"): .suspended
                case (notifications.uri, "processData"), (notifications.uri, "trnData"): .dataQuality
                case (handshake.uri, _): .transferIn
                case (EPPSchema.contact.uri, "infData"): .dataQuality
                default: nil
                }
            if let kind { return EPPNews(kind: kind, domains: message.domains) }
        }
        return nil
    }
}

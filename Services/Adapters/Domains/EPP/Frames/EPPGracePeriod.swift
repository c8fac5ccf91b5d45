import AdapterKit
import Models

/// The time after a deletion, a renewal or a transfer, in which it can be taken back.
///
/// - SeeAlso: RFC 3915.
enum EPPGracePeriod {
    private static let schema = EPPSchema.gracePeriod

    /// The statuses of an answer about a domain, as in `redemptionPeriod`. RFC 3915, section 4.1.2.
    static func statuses(in response: EPPResponse) -> [String] {
        response.extended("infData", of: schema)?.all("rgpStatus").compactMap { $0.attribute("s") } ?? []
    }

    /// Asks for a deleted domain back. RFC 3915, section 4.2.5.
    static func restore(_ name: String) -> EPPCommand {
        EPPCommand.updateDomain(
            name, EPPDomainChange(), hosts: .objects,
            extensions: [schema.root("update", [schema.element("restore", ["op": "request"])])]
        ).changing
    }
}

extension EPPCommand {
    /// The update of a domain has to have something in it: RFC 3915 wants an empty `chg` where the extension says it all.
    fileprivate var changing: EPPCommand {
        var body = body
        if !body.children.isEmpty {
            body.children[0].children.append(EPPSchema.domain.element("chg"))
        }
        return EPPCommand("domain:restore", body, extensions: extensions, isChanging: true)
    }
}

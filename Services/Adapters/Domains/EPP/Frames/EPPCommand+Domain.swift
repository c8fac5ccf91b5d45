import AdapterKit
import Models

/// How a registry has the nameservers of a domain.
///
/// - SeeAlso: RFC 5731, section 1.1.
enum EPPHostForm: Sendable {
    /// As objects that have to be there first.
    case objects
    /// As attributes of the domain.
    case attributes
}

/// A domain to be registered.
struct EPPNewDomain: Sendable {
    var name: String
    var years: Int
    var nameservers: [Domains.Nameserver]
    var registrant: String
    /// The other contacts, in the order in which they are sent.
    var contacts: [EPPRole] = []
    var authCode: String
    var signers: [EPPDelegationSigner] = []
}

/// A contact of a domain and what it is there for.
struct EPPRole: Sendable, Equatable {
    /// `admin`, `billing` or `tech`; registries may have others.
    var type: String
    var id: String
}

/// A status with what is to be told of it.
struct EPPStatus: Sendable, Equatable {
    var name: String
    var note: String?
}

/// What is added to a domain, or taken from it.
struct EPPDomainParts: Sendable, Equatable {
    var nameservers: [Domains.Nameserver] = []
    var contacts: [EPPRole] = []
    var statuses: [EPPStatus] = []

    var isEmpty: Bool { self == EPPDomainParts() }
}

/// A change of a domain.
struct EPPDomainChange: Sendable {
    var added = EPPDomainParts()
    var removed = EPPDomainParts()
    var registrant: String?
    var authCode: String?
}

extension EPPCommand {
    private static let domain = EPPSchema.domain

    /// RFC 5731, section 3.1.1.
    static func checkDomains(_ names: [String]) -> EPPCommand {
        EPPCommand("check", of: domain, names.map { domain.text("name", $0) })
    }

    /// RFC 5731, section 3.1.2.
    static func domainInfo(_ name: String, extensions: [XMLValue] = []) -> EPPCommand {
        EPPCommand("info", of: domain, [domain.text("name", name)], extensions: extensions)
    }

    /// RFC 5731, section 3.2.1; with delegation signers RFC 5910, section 5.2.1.
    static func createDomain(_ new: EPPNewDomain, hosts: EPPHostForm) -> EPPCommand {
        EPPCommand(
            "create", of: domain,
            [domain.text("name", new.name), period(new.years)] + nameservers(new.nameservers, hosts)
                + [domain.text("registrant", new.registrant)] + new.contacts.map(contact)
                + [authInfo(new.authCode)],
            extensions: new.signers.isEmpty ? [] : [EPPDelegationSigner.creation(new.signers)])
    }

    /// RFC 5731, section 3.2.5.
    static func updateDomain(
        _ name: String, _ change: EPPDomainChange, hosts: EPPHostForm, extensions: [XMLValue] = []
    ) -> EPPCommand {
        func part(_ name: String, _ parts: EPPDomainParts) -> [XMLValue] {
            guard !parts.isEmpty else { return [] }
            let content =
                nameservers(parts.nameservers, hosts) + parts.contacts.map(contact)
                + parts.statuses.map(status)
            return [domain.element(name, [:], content)]
        }
        let changed =
            domain.optional("registrant", change.registrant)
            + (change.authCode.map { [authInfo($0)] } ?? [])
        return EPPCommand(
            "update", of: domain,
            [domain.text("name", name)] + part("add", change.added) + part("rem", change.removed)
                + (changed.isEmpty ? [] : [domain.element("chg", changed)]), extensions: extensions)
    }

    /// RFC 5731, section 3.2.3.
    ///
    /// - Parameter day: on which it expires now, as the registry writes it: `2030-01-02`.
    static func renewDomain(_ name: String, expiring day: String, years: Int) -> EPPCommand {
        EPPCommand(
            "renew", of: domain,
            [domain.text("name", name), domain.text("curExpDate", day), period(years)])
    }

    enum TransferOperation: String, Sendable {
        case request, query
    }

    /// RFC 5731, sections 3.1.3 and 3.2.4.
    static func transferDomain(
        _ name: String, _ operation: TransferOperation, years: Int? = nil, authCode: String? = nil,
        extensions: [XMLValue] = []
    ) -> EPPCommand {
        let content =
            [domain.text("name", name)] + (years.map { [period($0)] } ?? [])
            + (authCode.map { [authInfo($0)] } ?? [])
        return EPPCommand(
            operation == .query ? "domain:transfer:query" : "domain:transfer",
            XMLValue("transfer", ["op": operation.rawValue], [domain.root("transfer", content)]),
            extensions: extensions, isChanging: operation != .query)
    }

    // MARK: Parts

    private static func period(_ years: Int) -> XMLValue {
        domain.text("period", ["unit": "y"], String(years))
    }

    private static func contact(_ role: EPPRole) -> XMLValue {
        domain.text("contact", ["type": role.type], role.id)
    }

    private static func status(_ status: EPPStatus) -> XMLValue {
        domain.text("status", ["s": status.name], status.note ?? "")
    }

    private static func authInfo(_ code: String) -> XMLValue {
        domain.element("authInfo", [domain.text("pw", code)])
    }

    private static func nameservers(_ servers: [Domains.Nameserver], _ form: EPPHostForm) -> [XMLValue] {
        guard !servers.isEmpty else { return [] }
        let content = servers.map { server in
            switch form {
            case .objects: domain.text("hostObj", server.host)
            case .attributes:
                domain.element(
                    "hostAttr",
                    [domain.text("hostName", server.host)]
                        + (server.ip.map { [address($0, of: domain, "hostAddr")] } ?? []))
            }
        }
        return [domain.element("ns", content)]
    }

    /// An address with its version.
    static func address(_ address: String, of schema: EPPSchema, _ name: String) -> XMLValue {
        schema.text(name, ["ip": address.contains(":") ? "v6" : "v4"], address)
    }
}

import AdapterKit
import Models

/// A domain as the simulated registrar keeps it.
struct DemoDomain: Codable, Sendable, Equatable {
    var name: String
    var id: String
    var registrant: Domains.Contact?
    var billing: Domains.Contact?
    var tech: Domains.Contact?
    var admin: Domains.Contact?
    var nameservers: [Domains.Nameserver]
    var glueRecords: [Domains.GlueRecord] = []
    var statuses = ["Active"]
    var isLocked: Bool?
    var hidesHolder: Bool?
    /// Nil until somebody has said it.
    var renewsItself: Bool?
    /// With which another registrar may take it over; any does where nil.
    var eppCode: String?
    var createdAt: Timestamp
    var updatedAt: Timestamp
    var expiresAt: Timestamp
    /// When the holder was last written to, so that they confirm their details.
    var mailedAt: Timestamp?
    /// The action that registered it or brought it in.
    var madeBy: ActionID?
    /// The action that renewed it last.
    var renewedBy: ActionID?

    /// A domain that is registered anew.
    init(_ wanted: Domains.RegisterParameters, at now: Timestamp) {
        self.init(
            name: wanted.domainName, createdAt: now, expiresAt: now.adding(years: max(1, wanted.renewYears)))
        registrant = wanted.registrant.demoContact
        billing = wanted.billing.demoContact
        tech = wanted.tech.demoContact
        admin = wanted.admin.demoContact
        nameservers = wanted.nameservers.list
        isLocked = true
        hidesHolder = wanted.whoisPrivacy
        mailedAt = now
    }

    /// A domain that nothing more is known of.
    init(name: String, createdAt: Timestamp, expiresAt: Timestamp) {
        self.name = name
        id = Self.id(of: name)
        nameservers = ["ns1", "ns2"].map { Domains.Nameserver(host: "\($0).example.net") }
        eppCode = RandomText.password()
        self.createdAt = createdAt
        updatedAt = createdAt
        self.expiresAt = expiresAt
    }

    /// Eight digits that follow from the name (FNV-1a).
    private static func id(of name: String) -> String {
        var hash: UInt32 = 0x811c_9dc5
        for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return String(10_000_000 + hash % 90_000_000)
    }

    var info: Domains.DomainInfo {
        Domains.DomainInfo(
            id: id, domain: name, statuses: statuses, locked: isLocked, whoisPrivacy: hidesHolder,
            autoRenew: renewsItself, registrant: registrant, billing: billing, tech: tech, admin: admin,
            ns: Domains.Nameservers(nameservers), glueRecords: glueRecords.isEmpty ? nil : glueRecords,
            createdAt: createdAt.plainText, updatedAt: updatedAt.plainText, expiresAt: expiresAt.plainText)
    }

    var isUnderUK: Bool { name.hasSuffix(".uk") }

    /// Whether the holder has confirmed their details, taken to be a day after they were written to.
    func isVerified(at now: Timestamp) -> Bool {
        mailedAt.map { $0.advanced(by: .seconds(86_400)) <= now } ?? true
    }
}

/// A domain on its way from another registrar.
struct DemoTransfer: Codable, Sendable {
    /// As it will be once it is here.
    var domain: DemoDomain
    var arrivesAt: Timestamp
    var madeBy: ActionID?
}

/// What became of a domain that is not here any more.
struct DemoDeparture: Codable, Sendable {
    /// A status in the words of `getStatus`.
    var status: String
    var expiresAt: Timestamp
    /// The action that gave it away.
    var madeBy: ActionID?
}

extension Domains.ContactChoice {
    /// The simulator knows no contacts by themselves, so that of one chosen by its id it shows just that.
    var demoContact: Domains.Contact {
        register.map { Domains.Contact($0) } ?? Domains.Contact(id: id)
    }
}

import AdapterKit
import Models

/// Where the simulated registrar keeps its domains. Time passes for a domain when it is next looked at: what was on
/// its way arrives, what renews itself is renewed, and what expired is deleted after `deletionDelay`.
extension SimulatorTransaction {
    /// How long an expired domain is still there: 45 days.
    static let deletionDelay = Duration.seconds(45 * 86_400)

    func domain(_ name: String, at now: Timestamp) throws -> DemoDomain? {
        if let transfer = try transfer(of: name), transfer.arrivesAt <= now { try arrive(transfer) }
        guard var domain: DemoDomain = try value("domain/\(name)") else { return nil }
        guard domain.expiresAt <= now else { return domain }
        if domain.renewsItself == true {
            while domain.expiresAt <= now {
                try tell(
                    .renewed, "The domain has renewed itself for a year.", of: name, at: domain.expiresAt)
                domain.expiresAt = domain.expiresAt.adding(years: 1)
            }
            try put(domain)
        } else if domain.expiresAt.advanced(by: Self.deletionDelay) <= now {
            let deletedAt = domain.expiresAt.advanced(by: Self.deletionDelay)
            try remove(domain, status: "cancelled", by: nil)
            try tell(.deleted, "The domain was deleted after it had expired.", of: name, at: deletedAt)
            return nil
        }
        return domain
    }

    /// - Throws: `notFound`.
    func existing(_ name: String, at now: Timestamp) throws -> DemoDomain {
        guard let domain = try domain(name, at: now) else {
            throw ProviderError(.notFound, "There is no such domain in this account.")
        }
        return domain
    }

    func put(_ domain: DemoDomain) throws { try set("domain/\(domain.name)", domain) }

    func add(_ domain: DemoDomain) throws {
        try put(domain)
        remove("departure/\(domain.name)")
    }

    func remove(_ domain: DemoDomain, status: String, by action: ActionID?) throws {
        remove("domain/\(domain.name)")
        let departure = DemoDeparture(status: status, expiresAt: domain.expiresAt, madeBy: action)
        try set("departure/\(domain.name)", departure)
    }

    func departure(of name: String) throws -> DemoDeparture? { try value("departure/\(name)") }

    // MARK: Domains at other registrars

    func domainElsewhere(_ name: String) throws -> DemoDomain? { try value("elsewhere/\(name)") }

    /// Tells of a domain that another registrar has.
    func addElsewhere(_ domain: DemoDomain) throws { try set("elsewhere/\(domain.name)", domain) }

    /// Whether somebody else has the name.
    func isTakenElsewhere(_ name: String) throws -> Bool {
        try name.hasPrefix("taken") || domainElsewhere(name) != nil
    }

    // MARK: Domains on their way

    func transfer(of name: String) throws -> DemoTransfer? { try value("transfer/\(name)") }

    func begin(_ transfer: DemoTransfer) throws {
        try set("transfer/\(transfer.domain.name)", transfer)
        try set("transfers", try transfers() + [transfer.domain.name])
    }

    /// Lets everything arrive that has come by now.
    func arriveAll(at now: Timestamp) throws {
        for name in try transfers() { _ = try domain(name, at: now) }
    }

    private func transfers() throws -> [String] { try value("transfers") ?? [] }

    private func arrive(_ transfer: DemoTransfer) throws {
        let name = transfer.domain.name
        try add(transfer.domain)
        remove("transfer/\(name)")
        remove("elsewhere/\(name)")
        try set("transfers", try transfers().filter { $0 != name })
        try tell(
            .transferIn, "The domain has arrived from another registrar.", of: name, at: transfer.arrivesAt)
    }
}

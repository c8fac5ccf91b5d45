import AdapterKit
import Models

extension EPPProvider {
    func getInfo(_ wanted: Domains.DomainIdentifier) async throws(ProviderError) -> Domains.DomainInfo {
        try await read(wanted.domainName)
    }

    /// A domain with its contacts.
    func read(_ name: String) async throws(ProviderError) -> Domains.DomainInfo {
        try await describe(try await client.domainInfo(name))
    }

    /// The domain with its contacts, each of which is read once.
    func describe(_ domain: EPPDomainInfo) async throws(ProviderError) -> Domains.DomainInfo {
        var read: [String: Domains.Contact] = [:]
        for id in [domain.registrant] + ["billing", "admin", "tech"].map(domain.contact) {
            guard let id, read[id] == nil else { continue }
            read[id] = try await contact(id)
        }
        return info(domain, contacts: read)
    }

    /// The domain in the words of the blueprint.
    ///
    /// - Parameter contacts: those that were read, by id.
    func info(_ domain: EPPDomainInfo, contacts: [String: Domains.Contact]) -> Domains.DomainInfo {
        func known(_ id: String?) -> Domains.Contact? { id.flatMap { contacts[$0] } }
        let servers = domain.nameservers.map { Domains.Nameserver(host: $0.plainHost, ip: $0.ip) }
        return Domains.DomainInfo(
            id: domain.objectID ?? domain.name, domain: domain.name,
            statuses: domain.statuses.map { $0 == "ok" ? Self.traits.okStatus : $0 } + domain.gracePeriods,
            locked: Self.traits.hasLocks ? domain.isLocked : nil, registrant: known(domain.registrant),
            billing: known(domain.contact("billing")), tech: known(domain.contact("tech")),
            admin: known(domain.contact("admin")), ns: Domains.Nameservers(servers),
            createdAt: domain.createdAt?.plainText, updatedAt: domain.updatedAt?.plainText,
            expiresAt: domain.expiresAt?.plainText,
            operationStatus: domain.isPending ? "in_progress" : nil)
    }

    /// A contact that the registry does not show us is known by its id alone.
    private func contact(_ id: String) async throws(ProviderError) -> Domains.Contact {
        do throws(ProviderError) {
            return shown(try await client.contactInfo(id))
        } catch {
            guard error.kind == .notFound || error.isNotInOurAccount else { throw error }
            return Domains.Contact(id: id)
        }
    }

    /// The domain as the registry tells of it; nil where it does not exist, or is another's and not shown to us.
    func look(_ name: String) async throws(ProviderError) -> EPPDomainInfo? {
        do throws(ProviderError) {
            return try await client.domainInfo(name)
        } catch {
            // What the registry says of one domain, not of our signing in: that is no `2201`.
            guard error.kind == .notFound || error.isNotInOurAccount else { throw error }
            return nil
        }
    }

    /// The answers in the order of the endings.
    func availability(
        _ wanted: Domains.DomainAvailabilityCheckParameters, of tlds: [String],
        _ show: (EPPAvailability, _ tld: String) -> Domains.Availability
    ) async throws(ProviderError) -> [Domains.Availability] {
        guard !tlds.isEmpty else { return [] }
        let names = tlds.map { Domains.DomainIdentifier(sld: wanted.sld, tld: $0).domainName }
        let answers = Dictionary(
            try await client.checkDomains(names).map { ($0.name.lowercased(), $0) }
        ) { first, _ in first }
        var shown: [Domains.Availability] = []
        for (name, tld) in zip(names, tlds) {
            guard let answer = answers[name] else {
                throw ProviderError(
                    .providerUnavailable, details: ["problem": .string("Nothing was told of \(name).")])
            }
            shown.append(show(answer, tld))
        }
        return shown
    }
}

extension EPPDomainInfo {
    /// Whether the registry still decides on its registration or transfer.
    var isPending: Bool { statuses.contains("pendingCreate") || statuses.contains("pendingTransfer") }
}

extension ProviderError {
    /// The result code of a registry's answer, where this was one.
    var resultCode: Int? { details["code"]?.integerValue }
    /// RFC 5730, section 3: authorization error.
    var isNotInOurAccount: Bool { resultCode == 2_201 }
}

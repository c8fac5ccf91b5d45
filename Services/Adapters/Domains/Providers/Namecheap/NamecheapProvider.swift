import AdapterKit
import Models

/// Domains of an account at Namecheap.
///
/// - SeeAlso: https://www.namecheap.com/support/api/methods/
struct NamecheapProvider: DomainsProvider {
    typealias Configuration = DomainsNamecheapContract.Configuration
    static let contract = DomainsNamecheapContract.descriptor

    static var functions: DomainsFunctions<Self> {
        DomainsFunctions(
            domainAvailabilityCheck: .init(Self.domainAvailabilityCheck),
            register: .init(Self.register, observe: Self.observeRegister),
            transfer: .init(
                deferring: Self.transfer, poll: Self.pollTransfer, observe: Self.observeTransfer),
            renew: .init(Self.renew, observe: Self.observeRenew),
            getInfo: .init(Self.getInfo),
            updateRegistrantContact: .init(Self.updateRegistrantContact),
            updateContact: .init(Self.updateContact),
            updateNameservers: .init(Self.updateNameservers),
            setLock: .init(Self.setLock))
    }

    let context: ProviderContext
    let api: NamecheapAPI

    init(configuration: Configuration, context: ProviderContext) {
        self.context = context
        api = NamecheapAPI(
            username: configuration.username, apiKey: configuration.apiToken,
            clientIP: configuration.clientIP, isSandbox: configuration.sandbox ?? false,
            transport: context.transport)
    }

    func testConnection() async throws(ProviderError) -> String {
        try await api.getBalances()
        return "Signed in as \(api.username)."
    }

    // MARK: Looking things up

    func domainAvailabilityCheck(
        _ wanted: Domains.DomainAvailabilityCheckParameters
    ) async throws(ProviderError) -> Domains.DomainAvailabilityCheckResult {
        let names = wanted.tlds.map { Domains.DomainIdentifier(sld: wanted.sld, tld: $0.withoutLeadingDot) }
        let found = try await api.check(names.map(\.domainName))
        let answers = names.map { name in
            let answer = found.first { $0.domain == name.domainName }
            let isFree = answer?.isAvailable ?? false
            return Domains.Availability(
                domain: name.domainName, tld: name.ending, canRegister: isFree,
                canTransfer: answer.map { !$0.isAvailable } ?? false, isPremium: answer?.isPremium ?? false,
                description: answer == nil
                    ? "Nothing is told of this domain"
                    : "Domain is \(isFree ? "" : "not ")available to register")
        }
        return Domains.DomainAvailabilityCheckResult(domains: answers)
    }

    func getInfo(_ wanted: Domains.DomainIdentifier) async throws(ProviderError) -> Domains.DomainInfo {
        try await info(try await own(wanted), ending: wanted.ending)
    }

    // MARK: Parts of several functions

    /// - Throws: `notFound` where the account has no such domain.
    func own(_ wanted: some NamedDomain & Sendable) async throws(ProviderError) -> NamecheapDomain {
        guard let domain = try await api.getInfo(wanted.domainName) else {
            throw ProviderError(.notFound, "This domain is not held here.")
        }
        return domain
    }

    /// A domain with its lock and contacts, each read by itself.
    func info(
        _ domain: NamecheapDomain, ending: String
    ) async throws(ProviderError) -> Domains.DomainInfo {
        var info = Self.plainInfo(domain)
        info.locked = try await lock(of: domain.name, ending: ending)
        let contacts = try await api.getContacts(domain.name)
        info.registrant = contacts[.registrant]
        info.admin = contacts[.admin]
        info.tech = contacts[.tech]
        info.billing = contacts[.billing]
        return info
    }

    /// What `getinfo` alone tells.
    static func plainInfo(_ domain: NamecheapDomain) -> Domains.DomainInfo {
        Domains.DomainInfo(
            id: domain.id, domain: domain.name,
            statuses: [domain.status.lowercased() == "ok" ? "Active" : domain.status],
            whoisPrivacy: domain.hidesHolder,
            ns: Domains.Nameservers(domain.nameservers.map { Domains.Nameserver(host: $0) }),
            createdAt: domain.createdAt?.plainText, expiresAt: domain.expiresAt?.plainText)
    }

    /// Nil where the ending knows no lock, or the vendor does not tell it.
    private func lock(of domain: String, ending: String) async throws(ProviderError) -> Bool? {
        guard NamecheapEnding.hasLock(ending) else { return nil }
        do throws(ProviderError) {
            return try await api.getRegistrarLock(domain)
        } catch {
            guard error.kind == .rejected || error.kind == .invalidInput else { throw error }
            return nil
        }
    }
}

extension String {
    fileprivate var withoutLeadingDot: String { hasPrefix(".") ? String(dropFirst()) : self }
}

import AdapterKit
import Models

/// Domains of a reseller account at OpenSRS, or at a registrar that runs on it.
///
/// - SeeAlso: https://domains.opensrs.guide/docs/overview
struct OpenSRSProvider<Brand: OpenSRSBrand>: DomainsProvider {
    typealias Configuration = Brand.Configuration
    static var contract: ProviderDescriptor { Brand.contract }

    static var functions: DomainsFunctions<Self> {
        DomainsFunctions(
            domainAvailabilityCheck: .init(Self.domainAvailabilityCheck),
            register: .init(
                deferring: Self.register, poll: Self.pollRegister, observe: Self.observeRegister),
            transfer: .init(
                deferring: Self.transfer, poll: Self.pollTransfer, observe: Self.observeTransfer),
            renew: .init(Self.renew, observe: Self.observeRenew),
            getInfo: .init(Self.getInfo),
            updateRegistrantContact: .init(Self.updateRegistrantContact),
            updateContact: .init(Self.updateContact),
            updateNameservers: .init(Self.updateNameservers),
            setLock: .init(Self.setLock),
            setAutoRenew: .init(Self.setAutoRenew),
            getEPPCode: .init(Self.getEPPCode),
            updateIPSTag: .init(Self.updateIPSTag, observe: Self.observeUpdateIPSTag),
            getVerificationStatus: .init(Self.getVerificationStatus),
            resendVerificationEmail: .init(Self.resendVerificationEmail),
            setGlueRecord: .init(Self.setGlueRecord),
            removeGlueRecord: .init(Self.removeGlueRecord),
            getStatus: .init(Self.getStatus))
    }

    let context: ProviderContext
    let api: OpenSRSAPI

    init(configuration: Configuration, context: ProviderContext) {
        self.context = context
        api = OpenSRSAPI(connection: configuration.connection, transport: context.transport)
    }

    func testConnection() async throws(ProviderError) -> String {
        try await api.getBalance()
        return "Signed in as \(api.connection.username)."
    }

    // MARK: Looking things up

    func domainAvailabilityCheck(
        _ wanted: Domains.DomainAvailabilityCheckParameters
    ) async throws(ProviderError) -> Domains.DomainAvailabilityCheckResult {
        let names = wanted.tlds.map { tld in
            Domains.DomainIdentifier(sld: wanted.sld, tld: tld.hasPrefix(".") ? String(tld.dropFirst()) : tld)
        }
        guard let label = names.first?.nameWithoutEnding else {
            return Domains.DomainAvailabilityCheckResult(domains: [])
        }
        let (statuses, premium) = try await api.lookup(label, endings: names.map(\.ending))
        let answers = names.map { name in
            let status = statuses[name.domainName] ?? "unknown"
            return Domains.Availability(
                domain: name.domainName, tld: name.ending, canRegister: status == "available",
                canTransfer: status == "taken", isPremium: premium.contains(name.domainName),
                description: status)
        }
        return Domains.DomainAvailabilityCheckResult(domains: answers)
    }

    func getInfo(_ wanted: Domains.DomainIdentifier) async throws(ProviderError) -> Domains.DomainInfo {
        try await info(try await own(wanted), of: wanted.domainName)
    }

    func getStatus(_ wanted: Domains.DomainIdentifier) async throws(ProviderError) -> Domains.GetStatusResult
    {
        guard let domain = try await api.allInfo(wanted.domainName) else {
            guard try await api.isDeleted(wanted.domainName) else { throw Self.unknown }
            return Domains.GetStatusResult(status: "cancelled")
        }
        let isExpired = domain.expiresAt.map { $0 < context.clock.now } ?? false
        return Domains.GetStatusResult(
            status: isExpired ? "expired" : "active", expiresAt: domain.expiresAt?.plainText)
    }

    func getVerificationStatus(
        _ wanted: Domains.DomainIdentifier
    ) async throws(ProviderError) -> Domains.GetVerificationStatusResult {
        let answer = try await api.verificationStatus(wanted.domainName)
        return Domains.GetVerificationStatusResult(
            icannVerificationStatus: answer["registrant_verification_status"]?.lenientText,
            verificationDeadline: answer["verification_deadline"]?.lenientText,
            daysToSuspend: answer["days_to_suspend"]?.lenientNumber.flatMap { Int(exactly: $0) },
            emailBounced: answer["email_bounced"]?.lenientFlag)
    }

    // MARK: Parts of several functions

    static var unknown: ProviderError { ProviderError(.notFound, "This domain is not held here.") }

    /// - Throws: `notFound` where the account has no such domain.
    func own(_ wanted: some NamedDomain & Sendable) async throws(ProviderError) -> OpenSRSDomain {
        guard let domain = try await api.allInfo(wanted.domainName) else { throw Self.unknown }
        return domain
    }

    /// A domain with what is told of it elsewhere.
    func info(_ domain: OpenSRSDomain, of name: String) async throws(ProviderError) -> Domains.DomainInfo {
        let status = try await api.get(name, type: "status")
        var info = Self.plainInfo(domain, of: name)
        info.statuses = (status.objectValue ?? [:]).sorted { $0.key < $1.key }.compactMap { name, value in
            value.lenientText.map { "\(name): \($0)" }
        }
        info.locked = status["lock_state"]?.lenientFlag
        info.whoisPrivacy = try await Self.whereTold { () async throws(ProviderError) in
            try await api.get(name, type: "whois_privacy_state")["state"]?.lenientText?.hasPrefix("enabl")
        }
        info.glueRecords = try await Self.whereTold { () async throws(ProviderError) in
            try await api.glueRecords(of: name)
        }
        return info
    }

    /// What `all_info` alone tells.
    static func plainInfo(_ domain: OpenSRSDomain, of name: String) -> Domains.DomainInfo {
        Domains.DomainInfo(
            id: name, domain: name, autoRenew: domain.isRenewedByItself, registrant: domain.owner,
            ns: Domains.Nameservers(domain.nameservers.map { Domains.Nameserver(host: $0) }),
            createdAt: domain.createdAt?.plainText, updatedAt: domain.updatedAt?.plainText,
            expiresAt: domain.expiresAt?.plainText)
    }

    /// Nil where the vendor refuses to tell, as of endings that do not have it.
    private static func whereTold<Value>(
        _ read: () async throws(ProviderError) -> Value?
    ) async throws(ProviderError) -> Value? {
        do throws(ProviderError) {
            return try await read()
        } catch {
            guard [.rejected, .invalidInput, .notFound].contains(error.kind) else { throw error }
            return nil
        }
    }
}

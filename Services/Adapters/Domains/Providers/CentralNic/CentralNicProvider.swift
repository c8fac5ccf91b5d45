import AdapterKit
import Models

/// The CentralNic registry, as an EPP registry after the book.
///
/// - SeeAlso: https://www.centralnicregistry.com/
struct CentralNicProvider: EPPProvider {
    typealias Configuration = DomainsCentralnicContract.Configuration
    static let contract = DomainsCentralnicContract.descriptor
    static let traits = EPPTraits()

    static var functions: DomainsFunctions<Self> {
        DomainsFunctions(
            poll: .init(Self.poll),
            domainAvailabilityCheck: .init(Self.checkAvailability),
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
            getEPPCode: .init(Self.setAuthCode))
    }

    let client: EPPClient
    let context: ProviderContext

    init(configuration: Configuration, context: ProviderContext) {
        self.context = context
        let host = configuration.sandbox == true ? "epp-ote.centralnic.com" : "epp.centralnic.com"
        client = EPPClient(
            EPPAccount(
                endpoint: FrameEndpoint(host: host, port: EPPAccount.usualPort),
                user: configuration.registrarHandleID, password: configuration.password,
                services: EPPServices(objects: [EPPSchema.domain, .contact, .host].map(\.uri))),
            provider: Self.contract.provider, context: context)
    }

    /// The kind of the address's form, which others show as the contact's type: the registry chooses it.
    func shown(_ contact: EPPContactInfo) -> Domains.Contact {
        var shown = contact.contact
        shown.type = "auto"
        return shown
    }

    // MARK: Functions

    func checkAvailability(
        _ wanted: Domains.DomainAvailabilityCheckParameters
    ) async throws(ProviderError) -> Domains.DomainAvailabilityCheckResult {
        Domains.DomainAvailabilityCheckResult(
            domains: try await availability(wanted, of: wanted.tlds) { $0.asked(under: $1) })
    }

    func register(
        _ wanted: Domains.RegisterParameters
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        try await requireAvailable(wanted.domainName)
        let registrant = try await contactID(of: wanted.registrant, for: .registrant)
        let admin = try await contactID(of: wanted.admin, for: .admin)
        let tech = try await contactID(of: wanted.tech, for: .tech)
        let billing = try await contactID(of: wanted.billing, for: .billing)
        try await ensureHosts(wanted.nameservers.list)
        return try await registerNew(
            EPPNewDomain(
                name: wanted.domainName, years: wanted.renewYears, nameservers: wanted.nameservers.list,
                registrant: registrant,
                contacts: [
                    EPPRole(type: "admin", id: admin), EPPRole(type: "tech", id: tech),
                    EPPRole(type: "billing", id: billing),
                ], authCode: newAuthCode(), signers: wanted.signers))
    }

    func transfer(
        _ wanted: Domains.TransferParameters
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        if let info = try await arrived(wanted.domainName) { return .done(info) }
        return try await requestTransfer(wanted, years: wanted.renewYears)
    }

    func updateRegistrantContact(
        _ wanted: Domains.UpdateRegistrantContactParameters
    ) async throws(ProviderError) -> Domains.ChangedContact {
        try await exchangeContact(of: wanted.domainName, .registrant, for: wanted.contact)
    }

    func updateContact(
        _ wanted: Domains.UpdateContactParameters
    ) async throws(ProviderError) -> Domains.ChangedContact {
        try await exchangeContact(
            of: wanted.domainName, try EPPContactRole(type: wanted.contactType), for: wanted.contact)
    }

    /// Sets or takes off those of the two statuses that are not as wanted yet.
    func setLock(_ wanted: Domains.SetLockParameters) async throws(ProviderError) -> Domains.DomainInfo {
        let name = wanted.domainName
        let present = try await client.domainInfo(name).statuses
        let statuses = ["clientTransferProhibited", "clientUpdateProhibited"]
            .filter { present.contains($0) != wanted.lock }.map { EPPStatus(name: $0) }
        if !statuses.isEmpty {
            var change = EPPDomainChange()
            if wanted.lock { change.added.statuses = statuses } else { change.removed.statuses = statuses }
            try await client.updateDomain(name, change)
        }
        return try await read(name)
    }
}

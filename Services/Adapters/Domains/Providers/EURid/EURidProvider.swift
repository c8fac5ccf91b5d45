import AdapterKit
import Models

/// The registry of eu: contacts have types, nameservers are attributes of domains, and the registrar's own contacts are
/// billing and technical contact of all domains.
///
/// - SeeAlso: https://eurid.eu/en/become-a-eu-registrar/
struct EURidProvider: EPPProvider {
    typealias Configuration = DomainsEuridContract.Configuration
    static let contract = DomainsEuridContract.descriptor
    static let traits = EPPTraits(tellsTransfers: false)

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
            getEPPCode: .init(Self.getEPPCode))
    }

    let client: EPPClient
    let context: ProviderContext
    private let billingContact: String
    private let techContact: String

    init(configuration: Configuration, context: ProviderContext) {
        self.context = context
        billingContact = configuration.billingContactID
        techContact = configuration.techContactID
        let host = configuration.sandbox == true ? "epp.tryout.registry.eu" : "epp.registry.eu"
        client = EPPClient(
            EPPAccount(
                endpoint: FrameEndpoint(host: host, port: EPPAccount.usualPort),
                user: configuration.username, password: configuration.password,
                services: EPPServices(
                    objects: [EPPSchema.domain, .contact].map(\.uri),
                    extensions: [
                        EURidExtensions.authInfo, EURidExtensions.poll, EURidExtensions.contact,
                        EURidExtensions.domain,
                    ].map(\.uri))), hosts: .attributes, provider: Self.contract.provider, context: context)
    }

    /// The registry shows a domain's code only to whom it belongs.
    func isOurs(_ domain: EPPDomainInfo) -> Bool {
        domain.sponsor == client.account.user || domain.authCode != nil
    }

    func newContact(_ details: Domains.ContactDetails, for role: EPPContactRole) -> EPPNewContact {
        EPPNewContact(
            id: contactID(for: role), details: details, postalForms: [.local], authCode: newAuthCode(),
            extensions: [
                EURidExtensions.newContact(
                    type: role.rawValue, isPerson: (details.organisation ?? "").isEmpty)
            ])
    }

    func news(in message: EPPMessage) -> EPPNews? {
        EURidExtensions.news(in: message) ?? message.news(for: client.account.user)
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
        return try await registerNew(
            EPPNewDomain(
                name: wanted.domainName, years: wanted.renewYears, nameservers: wanted.nameservers.list,
                registrant: registrant,
                contacts: [
                    EPPRole(type: "tech", id: techContact), EPPRole(type: "billing", id: billingContact),
                ], authCode: newAuthCode(), signers: wanted.signers))
    }

    func transfer(
        _ wanted: Domains.TransferParameters
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        if let info = try await arrived(wanted.domainName) { return .done(info) }
        guard let holder = wanted.registrant else {
            throw ProviderError(.invalidInput, "Who shall hold the domain has to be said.")
        }
        let registrant = try await contactID(of: holder, for: .registrant)
        return try await requestTransfer(
            wanted, years: wanted.renewYears,
            extensions: [
                EURidExtensions.transfer(
                    registrant: registrant, billing: billingContact, tech: techContact)
            ])
    }

    func updateRegistrantContact(
        _ wanted: Domains.UpdateRegistrantContactParameters
    ) async throws(ProviderError) -> Domains.ChangedContact {
        try await exchangeContact(of: wanted.domainName, .registrant, for: wanted.contact)
    }

    func updateContact(
        _ wanted: Domains.UpdateContactParameters
    ) async throws(ProviderError) -> Domains.ChangedContact {
        let role = try EPPContactRole(type: wanted.contactType)
        guard role != .admin else {
            throw ProviderError(.unsupported, "Domains with this ending have no contact for administration.")
        }
        return try await exchangeContact(of: wanted.domainName, role, for: wanted.contact)
    }

    /// The code that the domain has; where the registry does not tell it, it is asked to make one.
    func getEPPCode(
        _ wanted: Domains.DomainIdentifier
    ) async throws(ProviderError) -> Domains.GetEppCodeResult {
        var code = try await client.domainInfo(wanted.domainName).authCode
        if code == nil {
            code = try await client.domainInfo(
                wanted.domainName, extensions: [EURidExtensions.authCodeRequest]
            ).authCode
        }
        guard let code else {
            throw ProviderError(.rejected, "The registry did not tell the authorisation code.")
        }
        context.secrets.add(code)
        return Domains.GetEppCodeResult(eppCode: code)
    }
}

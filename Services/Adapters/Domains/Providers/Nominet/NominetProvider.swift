import AdapterKit
import Models

/// The registry of uk. An account is a tag; domains go from one to the other by being released, so that nothing is sent
/// to bring one in. It tells of no domain that is on another tag.
///
/// - SeeAlso: https://registrars.nominet.uk/uk-namespace/registration-and-domain-management/registration-systems/epp/
struct NominetProvider: EPPProvider {
    typealias Configuration = DomainsNominetContract.Configuration
    static let contract = DomainsNominetContract.descriptor
    static let traits = EPPTraits(hasLocks: false, tellsTransfers: false)

    static var functions: DomainsFunctions<Self> {
        DomainsFunctions(
            poll: .init(Self.poll),
            register: .init(
                deferring: Self.register, poll: Self.pollRegister, observe: Self.observeRegister),
            transfer: .init(
                deferring: Self.transfer, poll: Self.pollTransfer, observe: Self.observeTransfer),
            renew: .init(Self.renew, observe: Self.observeRenew),
            getInfo: .init(Self.getInfo),
            updateRegistrantContact: .init(Self.updateRegistrantContact),
            updateContact: .init(Self.updateContact),
            updateNameservers: .init(Self.updateNameservers),
            updateIPSTag: .init(
                deferring: Self.updateIPSTag, poll: Self.pollUpdateIPSTag,
                observe: Self.observeUpdateIPSTag),
            getStatus: .init(Self.getStatus))
    }

    let client: EPPClient
    let context: ProviderContext

    init(configuration: Configuration, context: ProviderContext) {
        self.context = context
        let host = configuration.sandbox == true ? "testbed-epp.nominet.org.uk" : "epp.nominet.org.uk"
        // EPP wants at least three characters: the registry takes tags of two with this mark before them.
        let tag = configuration.ipsTag
        client = EPPClient(
            EPPAccount(
                endpoint: FrameEndpoint(host: host, port: EPPAccount.usualPort),
                user: tag.count < 3 ? "#\(tag)" : tag, password: configuration.password,
                services: EPPServices(
                    objects: [EPPSchema.domain, .contact, .host].map(\.uri),
                    extensions: [
                        NominetAPI.unrenewal, NominetAPI.release, NominetAPI.handshake, NominetAPI.contact,
                        NominetAPI.notifications,
                    ].map(\.uri))), provider: Self.contract.provider, context: context)
    }

    /// It tells only of domains on our tag.
    func isOurs(_ domain: EPPDomainInfo) -> Bool { true }

    func shown(_ contact: EPPContactInfo) -> Domains.Contact {
        var shown = contact.contact
        shown.extra = NominetAPI.extra(of: contact)
        return shown
    }

    func newContact(_ details: Domains.ContactDetails, for role: EPPContactRole) -> EPPNewContact {
        EPPNewContact(
            id: contactID(for: role), details: details, authCode: newAuthCode(),
            extensions: [NominetAPI.newContact(type: details.type ?? "IND")])
    }

    func news(in message: EPPMessage) -> EPPNews? {
        NominetAPI.news(in: message) ?? message.news(for: client.account.user)
    }

    // MARK: Registering and bringing in

    /// The registry has no use for a domain's code.
    func register(
        _ wanted: Domains.RegisterParameters
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        let registrant = try await contactID(of: wanted.registrant, for: .registrant)
        try await ensureHosts(wanted.nameservers.list)
        return try await registerNew(
            EPPNewDomain(
                name: wanted.domainName, years: wanted.renewYears, nameservers: wanted.nameservers.list,
                registrant: registrant, authCode: "not_used", signers: wanted.signers))
    }

    /// Waits for the domain to be released to our tag.
    func transfer(
        _ wanted: Domains.TransferParameters
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        let name = wanted.domainName
        let domain: EPPDomainInfo
        do throws(ProviderError) {
            domain = try await client.domainInfo(name)
        } catch {
            guard error.isNotInOurAccount else { throw error }
            return .deferred(reference: name, pollAfter: EPPWaiting.pollInterval)
        }
        return .done(try await describe(domain))
    }

    func pollTransfer(
        _ wanted: Domains.TransferParameters, reference: String
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> { try await transfer(wanted) }

    /// The action sends nothing, so it is done as soon as the domain is on our tag.
    func observeTransfer(
        _ wanted: Domains.TransferParameters
    ) async throws(ProviderError) -> Observation<Domains.DomainInfo> {
        guard let domain = try await look(wanted.domainName) else { return .notDone }
        return .done(try await describe(domain))
    }
}

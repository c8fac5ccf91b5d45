import AdapterKit
import Models

/// What all registries do alike that run CoCCA's software; each of them brings its name, its address and its endings.
///
/// - SeeAlso: https://cocca.org.nz/
protocol CoCCARegistrar: EPPProvider {
    /// Endings that the registry has; all below them too.
    var endings: [String] { get }
}

extension CoCCARegistrar {
    static var traits: EPPTraits {
        EPPTraits(okStatus: "Active", hostQuestion: .info)
    }

    static var functions: DomainsFunctions<Self> {
        DomainsFunctions(
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

    /// The account that the software is spoken to with.
    static func account(
        _ user: String, _ password: String, at endpoint: FrameEndpoint
    ) -> EPPAccount {
        EPPAccount(
            endpoint: endpoint, user: user, password: password,
            services: EPPServices(
                objects: [EPPSchema.domain, .contact, .host].map(\.uri),
                optionalExtensions: [EPPSchema.gracePeriod, .secDNS].map(\.uri)))
    }

    /// The software keeps both forms of an address.
    func newContact(_ details: Domains.ContactDetails, for role: EPPContactRole) -> EPPNewContact {
        EPPNewContact(
            id: contactID(for: role), details: details, postalForms: [.local, .international],
            authCode: newAuthCode())
    }

    // MARK: Functions

    /// Endings that the registry does not have come first.
    func checkAvailability(
        _ wanted: Domains.DomainAvailabilityCheckParameters
    ) async throws(ProviderError) -> Domains.DomainAvailabilityCheckResult {
        let foreign = wanted.tlds.filter { !isServed($0) }.map { tld in
            Domains.Availability(
                domain: Domains.DomainIdentifier(sld: wanted.sld, tld: tld).domainName, tld: ".\(tld)",
                canRegister: false, canTransfer: false, isPremium: false, description: "TLD not supported")
        }
        let own = try await availability(wanted, of: wanted.tlds.filter(isServed)) { answer, tld in
            Domains.Availability(
                domain: answer.name, tld: ".\(tld)", canRegister: answer.isAvailable,
                canTransfer: !answer.isAvailable, isPremium: false,
                description: answer.reason ?? (answer.isAvailable ? "Available" : "Not available"))
        }
        return Domains.DomainAvailabilityCheckResult(domains: foreign + own)
    }

    private func isServed(_ tld: String) -> Bool {
        let tld = tld.lowercased()
        return endings.contains { tld == $0 || tld.hasSuffix(".\($0)") }
    }

    /// Hosts are made only where the registry does not know them: it says so when it is asked for the domain.
    func register(
        _ wanted: Domains.RegisterParameters
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        let registrant = try await contactID(of: wanted.registrant, for: .registrant)
        let admin = try await contactID(of: wanted.admin, for: .admin)
        let billing = try await contactID(of: wanted.billing, for: .billing)
        let tech = try await contactID(of: wanted.tech, for: .tech)
        let new = EPPNewDomain(
            name: wanted.domainName, years: wanted.renewYears, nameservers: wanted.nameservers.list,
            registrant: registrant,
            contacts: [
                EPPRole(type: "admin", id: admin), EPPRole(type: "billing", id: billing),
                EPPRole(type: "tech", id: tech),
            ], authCode: newAuthCode(), signers: wanted.signers)
        do throws(ProviderError) {
            return try await registerNew(new)
        } catch {
            guard error.resultCode == 2_303 else { throw error }
            try await ensureHosts(new.nameservers)
            return try await registerNew(new)
        }
    }

    func transfer(
        _ wanted: Domains.TransferParameters
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        try await requestTransfer(wanted, years: nil)
    }

    func updateRegistrantContact(
        _ wanted: Domains.UpdateRegistrantContactParameters
    ) async throws(ProviderError) -> Domains.ChangedContact {
        try await put(wanted.contact, as: .registrant, of: wanted.domainName)
    }

    func updateContact(
        _ wanted: Domains.UpdateContactParameters
    ) async throws(ProviderError) -> Domains.ChangedContact {
        try await put(wanted.contact, as: try EPPContactRole(type: wanted.contactType), of: wanted.domainName)
    }

    /// Changes the contact where it stands; registers one where the domain has none.
    private func put(
        _ details: Domains.ContactDetails, as role: EPPContactRole, of name: String
    ) async throws(ProviderError) -> Domains.ChangedContact {
        let domain = try await client.domainInfo(name)
        var id = role == .registrant ? domain.registrant : domain.contact(role.rawValue)
        if let id {
            try await client.updateContact(id, details, postalForms: [.local, .international])
        } else {
            let made = try await createContact(newContact(details, for: role))
            var change = EPPDomainChange()
            if role == .registrant {
                change.registrant = made
            } else {
                change.added.contacts = [EPPRole(type: role.rawValue, id: made)]
            }
            try await client.updateDomain(name, change)
            id = made
        }
        var changed = Domains.ChangedContact(Domains.Contact(details))
        changed.contactID = id
        return changed
    }

    /// Both statuses are set or taken off at once. Where the registry refuses, because they are so already, the domain
    /// decides.
    func setLock(_ wanted: Domains.SetLockParameters) async throws(ProviderError) -> Domains.DomainInfo {
        let name = wanted.domainName
        var change = EPPDomainChange()
        if wanted.lock {
            change.added.statuses = [
                EPPStatus(name: "clientUpdateProhibited", note: "Locked"),
                EPPStatus(name: "clientTransferProhibited", note: "Transfer Locked"),
            ]
        } else {
            change.removed.statuses = ["clientUpdateProhibited", "clientTransferProhibited"].map {
                EPPStatus(name: $0)
            }
        }
        do throws(ProviderError) {
            try await client.updateDomain(name, change)
        } catch {
            guard error.kind == .rejected || error.kind == .invalidInput || error.kind == .alreadyExists,
                try await client.domainInfo(name).statuses.contains("clientTransferProhibited") == wanted.lock
            else { throw error }
        }
        return try await read(name)
    }
}

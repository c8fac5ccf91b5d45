import AdapterKit
import Models

extension EPPProvider {
    // MARK: Nameservers

    /// Adds what is new and takes away what is not wanted any more.
    func updateNameservers(
        _ wanted: Domains.UpdateNameserversParameters
    ) async throws(ProviderError) -> Domains.Nameservers {
        let name = wanted.domainName
        let present = try await client.domainInfo(name).nameservers
        let hosts = Set(wanted.list.map(\.plainHost))
        var change = EPPDomainChange()
        change.added.nameservers = wanted.list.filter { server in
            !present.contains { $0.plainHost == server.plainHost }
        }
        change.removed.nameservers = present.filter { !hosts.contains($0.plainHost) }
        if !change.added.isEmpty || !change.removed.isEmpty {
            try await ensureHosts(change.added.nameservers)
            try await client.updateDomain(name, change)
        }
        return Domains.Nameservers(wanted.list)
    }

    // MARK: Contacts

    /// Registers a new contact and puts it in the place of the old one.
    func exchangeContact(
        of name: String, _ role: EPPContactRole, for details: Domains.ContactDetails
    ) async throws(ProviderError) -> Domains.ChangedContact {
        var change = EPPDomainChange()
        if role != .registrant {
            let domain = try await client.domainInfo(name)
            change.removed.contacts = domain.contacts.filter { $0.type == role.rawValue }
        }
        let id = try await createContact(newContact(details, for: role))
        if change.removed.contacts == [EPPRole(type: role.rawValue, id: id)] {
            // An earlier run of this action has exchanged it.
            return Domains.ChangedContact(shown(try await client.contactInfo(id)))
        }
        if role == .registrant {
            change.registrant = id
        } else {
            change.added.contacts = [EPPRole(type: role.rawValue, id: id)]
        }
        try await client.updateDomain(name, change)
        return Domains.ChangedContact(shown(try await client.contactInfo(id)))
    }

    // MARK: Codes

    /// Sets a new code, which is then the only one that counts.
    func setAuthCode(_ wanted: Domains.DomainIdentifier) async throws(ProviderError)
        -> Domains.GetEppCodeResult
    {
        let code = newAuthCode()
        try await client.updateDomain(wanted.domainName, EPPDomainChange(authCode: code))
        return Domains.GetEppCodeResult(eppCode: code)
    }
}

import AdapterKit
import Models

extension NamecheapProvider {
    func updateRegistrantContact(
        _ wanted: Domains.UpdateRegistrantContactParameters
    ) async throws(ProviderError) -> Domains.ChangedContact {
        try await updateContact(
            Domains.UpdateContactParameters(
                sld: wanted.sld, tld: wanted.tld, contact: wanted.contact, contactType: "registrant"))
    }

    /// All four contacts are set at once, so that the other three are sent as they are.
    func updateContact(
        _ wanted: Domains.UpdateContactParameters
    ) async throws(ProviderError) -> Domains.ChangedContact {
        guard let role = NamecheapContacts.Role(type: wanted.contactType) else {
            throw ProviderError(.invalidInput, "There is no such contact.")
        }
        var contacts = try await api.getContacts(wanted.domainName)
        try contacts.set(role, wanted.contact)
        try await api.setContacts(wanted.domainName, contacts)
        guard let changed = try await api.getContacts(wanted.domainName)[role] else {
            throw ProviderError(
                .providerUnavailable, details: ["problem": "The contact is not shown after its change."],
                mayHaveTakenEffect: true)
        }
        return Domains.ChangedContact(changed)
    }

    func updateNameservers(
        _ wanted: Domains.UpdateNameserversParameters
    ) async throws(ProviderError) -> Domains.Nameservers {
        let hosts = wanted.list.map(\.host)
        let ownCount = hosts.count { $0.lowercased().hasSuffix(".registrar-servers.com") }
        switch ownCount {
        case 0:
            try await api.setNameservers(name: wanted.nameWithoutEnding, ending: wanted.ending, hosts)
        case hosts.count:
            try await api.setDefaultNameservers(name: wanted.nameWithoutEnding, ending: wanted.ending)
        default:
            throw ProviderError(
                .invalidInput, "The registrar's own nameservers cannot be mixed with others.")
        }
        let after = try await api.getNameservers(name: wanted.nameWithoutEnding, ending: wanted.ending)
        return Domains.Nameservers(after.map { Domains.Nameserver(host: $0) })
    }

    func setLock(_ wanted: Domains.SetLockParameters) async throws(ProviderError) -> Domains.DomainInfo {
        guard NamecheapEnding.hasLock(wanted.ending) else {
            throw ProviderError(.unsupported, "Domains of this ending have no lock.")
        }
        if try await api.getRegistrarLock(wanted.domainName) != wanted.lock {
            try await api.setRegistrarLock(wanted.domainName, wanted.lock)
        }
        return try await info(try await own(wanted), ending: wanted.ending)
    }
}

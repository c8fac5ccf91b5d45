import AdapterKit
import Models

extension NominetProvider {
    // MARK: Contacts

    func updateRegistrantContact(
        _ wanted: Domains.UpdateRegistrantContactParameters
    ) async throws(ProviderError) -> Domains.ChangedContact {
        try await change(wanted.contact, as: .registrant, of: wanted.domainName)
    }

    func updateContact(
        _ wanted: Domains.UpdateContactParameters
    ) async throws(ProviderError) -> Domains.ChangedContact {
        try await change(
            wanted.contact, as: try EPPContactRole(type: wanted.contactType), of: wanted.domainName)
    }

    /// Contacts cannot be exchanged, so they are changed where they stand.
    private func change(
        _ details: Domains.ContactDetails, as role: EPPContactRole, of name: String
    ) async throws(ProviderError) -> Domains.ChangedContact {
        let domain = try await client.domainInfo(name)
        guard let id = role == .registrant ? domain.registrant : domain.contact(role.rawValue) else {
            throw ProviderError(.unsupported, "The domain has no such contact, and cannot be given one.")
        }
        try await client.updateContact(id, details, postalForms: [.local])
        return Domains.ChangedContact(Domains.Contact(details))
    }

    // MARK: Giving away

    func updateIPSTag(
        _ wanted: Domains.UpdateIpsTagParameters
    ) async throws(ProviderError) -> ProviderAnswer<Domains.UpdateIpsTagResult> {
        let name = wanted.domainName
        if try await NominetAPI(client: client).release(name, to: wanted.ipsTag) {
            return .deferred(reference: name, pollAfter: EPPWaiting.pollInterval)
        }
        return .done(Domains.UpdateIpsTagResult())
    }

    func pollUpdateIPSTag(
        _ wanted: Domains.UpdateIpsTagParameters, reference: String
    ) async throws(ProviderError) -> ProviderAnswer<Domains.UpdateIpsTagResult> {
        if try await isOnAnotherTag(reference) { return .done(Domains.UpdateIpsTagResult()) }
        return .deferred(reference: reference, pollAfter: EPPWaiting.pollInterval)
    }

    /// The registry tells that a domain is on another tag, though not on which. It was on ours when the action was made.
    func observeUpdateIPSTag(
        _ wanted: Domains.UpdateIpsTagParameters
    ) async throws(ProviderError) -> Observation<Domains.UpdateIpsTagResult> {
        do throws(ProviderError) {
            return try await isOnAnotherTag(wanted.domainName)
                ? .done(Domains.UpdateIpsTagResult()) : .notDone
        } catch {
            // A domain that does not exist any more was not handed over.
            guard error.kind == .notFound else { throw error }
            return .unknown
        }
    }

    private func isOnAnotherTag(_ name: String) async throws(ProviderError) -> Bool {
        do throws(ProviderError) {
            _ = try await client.domainInfo(name)
            return false
        } catch {
            guard error.isNotInOurAccount else { throw error }
            return true
        }
    }

    // MARK: Status

    /// A domain that the registry does not tell of is free again, or another's.
    func getStatus(_ wanted: Domains.DomainIdentifier) async throws(ProviderError) -> Domains.GetStatusResult
    {
        let name = wanted.domainName
        if let domain = try await look(name) {
            let isExpired = domain.expiresAt.map { $0 <= context.clock.now } ?? false
            return Domains.GetStatusResult(
                status: isExpired ? "expired" : "active", expiresAt: domain.expiresAt?.plainText,
                rawStatuses: domain.statuses)
        }
        guard let answer = try await client.checkDomains([name]).first else {
            return Domains.GetStatusResult(status: "unknown")
        }
        let check: JSONValue = [
            "domain": .string(answer.name), "available": .bool(answer.isAvailable),
            "reason": answer.reason.map { .string($0) } ?? .null,
        ]
        return Domains.GetStatusResult(
            status: answer.isAvailable ? "cancelled" : "transferred_away",
            extra: ["availability_check": check])
    }
}

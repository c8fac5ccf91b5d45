import AdapterKit
import Models

extension DemoProvider {
    // MARK: Contacts

    func updateRegistrantContact(
        _ wanted: Domains.UpdateRegistrantContactParameters
    ) async throws(ProviderError) -> Domains.ChangedContact {
        try await put(wanted.contact, as: "registrant", of: wanted.domainName, by: "updateRegistrantContact")
    }

    func updateContact(
        _ wanted: Domains.UpdateContactParameters
    ) async throws(ProviderError) -> Domains.ChangedContact {
        try await put(wanted.contact, as: wanted.contactType, of: wanted.domainName, by: "updateContact")
    }

    /// A new holder has to confirm their details anew.
    private func put(
        _ details: Domains.ContactDetails, as role: String, of name: String, by function: String
    ) async throws(ProviderError) -> Domains.ChangedContact {
        let contact = Domains.Contact(details)
        _ = try await change(function, name) { domain, now in
            switch role {
            case "registrant":
                domain.registrant = contact
                domain.mailedAt = now
            case "billing": domain.billing = contact
            case "tech": domain.tech = contact
            case "admin": domain.admin = contact
            default: throw ProviderError(.invalidInput, "A domain has no such contact.")
            }
        }
        return Domains.ChangedContact(contact)
    }

    // MARK: Nameservers

    func updateNameservers(
        _ wanted: Domains.UpdateNameserversParameters
    ) async throws(ProviderError) -> Domains.Nameservers {
        let domain = try await change("updateNameservers", wanted.domainName) { domain, _ in
            domain.nameservers = wanted.list
        }
        return Domains.Nameservers(domain.nameservers)
    }

    func setGlueRecord(
        _ wanted: Domains.SetGlueRecordParameters
    ) async throws(ProviderError) -> Domains.GlueRecords {
        let hostname = wanted.hostname.lowercased()
        let domain = try await change("setGlueRecord", wanted.domainName) { domain, _ in
            guard hostname.hasSuffix(".\(domain.name)") else {
                throw ProviderError(.invalidInput, "The host name does not lie within the domain.")
            }
            let record = Domains.GlueRecord(hostname: hostname, ips: wanted.addresses)
            if let index = domain.glueRecords.firstIndex(where: { $0.hostname == hostname }) {
                domain.glueRecords[index] = record
            } else {
                domain.glueRecords.append(record)
            }
        }
        return Domains.GlueRecords(glueRecords: domain.glueRecords)
    }

    /// A record that is not there is as good as removed.
    func removeGlueRecord(
        _ wanted: Domains.RemoveGlueRecordParameters
    ) async throws(ProviderError) -> Domains.GlueRecords {
        let hostname = wanted.hostname.lowercased()
        let domain = try await change("removeGlueRecord", wanted.domainName) { domain, _ in
            domain.glueRecords.removeAll { $0.hostname == hostname }
        }
        return Domains.GlueRecords(glueRecords: domain.glueRecords)
    }

    // MARK: Settings

    func setLock(_ wanted: Domains.SetLockParameters) async throws(ProviderError) -> Domains.DomainInfo {
        try await change("setLock", wanted.domainName) { domain, _ in domain.isLocked = wanted.lock }.info
    }

    func setAutoRenew(
        _ wanted: Domains.SetAutoRenewParameters
    ) async throws(ProviderError) -> Domains.DomainInfo {
        try await change("setAutoRenew", wanted.domainName) { domain, _ in
            domain.renewsItself = wanted.autoRenew
        }.info
    }

    func resendVerificationEmail(
        _ wanted: Domains.DomainIdentifier
    ) async throws(ProviderError) -> Domains.ResendVerificationEmailResult {
        let message = try await change("resendVerificationEmail", wanted.domainName) { domain, now in
            guard !domain.isVerified(at: now) else {
                throw ProviderError(.rejected, "The holder has confirmed their details already.")
            }
            domain.mailedAt = now
        }.registrant?.email.map { "Sent to \($0)." }
        return Domains.ResendVerificationEmailResult(success: true, message: message ?? "Sent.")
    }

    // MARK: Giving away

    func updateIPSTag(
        _ wanted: Domains.UpdateIpsTagParameters
    ) async throws(ProviderError) -> Domains.UpdateIpsTagResult {
        let (name, now, actionID) = (wanted.domainName, now, context.actionID)
        try await registrar.change("updateIpsTag", subject: name) { registrar in
            let domain = try registrar.existing(name, at: now)
            guard domain.isUnderUK else {
                throw ProviderError(.unsupported, "Only domains under uk are handed over by a tag.")
            }
            try registrar.remove(domain, status: "transferred_away", by: actionID)
            try registrar.tell(
                .transferOut, "The domain was handed over to the tag \(wanted.ipsTag).", of: name, at: now)
        }
        return Domains.UpdateIpsTagResult()
    }

    func observeUpdateIPSTag(
        _ wanted: Domains.UpdateIpsTagParameters
    ) async throws(ProviderError) -> Observation<Domains.UpdateIpsTagResult> {
        let (name, actionID) = (wanted.domainName, context.actionID)
        return try await registrar.observe("updateIpsTag", subject: name) { registrar in
            guard let departure = try registrar.departure(of: name), let actionID,
                departure.madeBy == actionID
            else { return .notDone }
            return .done(Domains.UpdateIpsTagResult())
        }
    }

    // MARK: One domain

    private func change(
        _ function: String, _ name: String,
        _ change: @escaping @Sendable (inout DemoDomain, Timestamp) throws -> Void
    ) async throws(ProviderError) -> DemoDomain {
        let now = now
        return try await registrar.change(function, subject: name) { registrar in
            var domain = try registrar.existing(name, at: now)
            try change(&domain, now)
            domain.updatedAt = now
            try registrar.put(domain)
            return domain
        }
    }
}

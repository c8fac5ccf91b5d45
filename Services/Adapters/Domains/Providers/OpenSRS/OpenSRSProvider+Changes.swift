import AdapterKit
import Models

extension OpenSRSProvider {
    // MARK: Contacts

    func updateRegistrantContact(
        _ wanted: Domains.UpdateRegistrantContactParameters
    ) async throws(ProviderError) -> Domains.ChangedContact {
        try await updateContact(
            Domains.UpdateContactParameters(
                sld: wanted.sld, tld: wanted.tld, contact: wanted.contact, contactType: "registrant"))
    }

    func updateContact(
        _ wanted: Domains.UpdateContactParameters
    ) async throws(ProviderError) -> Domains.ChangedContact {
        let type = wanted.contactType == "registrant" ? "owner" : wanted.contactType
        try await api.updateContact(
            wanted.domainName, type: type,
            .contact(wanted.contact, state: wanted.contact.state ?? ""))
        var changed = Domains.ChangedContact(Domains.Contact(wanted.contact))
        changed.contactID = type
        return changed
    }

    // MARK: Nameservers

    func updateNameservers(
        _ wanted: Domains.UpdateNameserversParameters
    ) async throws(ProviderError) -> Domains.Nameservers {
        let before = try await api.get(wanted.domainName, type: "nameservers")
        let present = (before["nameserver_list"]?.arrayValue ?? []).compactMap {
            $0["name"]?.lenientText?.lowercased()
        }
        let hosts = wanted.list.map { $0.host.lowercased() }
        for host in hosts {
            guard try await !api.isKnown(nameserver: host, ending: wanted.ending) else { continue }
            try await api.addToRegistry(nameserver: host, ending: wanted.ending)
        }
        try await api.updateNameservers(
            wanted.domainName, adding: hosts, removing: present.filter { !hosts.contains($0) })
        return Domains.Nameservers(wanted.list)
    }

    /// The record is removed and made anew, as a change cannot take an address off it.
    func setGlueRecord(
        _ wanted: Domains.SetGlueRecordParameters
    ) async throws(ProviderError) -> Domains.GlueRecords {
        let host = try Self.host(wanted.hostname, in: wanted.domainName)
        let ipv6 = wanted.addresses.filter { $0.contains(":") }
        let ipv4 = wanted.addresses.filter { !$0.contains(":") }
        guard ipv4.count <= 1, ipv6.count <= 1 else {
            throw ProviderError(
                .invalidInput, "A glue record takes one IPv4 and one IPv6 address at most here.")
        }
        do throws(ProviderError) {
            try await api.deleteGlueRecord(host, of: wanted.domainName)
        } catch {
            guard error.kind == .notFound else { throw error }
        }
        try await api.createGlueRecord(host, of: wanted.domainName, ipv4: ipv4.first, ipv6: ipv6.first)
        return Domains.GlueRecords(glueRecords: try await api.glueRecords(of: wanted.domainName))
    }

    func removeGlueRecord(
        _ wanted: Domains.RemoveGlueRecordParameters
    ) async throws(ProviderError) -> Domains.GlueRecords {
        let host = try Self.host(wanted.hostname, in: wanted.domainName)
        try await api.deleteGlueRecord(host, of: wanted.domainName)
        return Domains.GlueRecords(glueRecords: try await api.glueRecords(of: wanted.domainName))
    }

    /// A host of the domain by its whole name: `ns1` is `ns1.example.com`.
    private static func host(_ name: String, in domain: String) throws(ProviderError) -> String {
        let name = name.lowercased()
        if name.hasSuffix(".\(domain)") { return name }
        guard !name.isEmpty, !name.contains(".") else {
            throw ProviderError(.invalidInput, "The host has to be within the domain.")
        }
        return "\(name).\(domain)"
    }

    // MARK: Switches

    func setLock(_ wanted: Domains.SetLockParameters) async throws(ProviderError) -> Domains.DomainInfo {
        try await api.modify([
            "domain": .text(wanted.domainName), "data": "status", "lock_state": wanted.lock ? "1" : "0",
        ])
        return try await info(try await own(wanted), of: wanted.domainName)
    }

    /// A domain that is not renewed by itself still has its holder reminded: it is not let go in silence.
    func setAutoRenew(
        _ wanted: Domains.SetAutoRenewParameters
    ) async throws(ProviderError) -> Domains.DomainInfo {
        try await api.modify([
            "domain": .text(wanted.domainName), "data": "expire_action",
            "auto_renew": wanted.autoRenew ? "1" : "0", "let_expire": "0",
        ])
        return try await info(try await own(wanted), of: wanted.domainName)
    }

    // MARK: Leaving

    func getEPPCode(
        _ wanted: Domains.DomainIdentifier
    ) async throws(ProviderError) -> Domains.GetEppCodeResult {
        let told = try await api.get(wanted.domainName, type: "domain_auth_info")
        if let code = told["domain_auth_info"]?.lenientText {
            context.secrets.add(code)
            return Domains.GetEppCodeResult(eppCode: code)
        }
        // Registries want up to 16 signs of every kind; 12 of them are left to chance.
        let code = String(RandomText.password().prefix(12)) + "aZ7-"
        context.secrets.add(code)
        try await api.setAuthInfo(wanted.domainName, code)
        return Domains.GetEppCodeResult(eppCode: code)
    }

    func updateIPSTag(
        _ wanted: Domains.UpdateIpsTagParameters
    ) async throws(ProviderError) -> Domains.UpdateIpsTagResult {
        try await api.modify([
            "affect_domains": "0", "change_tag_all": "0", "domain": .text(wanted.domainName),
            "data": "change_ips_tag", "gaining_registrar_tag": .text(wanted.ipsTag),
        ])
        return Domains.UpdateIpsTagResult()
    }

    /// A domain that has left the account without being deleted has been handed over.
    func observeUpdateIPSTag(
        _ wanted: Domains.UpdateIpsTagParameters
    ) async throws(ProviderError) -> Observation<Domains.UpdateIpsTagResult> {
        guard try await api.allInfo(wanted.domainName) == nil else { return .notDone }
        return try await api.isDeleted(wanted.domainName) ? .unknown : .done(Domains.UpdateIpsTagResult())
    }

    func resendVerificationEmail(
        _ wanted: Domains.DomainIdentifier
    ) async throws(ProviderError) -> Domains.ResendVerificationEmailResult {
        let word = try await api.sendVerificationEmail(wanted.domainName)
        return Domains.ResendVerificationEmailResult(success: true, message: word)
    }
}

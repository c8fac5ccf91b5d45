import AdapterKit
import Models

extension OpenSRSProvider {
    /// How long to wait before looking again: 10 min at an order, 30 min at a transfer.
    private static var orderPause: Duration { .seconds(600) }
    private static var transferPause: Duration { .seconds(1_800) }

    // MARK: Registering

    func register(
        _ wanted: Domains.RegisterParameters
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        let nameservers = wanted.nameservers.list.enumerated().map { index, nameserver -> XCPValue in
            ["name": .text(nameserver.host), "sortorder": .text("\(index + 1)")]
        }
        let additional = try AdditionalFields(wanted.additionalFields).fields.map {
            ($0.name, XCPValue.text($0.value))
        }
        let receipt = try await api.register(
            .members(
                [
                    ("f_whois_privacy", wanted.whoisPrivacy == true ? "1" : ""),
                    ("domain", .text(wanted.domainName)), ("reg_username", .text(RandomText.letters(12))),
                    ("reg_password", .text(newPassword())), ("handle", "process"),
                    ("period", .text("\(wanted.renewYears)")), ("reg_type", "new"),
                    ("custom_nameservers", "1"),
                    (
                        "contact_set",
                        try Self.contacts(
                            wanted.registrant, wanted.tech, wanted.admin, wanted.billing, emptiesState: false)
                    ), ("custom_tech_contact", "0"), ("nameserver_list", .list(nameservers)),
                ] + (additional.isEmpty ? [] : [("tld_data", .members(additional))])))
        let later = ProviderAnswer<Domains.DomainInfo>.deferred(
            reference: receipt.orderID ?? wanted.domainName, pollAfter: Self.orderPause)
        guard !receipt.isPending else { return later }
        do throws(ProviderError) {
            return .done(try await info(try await own(wanted), of: wanted.domainName))
        } catch {
            // The order stands by then, so that a failure to read only defers it.
            return later
        }
    }

    /// - Parameter reference: the order's id, or the domain where none was told.
    func pollRegister(
        _ wanted: Domains.RegisterParameters, reference: String
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        if reference != wanted.domainName, let status = try await api.orderStatus(reference) {
            guard !["declined", "cancelled", "deleted"].contains(status) else {
                throw ProviderError(
                    .rejected, "The order for this domain was not approved.",
                    details: ["order": .string(reference), "status": .string(status)])
            }
            guard status == "completed" else {
                return .deferred(reference: reference, pollAfter: Self.orderPause)
            }
        }
        guard let domain = try await api.allInfo(wanted.domainName) else {
            return .deferred(reference: reference, pollAfter: Self.orderPause)
        }
        return .done(try await info(domain, of: wanted.domainName))
    }

    /// Looks for an order since the action was asked for, and for a domain with this holder.
    func observeRegister(
        _ wanted: Domains.RegisterParameters
    ) async throws(ProviderError) -> Observation<Domains.DomainInfo> {
        let orders = try await orders(wanted, type: "new")
        guard orders.contains(where: { !["declined", "cancelled", "deleted"].contains($0) }) else {
            return .notDone
        }
        guard orders.contains("completed"), let domain = try await api.allInfo(wanted.domainName),
            let email = wanted.registrant.register?.email.lowercased(),
            domain.owner?.email?.lowercased() == email
        else { return .unknown }
        return .done(try await info(domain, of: wanted.domainName))
    }

    // MARK: Transferring in

    func transfer(
        _ wanted: Domains.TransferParameters
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        if let running = try await api.transfersIn(wanted.domainName).first(where: \.isUnderWay) {
            return .deferred(
                reference: running.orderID ?? wanted.domainName, pollAfter: Self.transferPause)
        }
        if let domain = try await api.allInfo(wanted.domainName) {
            return .done(try await info(domain, of: wanted.domainName))
        }
        guard let registrant = wanted.registrant else {
            throw ProviderError(.invalidInput, "A transfer needs the holder of the domain.")
        }
        let receipt = try await api.register([
            "domain": .text(wanted.domainName),
            "reg_username": .text(wanted.domainName.filter { $0.isLetter || $0.isNumber }),
            "reg_password": .text(newPassword()), "auth_info": .text(wanted.eppCode ?? ""),
            "change_contact": "0", "handle": "process", "period": .text("\(wanted.renewYears ?? 1)"),
            "f_whois_privacy": wanted.whoisPrivacy == true ? "1" : "", "reg_type": "transfer",
            "custom_tech_contact": "0", "custom_nameservers": "0", "link_domains": "0",
            "contact_set": try Self.contacts(
                registrant, wanted.tech, wanted.admin, wanted.billing, emptiesState: true),
        ])
        return .deferred(reference: receipt.orderID ?? wanted.domainName, pollAfter: Self.transferPause)
    }

    /// - Parameter reference: the order's id, or the domain where none was told.
    func pollTransfer(
        _ wanted: Domains.TransferParameters, reference: String
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        if let domain = try await api.allInfo(wanted.domainName) {
            return .done(try await info(domain, of: wanted.domainName))
        }
        let order = try await api.transfersIn(wanted.domainName).first { $0.orderID == reference }
        guard order?.hasFailed != true else {
            throw ProviderError(
                .rejected, "The transfer has ended without the domain.",
                details: ["order": .string(reference), "status": .string(order?.status ?? "")])
        }
        return .deferred(reference: reference, pollAfter: Self.transferPause)
    }

    /// A transfer that is under way is not done: the function takes it up where it stands. A domain that is in the
    /// account is the action's doing where a transfer of it that was ordered since is completed.
    func observeTransfer(
        _ wanted: Domains.TransferParameters
    ) async throws(ProviderError) -> Observation<Domains.DomainInfo> {
        let transfers = try await api.transfersIn(wanted.domainName)
        guard !transfers.contains(where: \.isUnderWay) else { return .notDone }
        guard let domain = try await api.allInfo(wanted.domainName) else { return .notDone }
        let isOurs = transfers.contains { $0.isCompleted && context.canBeOurs(madeAt: $0.orderedAt) == true }
        return isOurs ? .done(try await info(domain, of: wanted.domainName)) : .unknown
    }

    // MARK: Renewing

    /// Guarded by the year of the present expiry: the vendor refuses the renewal of a domain that has another by then.
    func renew(_ wanted: Domains.RenewParameters) async throws(ProviderError) -> Domains.DomainInfo {
        let before = try await own(wanted)
        guard let year = before.expiryYear else {
            throw ProviderError(.providerUnavailable, details: ["problem": "The expiry is not told."])
        }
        do throws(ProviderError) {
            try await api.renew(wanted.domainName, years: wanted.renewYears, expiryYear: year)
        } catch {
            guard error.mayHaveTakenEffect, let renewed = await renewed(wanted, after: before) else {
                throw error
            }
            return Self.plainInfo(renewed, of: wanted.domainName)
        }
        return await infoAfterRenewal(wanted, before)
    }

    /// The domain, where it expires later than it did. It is not known where it cannot be read now.
    private func renewed(
        _ wanted: Domains.RenewParameters, after before: OpenSRSDomain
    ) async -> OpenSRSDomain? {
        do throws(ProviderError) {
            let domain = try await own(wanted)
            guard let now = domain.expiresAt, let then = before.expiresAt, now > then else { return nil }
            return domain
        } catch {
            return nil
        }
    }

    /// The renewal is done by then: where the domain cannot be read now, the new expiry follows from the one before.
    private func infoAfterRenewal(
        _ wanted: Domains.RenewParameters, _ before: OpenSRSDomain
    ) async -> Domains.DomainInfo {
        do throws(ProviderError) {
            return try await info(try await own(wanted), of: wanted.domainName)
        } catch {
            var info = Self.plainInfo(before, of: wanted.domainName)
            info.expiresAt = before.expiresAt?.adding(years: wanted.renewYears).plainText
            return info
        }
    }

    /// Only that it did not happen can be seen, by an expiry that is too early or by the orders; of these only the day is
    /// told, so that whose doing one is cannot be said.
    func observeRenew(
        _ wanted: Domains.RenewParameters
    ) async throws(ProviderError) -> Observation<Domains.DomainInfo> {
        if let expiry = try await own(wanted).expiresAt,
            context.isSurelyNotRenewed(expiringAt: expiry, years: wanted.renewYears)
        {
            return .notDone
        }
        return try await orders(wanted, type: "renewal").isEmpty ? .notDone : .unknown
    }

    // MARK: Parts

    /// The statuses of the orders since the day before the action, as only days are told, and in the vendor's time zone.
    private func orders(
        _ wanted: some NamedDomain & Sendable, type: String
    ) async throws(ProviderError) -> [String] {
        guard let askedAt = context.actionID?.madeAt else { return [] }
        let day = askedAt.advanced(by: .seconds(-86_400)).day
        return try await api.orders(wanted.domainName, type: type, since: day)
    }

    /// - Parameter emptiesState: whether a state that is not given is sent as an empty one.
    private static func contacts(
        _ registrant: Domains.ContactChoice, _ tech: Domains.ContactChoice?, _ admin: Domains.ContactChoice?,
        _ billing: Domains.ContactChoice?, emptiesState: Bool
    ) throws(ProviderError) -> XCPValue {
        func contact(_ choice: Domains.ContactChoice?) throws(ProviderError) -> XCPValue {
            let details = try (choice ?? registrant).fullDetails()
            return try .contact(details, state: details.state ?? (emptiesState ? "" : nil))
        }
        return [
            "owner": try contact(registrant), "tech": try contact(tech), "admin": try contact(admin),
            "billing": try contact(billing),
        ]
    }

    /// Of the account that a domain has at the vendor; nobody signs in there.
    private func newPassword() -> String {
        let password = RandomText.letters(16)
        context.secrets.add(password)
        return password
    }
}

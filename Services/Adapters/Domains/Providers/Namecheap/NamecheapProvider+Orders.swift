import AdapterKit
import Models

extension NamecheapProvider {
    /// How long to wait before looking at a transfer again: 30 min.
    private static let transferPause = Duration.seconds(1_800)
    /// Only days are told, and not of which time zone: 36 h.
    private static let dayTolerance = Duration.seconds(36 * 3_600)

    // MARK: Registering

    func register(_ wanted: Domains.RegisterParameters) async throws(ProviderError) -> Domains.DomainInfo {
        var contacts = NamecheapContacts()
        try contacts.set(.registrant, wanted.registrant.fullDetails())
        try contacts.set(.tech, wanted.tech.fullDetails())
        try contacts.set(.admin, wanted.admin.fullDetails())
        try contacts.set(.billing, wanted.billing.fullDetails())
        let additional = try AdditionalFields(wanted.additionalFields).fields
        guard let answer = try await api.check([wanted.domainName]).first, answer.isAvailable else {
            throw ProviderError(.alreadyExists, "This domain is not available.")
        }
        guard !answer.isPremium else {
            throw ProviderError(.rejected, "This domain has a price of its own and cannot be registered so.")
        }
        try await api.create(
            wanted.domainName, years: wanted.renewYears, nameservers: wanted.nameservers.list.map(\.host),
            contacts: contacts, hidesHolder: wanted.whoisPrivacy ?? false, additional: additional)
        return try await info(try await own(wanted), ending: wanted.ending)
    }

    /// Looks for a domain with this holder that is no older than the action.
    func observeRegister(
        _ wanted: Domains.RegisterParameters
    ) async throws(ProviderError) -> Observation<Domains.DomainInfo> {
        guard let domain = try await api.getInfo(wanted.domainName),
            context.canBeOurs(madeAt: domain.createdAt, tolerance: Self.dayTolerance) == true
        else { return .notDone }
        let info = try await info(domain, ending: wanted.ending)
        let email = wanted.registrant.register?.email.lowercased()
        return info.registrant?.email?.lowercased() == email ? .done(info) : .notDone
    }

    // MARK: Transferring in

    func transfer(
        _ wanted: Domains.TransferParameters
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        if let domain = try await api.getInfo(wanted.domainName) {
            return .done(try await info(domain, ending: wanted.ending))
        }
        if let running = try await api.transfers(.inProgress, of: wanted.domainName).first {
            return .deferred(reference: running.id, pollAfter: Self.transferPause)
        }
        let id = try await api.createTransfer(
            wanted.domainName, code: wanted.eppCode, years: wanted.renewYears ?? 1)
        return .deferred(reference: id ?? wanted.domainName, pollAfter: Self.transferPause)
    }

    /// - Parameter reference: the transfer's id, or the domain where none was told.
    func pollTransfer(
        _ wanted: Domains.TransferParameters, reference: String
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        if let domain = try await api.getInfo(wanted.domainName) {
            return .done(try await info(domain, ending: wanted.ending))
        }
        let cancelled = try await api.transfers(.cancelled, of: wanted.domainName)
        if let ended = cancelled.first(where: { $0.id == reference }) {
            throw ProviderError(
                .rejected, "The transfer has ended without the domain.",
                details: ["transfer": .string(ended.id), "status": .string(ended.status)])
        }
        return .deferred(reference: reference, pollAfter: Self.transferPause)
    }

    /// A transfer that is under way is not done: the function takes it up where it stands. A domain that is in the
    /// account is the action's doing where a transfer of it has been completed since.
    func observeTransfer(
        _ wanted: Domains.TransferParameters
    ) async throws(ProviderError) -> Observation<Domains.DomainInfo> {
        guard let domain = try await api.getInfo(wanted.domainName) else { return .notDone }
        let isRecent = try await api.transfers(.completed, of: wanted.domainName).contains {
            context.canBeOurs(madeAt: $0.changedAt, tolerance: Self.dayTolerance) == true
        }
        return isRecent ? .done(try await info(domain, ending: wanted.ending)) : .unknown
    }

    // MARK: Renewing

    /// The vendor takes no guard, so the expiry is looked at before, and again where the answer does not arrive.
    func renew(_ wanted: Domains.RenewParameters) async throws(ProviderError) -> Domains.DomainInfo {
        let before = try await own(wanted)
        do throws(ProviderError) {
            try await api.renew(wanted.domainName, years: wanted.renewYears)
        } catch {
            guard error.mayHaveTakenEffect, let renewed = await renewed(wanted, after: before) else {
                throw error
            }
            return Self.plainInfo(renewed)
        }
        return await infoAfterRenewal(wanted, before)
    }

    /// The domain, where it expires later than it did. It is not known where it cannot be read now.
    private func renewed(
        _ wanted: Domains.RenewParameters, after before: NamecheapDomain
    ) async -> NamecheapDomain? {
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
        _ wanted: Domains.RenewParameters, _ before: NamecheapDomain
    ) async -> Domains.DomainInfo {
        do throws(ProviderError) {
            return try await info(try await own(wanted), ending: wanted.ending)
        } catch {
            var info = Self.plainInfo(before)
            info.expiresAt = before.expiresAt?.adding(years: wanted.renewYears).plainText
            return info
        }
    }

    /// Only that it did not happen can be seen, by an expiry that is too early; whose doing a later one is cannot.
    func observeRenew(
        _ wanted: Domains.RenewParameters
    ) async throws(ProviderError) -> Observation<Domains.DomainInfo> {
        guard let expiry = try await own(wanted).expiresAt,
            context.isSurelyNotRenewed(expiringAt: expiry, years: wanted.renewYears)
        else { return .unknown }
        return .notDone
    }
}

import AdapterKit
import Models

extension LogicBoxesProvider {
    /// How long to wait before looking at an order again: 5 min for what the registry does, 30 min for what waits for
    /// people.
    private static var registryPause: Duration { .seconds(300) }
    private static var transferPause: Duration { .seconds(1_800) }

    // MARK: Registering

    func register(
        _ wanted: Domains.RegisterParameters
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        let (customerID, contacts) = try await contacts(
            wanted.registrant, wanted.admin, wanted.tech, wanted.billing, ending: wanted.ending)
        let order = LogicBoxesOrder(
            domain: wanted.domainName, customerID: customerID, contacts: contacts,
            hidesHolder: wanted.whoisPrivacy ?? false, nameservers: wanted.nameservers.list.map(\.host),
            additional: try AdditionalFields(wanted.additionalFields).fields)
        let receipt = try await api.register(order, years: wanted.renewYears)
        return await settled(receipt, domain: wanted.domainName, pause: Self.registryPause)
    }

    func pollRegister(
        _ wanted: Domains.RegisterParameters, reference: String
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        try await poll(reference, domain: wanted.domainName, pause: Self.registryPause)
    }

    /// Looks for a domain with this holder that is no older than the action.
    func observeRegister(
        _ wanted: Domains.RegisterParameters
    ) async throws(ProviderError) -> Observation<Domains.DomainInfo> {
        guard let domain = try await api.detailsByName(wanted.domainName) else {
            return try await api.hasPendingAction(on: wanted.domainName) == false ? .notDone : .unknown
        }
        let email = domain.registrant?.contact.email?.lowercased()
        let wantedEmail = wanted.registrant.register?.email.lowercased()
        guard context.canBeOurs(madeAt: domain.createdAt) == true, !domain.isGone,
            wantedEmail ?? email == email
        else { return .notDone }
        return domain.isActive ? .done(domain.info) : .unknown
    }

    // MARK: Transferring in

    func transfer(
        _ wanted: Domains.TransferParameters
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        if let domain = try await api.detailsByName(wanted.domainName), !domain.isGone {
            if domain.isBeingTransferred {
                return .deferred(reference: domain.orderID, pollAfter: Self.transferPause)
            }
            guard !domain.isAwaited else {
                throw ProviderError(
                    .rejected, "This domain is being registered.", details: Self.details(of: domain))
            }
            return .done(domain.info)
        }
        // An order that was accepted need not be among the domains yet.
        if context.attempt > 1, try await api.hasPendingAction(on: wanted.domainName) != false {
            return .deferred(reference: wanted.domainName, pollAfter: Self.transferPause)
        }
        guard try await api.validateTransfer(wanted.domainName) else {
            throw ProviderError(.rejected, "This domain cannot be transferred at the moment.")
        }
        guard let registrant = wanted.registrant else {
            throw ProviderError(.invalidInput, "A transfer needs the holder of the domain.")
        }
        let (customerID, contacts) = try await contacts(
            registrant, wanted.admin, wanted.tech, wanted.billing, ending: wanted.ending)
        let order = LogicBoxesOrder(
            domain: wanted.domainName, customerID: customerID, contacts: contacts,
            hidesHolder: wanted.whoisPrivacy ?? false)
        let receipt = try await api.transfer(order, authCode: wanted.eppCode)
        return await settled(receipt, domain: wanted.domainName, pause: Self.transferPause)
    }

    func pollTransfer(
        _ wanted: Domains.TransferParameters, reference: String
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        try await poll(reference, domain: wanted.domainName, pause: Self.transferPause)
    }

    /// A transfer that is under way is not done: the function takes it up where it stands. A domain that is in the
    /// account cannot be told from one that was there before.
    func observeTransfer(
        _ wanted: Domains.TransferParameters
    ) async throws(ProviderError) -> Observation<Domains.DomainInfo> {
        guard let domain = try await api.detailsByName(wanted.domainName), !domain.isGone else {
            return try await api.hasPendingAction(on: wanted.domainName) == false ? .notDone : .unknown
        }
        if domain.isBeingTransferred { return .notDone }
        return domain.isActive && context.canBeOurs(madeAt: domain.createdAt) == true
            ? .done(domain.info) : .unknown
    }

    // MARK: Orders

    /// What an accepted order has come to. It stands by then, so that a failure to read only defers it.
    private func settled(
        _ receipt: LogicBoxesReceipt, domain: String, pause: Duration
    ) async -> ProviderAnswer<Domains.DomainInfo> {
        let later = ProviderAnswer<Domains.DomainInfo>.deferred(
            reference: receipt.orderID ?? domain, pollAfter: pause)
        do throws(ProviderError) {
            guard let details = try await api.detailsByName(domain), details.isActive else { return later }
            return .done(details.info)
        } catch {
            return later
        }
    }

    /// - Parameter reference: the order's id, or the domain where none was told.
    private func poll(
        _ reference: String, domain: String, pause: Duration
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        let found =
            reference == domain
            ? try await api.detailsByName(domain) : try await api.details(orderID: reference)
        // An order that was just accepted is not shown at once.
        guard let found else { return .deferred(reference: reference, pollAfter: pause) }
        guard !found.isGone else {
            throw ProviderError(
                .rejected, "The order for this domain has ended without it.",
                details: Self.details(of: found))
        }
        return found.isActive ? .done(found.info) : .deferred(reference: reference, pollAfter: pause)
    }

    // MARK: Renewing

    /// Guarded by the present expiry: the vendor refuses the renewal of a domain that has another by then.
    func renew(
        _ wanted: Domains.RenewParameters
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        let domain = try await active(wanted)
        guard let expiry = domain.expirySeconds else {
            throw ProviderError(.providerUnavailable, details: ["problem": "The expiry is not told."])
        }
        do throws(ProviderError) {
            let receipt = try await api.renew(
                orderID: domain.orderID, years: wanted.renewYears, expiry: expiry)
            guard receipt.isDone else {
                return .deferred(reference: "\(expiry)", pollAfter: Self.registryPause)
            }
        } catch {
            guard error.mayHaveTakenEffect, let renewed = await renewed(wanted, after: expiry) else {
                throw error
            }
            return .done(renewed.info)
        }
        var info = domain.info
        info.expiresAt = domain.expiresAt?.adding(years: wanted.renewYears).plainText
        return .done(info)
    }

    /// The domain, where it expires later than it did. It is not known where it cannot be read now.
    private func renewed(_ wanted: Domains.RenewParameters, after expiry: Int) async -> LogicBoxesDomain? {
        do throws(ProviderError) {
            let domain = try await active(wanted)
            return domain.expirySeconds.map { $0 > expiry } == true ? domain : nil
        } catch {
            return nil
        }
    }

    /// - Parameter reference: the expiry before, in seconds since 1970.
    func pollRenew(
        _ wanted: Domains.RenewParameters, reference: String
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        let domain = try await active(wanted)
        guard let before = Int(reference), let expiry = domain.expirySeconds, expiry > before else {
            return .deferred(reference: reference, pollAfter: Self.registryPause)
        }
        return .done(domain.info)
    }

    /// Only that it did not happen can be seen, by an expiry that is too early; whose doing a later one is cannot.
    func observeRenew(
        _ wanted: Domains.RenewParameters
    ) async throws(ProviderError) -> Observation<Domains.DomainInfo> {
        guard let expiry = try await active(wanted).expiresAt,
            context.isSurelyNotRenewed(expiringAt: expiry, years: wanted.renewYears),
            try await api.hasPendingAction(on: wanted.domainName) == false
        else { return .unknown }
        return .notDone
    }
}

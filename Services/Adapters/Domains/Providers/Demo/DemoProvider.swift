import AdapterKit
import Models

/// A simulated registrar: the template for other providers, for the first run, and for tests end to end.
///
/// - SeeAlso: `Simulator` for what it keeps and how it misbehaves.
struct DemoProvider: DomainsProvider {
    typealias Configuration = DomainsDemoContract.Configuration
    static let contract = DomainsDemoContract.descriptor

    static var functions: DomainsFunctions<Self> {
        DomainsFunctions(
            poll: .init(Self.poll),
            domainAvailabilityCheck: .init(Self.checkAvailability),
            register: .init(Self.register, observe: Self.observeRegister),
            transfer: .init(
                deferring: Self.transfer, poll: Self.pollTransfer, observe: Self.observeTransfer),
            renew: .init(Self.renew, observe: Self.observeRenew),
            getInfo: .init(Self.getInfo),
            updateRegistrantContact: .init(Self.updateRegistrantContact),
            updateContact: .init(Self.updateContact),
            updateNameservers: .init(Self.updateNameservers),
            setLock: .init(Self.setLock),
            setAutoRenew: .init(Self.setAutoRenew),
            getEPPCode: .init(Self.getEPPCode),
            updateIPSTag: .init(Self.updateIPSTag, observe: Self.observeUpdateIPSTag),
            getVerificationStatus: .init(Self.getVerificationStatus),
            resendVerificationEmail: .init(Self.resendVerificationEmail),
            setGlueRecord: .init(Self.setGlueRecord),
            removeGlueRecord: .init(Self.removeGlueRecord),
            getStatus: .init(Self.getStatus))
    }

    let registrar: Simulation
    let context: ProviderContext
    private let transferTime: Duration

    init(configuration: Configuration, context: ProviderContext) {
        self.context = context
        registrar = Simulation(context, category: "domains", settings: configuration)
        transferTime = .seconds(min(max(0, configuration.transferSeconds ?? 2), 600_000))
    }

    var now: Timestamp { context.clock.now }

    func testConnection() async throws(ProviderError) -> String {
        try await registrar.read("testConnection", subject: "account") { _ in }
        return "The simulated registrar answers."
    }

    // MARK: Registering

    func register(_ wanted: Domains.RegisterParameters) async throws(ProviderError) -> Domains.DomainInfo {
        let (name, now, actionID) = (wanted.domainName, now, context.actionID)
        return try await registrar.change("register", subject: name) { registrar in
            guard try registrar.domain(name, at: now) == nil, try registrar.transfer(of: name) == nil,
                try !registrar.isTakenElsewhere(name)
            else { throw ProviderError(.alreadyExists, "This domain is registered already.") }
            var domain = DemoDomain(wanted, at: now)
            domain.madeBy = actionID
            try registrar.add(domain)
            return domain.info
        }
    }

    /// A domain is this action's if it carries its id, as a customer reference would be at a real registrar.
    func observeRegister(
        _ wanted: Domains.RegisterParameters
    ) async throws(ProviderError) -> Observation<Domains.DomainInfo> {
        try await observe("register", wanted.domainName)
    }

    private func observe(
        _ function: String, _ name: String
    ) async throws(ProviderError) -> Observation<Domains.DomainInfo> {
        let (now, actionID) = (now, context.actionID)
        return try await registrar.observe(function, subject: name) { registrar in
            guard let domain = try registrar.domain(name, at: now), let actionID, domain.madeBy == actionID
            else { return .notDone }
            return .done(domain.info)
        }
    }

    // MARK: Bringing in

    /// Takes up what this action began already, if it did.
    func transfer(
        _ wanted: Domains.TransferParameters
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        let (name, now, actionID, transferTime) = (wanted.domainName, now, context.actionID, transferTime)
        let begun: Observation<Duration> = try await registrar.observe("transfer", subject: name) {
            registrar in
            guard let begun = try registrar.transfer(of: name), let actionID, begun.madeBy == actionID else {
                return .notDone
            }
            return .done(now.duration(to: begun.arrivesAt))
        }
        if case .done(let rest) = begun { return .deferred(reference: name, pollAfter: max(rest, .zero)) }
        return try await registrar.change("transfer", subject: name) { registrar in
            guard try registrar.domain(name, at: now) == nil else {
                throw ProviderError(.alreadyExists, "This domain is in the account already.")
            }
            guard try registrar.transfer(of: name) == nil else {
                throw ProviderError(.alreadyExists, "This domain is on its way already.")
            }
            var domain = try Self.domainElsewhere(wanted, in: registrar, at: now)
            domain.madeBy = actionID
            let transfer = DemoTransfer(
                domain: domain, arrivesAt: now.advanced(by: transferTime), madeBy: actionID)
            try registrar.begin(transfer)
            return .deferred(reference: name, pollAfter: transferTime)
        }
    }

    /// The domain as it will be once it is here.
    private static func domainElsewhere(
        _ wanted: Domains.TransferParameters, in registrar: SimulatorTransaction, at now: Timestamp
    ) throws -> DemoDomain {
        let name = wanted.domainName
        let known = try registrar.domainElsewhere(name)
        if known?.isLocked == true {
            throw ProviderError(.rejected, "The domain is locked at the registrar that has it.")
        }
        if let code = known?.eppCode, code != wanted.eppCode {
            throw ProviderError(.rejected, "The authorisation code is not right.")
        }
        var domain =
            known
            ?? DemoDomain(name: name, createdAt: now.adding(years: -1), expiresAt: now.adding(years: 1))
        domain.registrant = wanted.registrant?.demoContact
        domain.billing = wanted.billing?.demoContact
        domain.tech = wanted.tech?.demoContact
        domain.admin = wanted.admin?.demoContact
        domain.hidesHolder = wanted.whoisPrivacy
        domain.eppCode = RandomText.password()
        domain.isLocked = false
        domain.updatedAt = now
        domain.expiresAt = domain.expiresAt.adding(years: max(0, wanted.renewYears ?? 0))
        return domain
    }

    func pollTransfer(
        _ wanted: Domains.TransferParameters, reference: String
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        let now = now
        return try await registrar.read("transfer", subject: reference) { registrar in
            if let domain = try registrar.domain(reference, at: now) { return .done(domain.info) }
            guard let transfer = try registrar.transfer(of: reference) else {
                throw ProviderError(.notFound, "The domain is not on its way any more.")
            }
            return .deferred(reference: reference, pollAfter: now.duration(to: transfer.arrivesAt))
        }
    }

    /// A domain still on its way is not done: `transfer` then takes up what this action began.
    func observeTransfer(
        _ wanted: Domains.TransferParameters
    ) async throws(ProviderError) -> Observation<Domains.DomainInfo> {
        try await observe("transfer", wanted.domainName)
    }

    // MARK: Renewing

    /// A repeat of the action that renewed it last only says how the domain is now.
    func renew(_ wanted: Domains.RenewParameters) async throws(ProviderError) -> Domains.DomainInfo {
        if case .done(let info) = try await observeRenew(wanted) { return info }
        let (name, now, actionID) = (wanted.domainName, now, context.actionID)
        return try await registrar.change("renew", subject: name) { registrar in
            var domain = try registrar.existing(name, at: now)
            guard actionID == nil || domain.renewedBy != actionID else {
                throw ProviderError(.rejected, "The domain was renewed by this action already.")
            }
            let expiry = domain.expiresAt.adding(years: max(1, wanted.renewYears))
            guard expiry <= now.adding(years: 10) else {
                throw ProviderError(.rejected, "A domain can be paid for ten years ahead at most.")
            }
            domain.expiresAt = expiry
            domain.updatedAt = now
            domain.renewedBy = actionID
            try registrar.put(domain)
            try registrar.tell(.renewed, "The domain was renewed.", of: name, at: now)
            return domain.info
        }
    }

    func observeRenew(
        _ wanted: Domains.RenewParameters
    ) async throws(ProviderError) -> Observation<Domains.DomainInfo> {
        let (name, now, actionID) = (wanted.domainName, now, context.actionID)
        return try await registrar.observe("renew", subject: name) { registrar in
            guard let domain = try registrar.domain(name, at: now), let actionID,
                domain.renewedBy == actionID
            else { return .notDone }
            return .done(domain.info)
        }
    }
}

extension DomainsDemoContract.Configuration: SimulatorSettings {}

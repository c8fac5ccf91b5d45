import AdapterKit
import Models

/// Domains of a reseller account at LogicBoxes, or at a registrar that runs on it.
///
/// - SeeAlso: https://manage.logicboxes.com/kb/answer/744
struct LogicBoxesProvider<Brand: LogicBoxesBrand>: DomainsProvider {
    typealias Configuration = Brand.Configuration
    static var contract: ProviderDescriptor { Brand.contract }

    static var functions: DomainsFunctions<Self> {
        DomainsFunctions(
            register: .init(
                deferring: Self.register, poll: Self.pollRegister, observe: Self.observeRegister),
            transfer: .init(
                deferring: Self.transfer, poll: Self.pollTransfer, observe: Self.observeTransfer),
            renew: .init(deferring: Self.renew, poll: Self.pollRenew, observe: Self.observeRenew),
            getInfo: .init(Self.getInfo),
            updateRegistrantContact: .init(Self.updateRegistrantContact),
            updateContact: .init(Self.updateContact),
            updateNameservers: .init(Self.updateNameservers),
            setLock: .init(Self.setLock),
            getEPPCode: .init(Self.getEPPCode),
            updateIPSTag: .init(Self.updateIPSTag, observe: Self.observeUpdateIPSTag),
            getStatus: .init(Self.getStatus))
    }

    let context: ProviderContext
    let api: LogicBoxesAPI

    init(configuration: Configuration, context: ProviderContext) {
        self.context = context
        api = LogicBoxesAPI(
            resellerID: configuration.resellerID, apiKey: configuration.apiKey,
            isSandbox: configuration.sandbox ?? false, transport: context.transport,
            secrets: context.secrets)
    }

    func testConnection() async throws(ProviderError) -> String {
        _ = try await api.available(name: "example", ending: "com")
        return "Signed in as reseller \(api.resellerID)."
    }

    // MARK: Looking things up

    func getInfo(_ wanted: Domains.DomainIdentifier) async throws(ProviderError) -> Domains.DomainInfo {
        try await active(wanted).info
    }

    func getEPPCode(
        _ wanted: Domains.DomainIdentifier
    ) async throws(ProviderError) -> Domains.GetEppCodeResult {
        guard let domain = try await api.detailsByName(wanted.domainName, options: "OrderDetails") else {
            throw Self.unknown
        }
        guard let code = domain.secret else {
            throw ProviderError(.unsupported, "This domain has no authorisation code.")
        }
        return Domains.GetEppCodeResult(eppCode: code)
    }

    func getStatus(_ wanted: Domains.DomainIdentifier) async throws(ProviderError) -> Domains.GetStatusResult
    {
        if let domain = try await api.detailsByName(wanted.domainName), !domain.isGone {
            guard domain.isActive else {
                return Domains.GetStatusResult(
                    status: "unknown", expiresAt: domain.expiresAt?.plainText, rawStatuses: [domain.status])
            }
            let isExpired = domain.expiresAt.map { $0 < context.clock.now } ?? false
            return Domains.GetStatusResult(
                status: isExpired ? "expired" : "active", expiresAt: domain.expiresAt?.plainText)
        }
        let answer = try await api.available(name: wanted.nameWithoutEnding, ending: wanted.ending)
        let word = answer[wanted.domainName]?["status"]?.lenientText
        let check: JSONValue = .object([
            "available": .bool(word == "available"), "status": word.map { .string($0) } ?? .null,
            "raw_response": answer,
        ])
        let status =
            switch word {
            case "available": "cancelled"
            case "regthroughothers": "transferred_away"
            default: "unknown"
            }
        return Domains.GetStatusResult(status: status, extra: ["availability_check": check])
    }

    // MARK: Parts of several functions

    static var unknown: ProviderError { ProviderError(.notFound, "This domain is not held here.") }

    /// A domain of the account that is registered.
    ///
    /// - Throws: `notFound` where there is none; `rejected` where it still waits for being registered.
    func active(_ wanted: some NamedDomain & Sendable) async throws(ProviderError) -> LogicBoxesDomain {
        guard let domain = try await api.detailsByName(wanted.domainName), !domain.isGone else {
            throw Self.unknown
        }
        guard !domain.isAwaited else {
            throw ProviderError(
                .rejected, "This domain is not active yet.", details: Self.details(of: domain))
        }
        return domain
    }

    static func details(of domain: LogicBoxesDomain) -> [String: JSONValue] {
        let facts = [
            ("order", domain.orderID), ("status", domain.status), ("action", domain.actionType),
            ("action_status", domain.actionDescription),
        ]
        return Dictionary(facts.compactMap { name, fact in fact.map { (name, .string($0)) } }) { $1 }
    }
}

import AdapterKit
import AdapterTestSupport
@testable import DomainsAdapter
import Models

/// Tells the simulated registrar of the domain that a recording takes for granted: the recorded demo made one up for
/// every name.
enum DemoPreparation {
    static func prepare(_ wireCase: WireCase, _ context: ProviderContext) async throws {
        guard wireCase.provider == "demo" else { return }
        let registrar = Simulation(
            context, category: "domains", settings: DomainsDemoContract.Configuration())
        let recorded = try? Domains.DomainInfo(json: wireCase.result)
        let years = wireCase.parameters["renew_years"]?.integerValue ?? 0
        switch wireCase.function {
        case "register", "poll": break
        case "domainAvailabilityCheck":
            let answers = try Domains.DomainAvailabilityCheckResult(json: wireCase.result)
            for answer in answers.domains ?? [] where !answer.canRegister {
                let domain = DemoDomain(name: answer.domain, recorded: nil, yearsAhead: 0)
                try await registrar.change("prepare", subject: domain.name) { try $0.addElsewhere(domain) }
            }
        case "transfer":
            var domain = DemoDomain(name: wireCase.domainName, recorded: recorded, yearsAhead: years)
            domain.eppCode = nil
            domain.isLocked = false
            let known = domain
            try await registrar.change("prepare", subject: known.name) { try $0.addElsewhere(known) }
        default:
            var domain = DemoDomain(name: wireCase.domainName, recorded: recorded, yearsAhead: years)
            domain.eppCode = wireCase.result["epp_code"]?.stringValue
            let known = domain
            try await registrar.change("prepare", subject: known.name) { try $0.add(known) }
        }
    }
}

extension WireCase {
    /// What is recorded to come of it; null where it is an error.
    fileprivate var result: JSONValue {
        if case .data(let data) = expected { data } else { .null }
    }

    fileprivate var domainName: String {
        Domains.DomainIdentifier(
            sld: parameters["sld"]?.stringValue ?? "", tld: parameters["tld"]?.stringValue ?? ""
        ).domainName
    }
}

extension DemoDomain {
    /// - Parameter yearsAhead: how many years the recorded result is paid for beyond what was before.
    fileprivate init(name: String, recorded: Domains.DomainInfo?, yearsAhead: Int) {
        let now = ManualAdapterClock.usualStart
        let expiry = recorded?.expiresAt.flatMap { Timestamp(written: $0) } ?? now.adding(years: 1)
        self.init(
            name: name,
            createdAt: recorded?.createdAt.flatMap { Timestamp(written: $0) } ?? now.adding(years: -1),
            expiresAt: expiry.adding(years: -yearsAhead))
        guard let recorded else { return }
        id = recorded.id
        registrant = recorded.registrant
        billing = recorded.billing
        tech = recorded.tech
        admin = recorded.admin
        nameservers = recorded.ns?.list ?? nameservers
        glueRecords = recorded.glueRecords ?? []
        statuses = recorded.statuses ?? statuses
        isLocked = recorded.locked
        updatedAt = recorded.updatedAt.flatMap { Timestamp(written: $0) } ?? updatedAt
    }
}

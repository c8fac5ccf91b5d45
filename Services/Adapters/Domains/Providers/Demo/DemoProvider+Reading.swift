import AdapterKit
import Models

extension DemoProvider {
    func checkAvailability(
        _ wanted: Domains.DomainAvailabilityCheckParameters
    ) async throws(ProviderError) -> Domains.DomainAvailabilityCheckResult {
        let now = now
        let answers = try await registrar.read("domainAvailabilityCheck", subject: wanted.sld) { registrar in
            try wanted.tlds.map { tld in
                let name = Domains.DomainIdentifier(sld: wanted.sld, tld: tld).domainName
                let isOurs = try registrar.domain(name, at: now) != nil
                let isTaken = try registrar.isTakenElsewhere(name)
                return Domains.Availability(
                    domain: name, tld: tld, canRegister: !isOurs && !isTaken, canTransfer: !isOurs && isTaken,
                    isPremium: false,
                    description: isOurs ? "Is in this account" : isTaken ? "Is taken" : "Is free")
            }
        }
        return Domains.DomainAvailabilityCheckResult(domains: answers)
    }

    func getInfo(_ wanted: Domains.DomainIdentifier) async throws(ProviderError) -> Domains.DomainInfo {
        try await domain("getInfo", wanted).info
    }

    func getEPPCode(
        _ wanted: Domains.DomainIdentifier
    ) async throws(ProviderError) -> Domains.GetEppCodeResult {
        let domain = try await domain("getEppCode", wanted)
        guard !domain.isUnderUK, let code = domain.eppCode else {
            throw ProviderError(
                .rejected, "This domain has no authorisation code. It is handed over by a tag.")
        }
        return Domains.GetEppCodeResult(eppCode: code)
    }

    /// Endings of two letters are a country's, and nobody has to confirm anything there.
    func getVerificationStatus(
        _ wanted: Domains.DomainIdentifier
    ) async throws(ProviderError) -> Domains.GetVerificationStatusResult {
        let domain = try await domain("getVerificationStatus", wanted)
        if wanted.ending.split(separator: ".").last?.count == 2 {
            return Domains.GetVerificationStatusResult(cctldVerificationStatus: "not_required")
        }
        guard let mailedAt = domain.mailedAt, !domain.isVerified(at: now) else {
            return Domains.GetVerificationStatusResult(icannVerificationStatus: "verified")
        }
        let deadline = mailedAt.advanced(by: .seconds(15 * 86_400))
        return Domains.GetVerificationStatusResult(
            icannVerificationStatus: "pending", verificationDeadline: deadline.plainText,
            daysToSuspend: Int(now.duration(to: deadline) / .seconds(86_400)), emailBounced: false)
    }

    func getStatus(_ wanted: Domains.DomainIdentifier) async throws(ProviderError) -> Domains.GetStatusResult
    {
        let (name, now) = (wanted.domainName, now)
        return try await registrar.read("getStatus", subject: name) { registrar in
            if let domain = try registrar.domain(name, at: now) {
                return Domains.GetStatusResult(
                    status: domain.expiresAt <= now ? "expired" : "active",
                    expiresAt: domain.expiresAt.plainText, rawStatuses: domain.statuses)
            }
            let departure = try registrar.departure(of: name)
            return Domains.GetStatusResult(
                status: departure?.status ?? "unknown", expiresAt: departure?.expiresAt.plainText)
        }
    }

    private func domain(
        _ function: String, _ wanted: Domains.DomainIdentifier
    ) async throws(ProviderError) -> DemoDomain {
        let (name, now) = (wanted.domainName, now)
        return try await registrar.read(function, subject: name) { try $0.existing(name, at: now) }
    }

    // MARK: Notices

    /// Every notice is given once: it is forgotten after it was stored.
    func poll(_ wanted: Domains.PollParameters) async throws(ProviderError) -> Domains.PollResult {
        let (now, limit) = (now, max(0, wanted.limit))
        let after = wanted.afterDate.flatMap { Timestamp(written: $0) }
        let found = try await registrar.read("poll", subject: "notices") { registrar in
            try registrar.arriveAll(at: now)
            return try registrar.notices(upTo: limit, after: after)
        }
        if !found.notices.isEmpty {
            try await context.notices.store(found.notices.map(\.notice), of: context.configurationID)
            try await registrar.change("poll", subject: "notices") { try $0.acknowledge(found.notices) }
        }
        return Domains.PollResult(
            countRemaining: found.waiting - found.notices.count,
            notifications: found.notices.map(\.notification))
    }
}

import AdapterKit
import Models

extension EPPProvider {
    /// The domain, where it is in our account.
    func arrived(_ name: String) async throws(ProviderError) -> Domains.DomainInfo? {
        guard let domain = try await look(name), isOurs(domain), !domain.isPending else { return nil }
        return try await describe(domain)
    }

    /// Asks for the domain, and looks whether it is there at once.
    func requestTransfer(
        _ wanted: Domains.TransferParameters, years: Int?, extensions: [XMLValue] = []
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        let name = wanted.domainName
        do throws(ProviderError) {
            try await client.requestTransfer(
                name, years: years, authCode: wanted.eppCode, extensions: extensions)
        } catch {
            // 2300: a transfer is under way. It may be ours, begun by an earlier run.
            guard error.resultCode == 2_300, Self.traits.tellsTransfers,
                try await client.queryTransfer(name, authCode: wanted.eppCode).requester
                    == client.account.user
            else { throw error }
        }
        do throws(ProviderError) {
            if let info = try await arrived(name) { return .done(info) }
        } catch {
            // It is asked for; how it is getting on can be read later.
            guard error.isRetriable else { throw error }
        }
        return .deferred(reference: name, pollAfter: EPPWaiting.pollInterval)
    }

    func pollTransfer(
        _ wanted: Domains.TransferParameters, reference: String
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        if let info = try await arrived(reference) { return .done(info) }
        if Self.traits.tellsTransfers { try await requireUnderWay(reference, authCode: wanted.eppCode) }
        return .deferred(reference: reference, pollAfter: EPPWaiting.pollInterval)
    }

    /// - Throws: `rejected` where the transfer was refused or called off.
    private func requireUnderWay(_ name: String, authCode: String?) async throws(ProviderError) {
        let status: String
        do throws(ProviderError) {
            status = try await client.queryTransfer(name, authCode: authCode).status
        } catch {
            guard error.resultCode == 2_301 else {
                // A registry that does not tell is asked for the domain again later.
                if error.isRetriable { throw error }
                return
            }
            throw ProviderError(.rejected, "The transfer is not under way any more.", details: error.details)
        }
        guard ["clientRejected", "clientCancelled", "serverCancelled"].contains(status) else { return }
        throw ProviderError(
            .rejected, "The transfer was refused or called off.", details: ["status": .string(status)])
    }

    /// A domain in our account was brought in by this action if it came since the action was made. One still on its way
    /// is not done: `transfer` then takes up what is under way.
    func observeTransfer(
        _ wanted: Domains.TransferParameters
    ) async throws(ProviderError) -> Observation<Domains.DomainInfo> {
        guard let domain = try await look(wanted.domainName), isOurs(domain), !domain.isPending else {
            return .notDone
        }
        guard let transferredAt = domain.transferredAt, let actionMadeAt else { return .unknown }
        guard transferredAt >= actionMadeAt.advanced(by: .zero - EPPWaiting.clockTolerance) else {
            return .notDone
        }
        return .done(try await describe(domain))
    }
}

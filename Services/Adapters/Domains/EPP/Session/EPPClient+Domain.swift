import AdapterKit
import Models

/// Whether a name is to be had.
struct EPPAvailability: Sendable, Equatable {
    var name: String
    var isAvailable: Bool
    /// Why not, in the registry's words.
    var reason: String?
}

extension EPPClient {
    /// - SeeAlso: RFC 5731, section 3.1.1
    func checkDomains(_ names: [String]) async throws(ProviderError) -> [EPPAvailability] {
        let data = try await send(.checkDomains(names)).data("chkData", of: .domain)
        return Self.availabilities(data)
    }

    static func availabilities(_ data: XMLValue?) -> [EPPAvailability] {
        data?.all("cd").compactMap { entry in
            guard let name = entry["name"], let text = name.content,
                let isAvailable = name.attribute("avail").flatMap({ JSONValue.string($0).lenientFlag })
            else { return nil }
            return EPPAvailability(name: text, isAvailable: isAvailable, reason: entry["reason"]?.content)
        } ?? []
    }

    /// - SeeAlso: RFC 5731, section 3.1.2
    func domainInfo(
        _ name: String, extensions: [XMLValue] = []
    ) async throws(ProviderError) -> EPPDomainInfo {
        try EPPDomainInfo(try await send(.domainInfo(name, extensions: extensions)))
    }

    /// - Returns: whether the registry still has to decide on it.
    /// - SeeAlso: RFC 5731, section 3.2.1
    func createDomain(_ new: EPPNewDomain) async throws(ProviderError) -> Bool {
        try await send(.createDomain(new, hosts: hosts)).isPending
    }

    /// - SeeAlso: RFC 5731, section 3.2.5
    func updateDomain(_ name: String, _ change: EPPDomainChange) async throws(ProviderError) {
        _ = try await send(.updateDomain(name, change, hosts: hosts))
    }

    /// - Returns: when it expires now, where the registry says so.
    /// - SeeAlso: RFC 5731, section 3.2.3
    func renewDomain(
        _ name: String, expiring day: String, years: Int
    ) async throws(ProviderError) -> Timestamp? {
        let response = try await send(.renewDomain(name, expiring: day, years: years))
        return response.data("renData", of: .domain)?["exDate"]?.content.flatMap { Timestamp(written: $0) }
    }

    /// - SeeAlso: RFC 5731, section 3.2.4
    func requestTransfer(
        _ name: String, years: Int? = nil, authCode: String?, extensions: [XMLValue] = []
    ) async throws(ProviderError) {
        _ = try await send(
            .transferDomain(name, .request, years: years, authCode: authCode, extensions: extensions))
    }

    /// - Returns: the status, as in `pending` or `serverApproved`, and who asked for it.
    /// - SeeAlso: RFC 5731, section 3.1.3
    func queryTransfer(
        _ name: String, authCode: String?
    ) async throws(ProviderError) -> (status: String, requester: String?) {
        let response = try await send(.transferDomain(name, .query, authCode: authCode))
        guard let data = response.data("trnData", of: .domain), let status = data["trStatus"]?.content else {
            throw ProviderError(
                .providerUnavailable, details: ["problem": "The answer is not about a transfer."])
        }
        return (status, data["reID"]?.content)
    }
}

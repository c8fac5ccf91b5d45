import AdapterKit
import Models

extension OpenSRSAPI {
    /// Whether the registry knows a nameserver.
    ///
    /// - SeeAlso: https://domains.opensrs.guide/docs/registry_check_nameserver
    func isKnown(nameserver: String, ending: String) async throws(ProviderError) -> Bool {
        let answer = try await read(
            "REGISTRY_CHECK_NAMESERVER", "NAMESERVER",
            ["tld": .text(ending), "fqdn": .text(nameserver)], accepted: [211, 212])
        return answer.code != 212
    }

    /// Makes a nameserver known to the registry.
    ///
    /// - SeeAlso: https://domains.opensrs.guide/docs/registry_add_ns
    func addToRegistry(nameserver: String, ending: String) async throws(ProviderError) {
        _ = try await change(
            "REGISTRY_ADD_NS", "NAMESERVER",
            ["tld": .text(ending), "fqdn": .text(nameserver), "all": "0"])
    }

    /// Gives a domain nameservers and takes others off it.
    ///
    /// - SeeAlso: https://domains.opensrs.guide/docs/advanced_update_nameservers
    func updateNameservers(
        _ domain: String, adding: [String], removing: [String]
    ) async throws(ProviderError) {
        func list(_ hosts: [String]) -> XCPValue { .list(hosts.map { .text($0) }) }
        _ = try await change(
            "ADVANCED_UPDATE_NAMESERVERS", "NAMESERVER",
            .members(
                [
                    ("domain", .text(domain)), ("op_type", "add_remove"), ("add_ns", list(adding)),
                ] + (removing.isEmpty ? [] : [("remove_ns", list(removing))])))
    }

    /// The nameservers within a domain.
    ///
    /// - SeeAlso: https://domains.opensrs.guide/docs/get-nameserver
    func glueRecords(of domain: String) async throws(ProviderError) -> [Domains.GlueRecord] {
        let attributes = try await read(
            "get", "nameserver", ["name": "all"], protocolFirst: true, domain: domain
        ).attributes
        return (attributes["nameserver_list"]?.arrayValue ?? []).compactMap { item in
            let addresses = ["ipaddress", "ipv6"].compactMap { item[$0]?.lenientText }
            return item["name"]?.lenientText.map { Domains.GlueRecord(hostname: $0, ips: addresses) }
        }
    }

    /// - SeeAlso: https://domains.opensrs.guide/docs/create-nameserver
    func createGlueRecord(
        _ host: String, of domain: String, ipv4: String?, ipv6: String?
    ) async throws(ProviderError) {
        let addresses = [("ipaddress", ipv4), ("ipv6", ipv6)].compactMap { name, address in
            address.map { (name, XCPValue.text($0)) }
        }
        _ = try await change(
            "create", "nameserver",
            .members([("name", .text(host)), ("domain", .text(domain))] + addresses), protocolFirst: true)
    }

    /// - SeeAlso: https://domains.opensrs.guide/docs/delete-nameserver
    func deleteGlueRecord(_ host: String, of domain: String) async throws(ProviderError) {
        _ = try await change(
            "delete", "nameserver", ["name": .text(host), "domain": .text(domain)], protocolFirst: true)
    }
}

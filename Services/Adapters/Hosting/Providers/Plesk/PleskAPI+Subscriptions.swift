import AdapterKit
import Models

/// Subscriptions, which the interface calls webspaces, and the sites in them.
extension PleskAPI {
    /// The subscriptions that fit; none where there is no such owner either.
    ///
    /// - SeeAlso:
    ///   https://docs.plesk.com/en-US/obsidian/api-rpc/reference/managing-subscriptions-webspaces/getting-information-about-subscriptions.33899
    func webspaces(_ filter: PleskWebspace.Filter) async throws(ProviderError) -> [PleskWebspace] {
        let dataset = ["gen_info", "stat", "hosting", "packages", "plan-items", "subscriptions"]
        let results = try await find(
            "webspace", "get", [filter.node, .node("dataset", dataset.map { .node($0) })])
        var webspaces: [PleskWebspace] = []
        // An owner without subscriptions is one result without an id.
        for result in results where result["id"] != nil {
            webspaces.append(try reading(PleskWebspace(result), of: "subscription"))
        }
        return webspaces
    }

    /// Opens a subscription.
    ///
    /// - SeeAlso:
    ///   https://docs.plesk.com/en-US/onyx/api-rpc/reference/managing-subscriptions/creating-a-subscription.33892
    func addWebspace(_ webspace: PleskNewWebspace) async throws(ProviderError) {
        _ = try await call("webspace", "add", webspace.nodes, timeLimit: Self.longTimeLimit)
    }

    /// - SeeAlso:
    ///   https://docs.plesk.com/en-US/12.5/api-rpc/reference/managing-subscriptions-webspaces/subscription-settings/general-subscription-information/node-gen_setup-type-setgensetuptype.33860/
    func setWebspace(name: String, status: Int) async throws(ProviderError) {
        _ = try await call(
            "webspace", "set",
            [
                PleskWebspace.Filter.name(name).node,
                .node("values", .node("gen_setup", .node("status", text: String(status)))),
            ])
    }

    /// Removes a subscription for good.
    ///
    /// - SeeAlso:
    ///   https://docs.plesk.com/en-US/onyx/api-rpc/about-xml-api/reference/managing-subscriptions/deleting-subscriptions.33914/
    func deleteWebspace(name: String) async throws(ProviderError) {
        _ = try await call(
            "webspace", "del", [PleskWebspace.Filter.name(name).node], timeLimit: Self.longTimeLimit)
    }

    /// Gives subscriptions another service plan.
    ///
    /// - SeeAlso:
    ///   https://docs.plesk.com/en-US/onyx/api-rpc/reference/managing-subscriptions/switching-a-subscription-to-a-different-service-plan.66391/
    func switchWebspaces(_ filter: PleskWebspace.Filter, planGUID: String) async throws(ProviderError) {
        _ = try await call(
            "webspace", "switch-subscription", [filter.node, .node("plan-guid", text: planGUID)])
    }

    /// A site by its name; nil where there is none.
    ///
    /// - SeeAlso:
    ///   https://docs.plesk.com/en-US/obsidian/api-rpc/about-xml-api/reference/managing-sites-domains/site-settings/general-site-information/node-getgen_info.66550
    func site(name: String) async throws(ProviderError) -> PleskSite? {
        let dataset = ["gen_info", "hosting", "stat", "prefs", "disk_usage"]
        let results = try await find(
            "site", "get",
            [
                .node("filter", .node("name", text: name)),
                .node("dataset", dataset.map { .node($0) }),
            ])
        guard let result = results.first else { return nil }
        return try reading(PleskSite(result), of: "site")
    }
}

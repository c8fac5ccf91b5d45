import AdapterKit
import Models

/// Who can own subscriptions: customers and resellers.
extension PleskAPI {
    /// One owner; nil where there is none.
    ///
    /// - SeeAlso: for customers
    ///   https://docs.plesk.com/en-US/obsidian/api-rpc/about-xml-api/reference/managing-customer-accounts/getting-information-about-customer-accounts.28790
    ///   and for resellers
    ///   https://docs.plesk.com/en-US/obsidian/api-rpc/reference/managing-reseller-accounts/reseller-settings/general-reseller-account-settings/type-resellergetgeninfo.60342
    func owner(
        _ role: PleskRole, _ filter: PleskOwner.Filter
    ) async throws(ProviderError) -> PleskOwner? {
        let results = try await find(
            role.rawValue, "get", [filter.node, .node("dataset", role.dataset.map { .node($0) })])
        guard let result = results.first else { return nil }
        return try reading(PleskOwner(result, role), of: role.rawValue)
    }

    /// Makes a customer.
    ///
    /// - Returns: its id.
    /// - SeeAlso:
    ///   https://docs.plesk.com/en-US/obsidian/api-rpc/about-xml-api/reference/managing-customer-accounts/creating-customer-accounts.28789
    func addCustomer(_ customer: PleskNewOwner) async throws(ProviderError) -> String {
        try await add(.customer, [.node(PleskRole.customer.generalInfo, customer.nodes)])
    }

    /// Makes a reseller with a reseller plan.
    ///
    /// - Returns: its id.
    /// - SeeAlso:
    ///   https://docs.plesk.com/en-US/onyx/api-rpc/reference/managing-reseller-accounts/creating-reseller-accounts.60297/
    func addReseller(_ reseller: PleskNewOwner, planID: String) async throws(ProviderError) -> String {
        try await add(
            .reseller,
            [.node(PleskRole.reseller.generalInfo, reseller.nodes), .node("plan-id", text: planID)])
    }

    private func add(_ role: PleskRole, _ content: [XMLValue]) async throws(ProviderError) -> String {
        let results = try await call(role.rawValue, "add", content, timeLimit: Self.longTimeLimit)
        do throws(ProviderError) {
            return try reading(results.first?["id"]?.content, of: "id")
        } catch {
            var error = error
            error.mayHaveTakenEffect = true
            throw error
        }
    }

    enum OwnerChange: Sendable {
        case password(String)
        case status(Int)

        var node: XMLValue {
            switch self {
            case .password(let password): .node("passwd", text: password)
            case .status(let status): .node("status", text: String(status))
            }
        }
    }

    /// Changes what is known of an owner.
    ///
    /// - SeeAlso: for customers
    ///   https://docs.plesk.com/en-US/obsidian/api-rpc/about-xml-api/reference/managing-customer-accounts/setting-customer-account-properties.28792
    ///   and for resellers
    ///   https://docs.plesk.com/en-US/onyx/api-rpc/reference/managing-reseller-accounts.60289/
    func set(_ role: PleskRole, login: String, _ change: OwnerChange) async throws(ProviderError) {
        _ = try await call(
            role.rawValue, "set",
            [
                PleskOwner.Filter.login(login).node,
                .node("values", .node(role.generalInfo, change.node)),
            ])
    }

    /// Removes an owner with all that it owns.
    ///
    /// - SeeAlso: for customers
    ///   https://docs.plesk.com/en-US/onyx/api-rpc/about-xml-api/reference/managing-customer-accounts/deleting-customer-accounts.28791
    ///   and for resellers
    ///   https://docs.plesk.com/en-US/onyx/api-rpc/reference/managing-reseller-accounts/removing-reseller-accounts.60343
    func delete(_ role: PleskRole, _ filter: PleskOwner.Filter) async throws(ProviderError) {
        _ = try await call(role.rawValue, "del", [filter.node], timeLimit: Self.longTimeLimit)
    }

    /// The domains of an owner; nil where there is no such owner.
    ///
    /// - SeeAlso: https://docs.plesk.com/en-US/obsidian/api-rpc/reference/managing-customer-accounts.28788
    func domains(_ role: PleskRole, login: String) async throws(ProviderError) -> PleskDomainList? {
        try await find(role.rawValue, "get-domain-list", [PleskOwner.Filter.login(login).node])
            .first.map(PleskDomainList.init)
    }

    /// Makes a reseller of a customer.
    ///
    /// - SeeAlso:
    ///   https://docs.plesk.com/en-US/onyx/api-rpc/about-xml-api/reference/managing-customer-accounts/upgrading-customer-account-to-reseller-account.60525
    func convertToReseller(login: String, plan: String) async throws(ProviderError) {
        _ = try await call(
            "customer", "convert-to-reseller",
            [PleskOwner.Filter.login(login).node, .node("reseller-plan-name", text: plan)])
    }

    /// Makes a customer of a reseller.
    ///
    /// - SeeAlso:
    ///   https://docs.plesk.com/en-US/obsidian/api-rpc/about-xml-api/reference/managing-reseller-plans/converting-resellers-into-customers.73474
    func convertToCustomer(login: String, plan: String) async throws(ProviderError) {
        _ = try await call(
            "reseller", "convert-to-customer",
            [PleskOwner.Filter.login(login).node, .node("plan-name", text: plan)])
    }

    /// Gives a reseller another reseller plan.
    ///
    /// - SeeAlso:
    ///   https://docs.plesk.com/en-US/obsidian/api-rpc/reference/managing-reseller-accounts/switching-reseller-accounts-to-different-reseller-plans.66530
    func switchReseller(login: String, planGUID: String) async throws(ProviderError) {
        _ = try await call(
            "reseller", "switch-subscription",
            [PleskOwner.Filter.login(login).node, .node("plan-guid", text: planGUID)])
    }
}

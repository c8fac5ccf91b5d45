import AdapterKit
import Models

/// The orchestrator interface of an Enhance cluster: one method an endpoint.
///
/// The token travels in the `Authorization` header.
///
/// - SeeAlso: https://apidocs.enhance.com/
struct EnhanceAPI: Sendable {
    let hostname: String
    /// One's own organisation.
    let orgID: String
    let accessToken: String
    let verifiesTLS: Bool
    let transport: any HTTPTransport

    // MARK: The cluster

    /// The panel's version; nil where what it says is none.
    ///
    /// - SeeAlso: https://apidocs.enhance.com/#/install/orchdVersion
    func version() async throws(ProviderError) -> EnhanceVersion? {
        EnhanceVersion(try await text("/version"))
    }

    /// The nameservers that one's customers are told of.
    ///
    /// - SeeAlso: https://apidocs.enhance.com/#/branding/getBranding
    func nameservers() async throws(ProviderError) -> [String] {
        let branding = try await get("/branding", [.init("orgId", orgID)]).json()
        return (branding["nameServers"]?.arrayValue ?? []).compactMap { $0["domain"]?.lenientText }
    }

    /// The group that a server belongs to; nil where it belongs to none.
    ///
    /// - SeeAlso: https://apidocs.enhance.com/#/servers/getServerInfo
    func serverGroupID(ofServer id: String) async throws(ProviderError) -> String? {
        try await get("/servers/\(HTTPRequest.segment(id))").json()["groupId"]?.lenientText
    }

    /// - SeeAlso: https://apidocs.enhance.com/#/servers/getServerGroups
    func serverGroups() async throws(ProviderError) -> [EnhanceServerGroup] {
        try await items("/servers/groups").compactMap(EnhanceServerGroup.init)
    }

    // MARK: Plans and customers

    /// One page of one's plans.
    ///
    /// - SeeAlso: https://apidocs.enhance.com/#/plans/getPlans
    func plans(_ page: Page) async throws(ProviderError) -> [EnhancePlan] {
        try await items("/orgs/\(orgID)/plans", page.fields).compactMap(EnhancePlan.init)
    }

    /// One page of one's customers, without those that were deleted.
    ///
    /// - SeeAlso: https://apidocs.enhance.com/#/customers/getOrgCustomers
    func customers(_ page: Page) async throws(ProviderError) -> [EnhanceCustomer] {
        try await items("/orgs/\(orgID)/customers", page.fields).compactMap(EnhanceCustomer.init)
    }

    /// - Returns: the id of the customer's organisation.
    /// - SeeAlso: https://apidocs.enhance.com/#/customers/createCustomer
    func createCustomer(name: String) async throws(ProviderError) -> String {
        try await create("/orgs/\(orgID)/customers", ["name": .string(name)])
    }

    /// Deletes a customer's organisation and what it has; it can be brought back for a time.
    ///
    /// - SeeAlso: https://apidocs.enhance.com/#/orgs/deleteOrg
    func deleteOrg(_ id: String) async throws(ProviderError) {
        try await delete("/orgs/\(HTTPRequest.segment(id))")
    }

    // MARK: Logins and members

    /// - Returns: the id of the login.
    /// - Throws: `alreadyExists` where the e-mail address has one.
    /// - SeeAlso: https://apidocs.enhance.com/#/logins/createLogin
    func createLogin(
        org: String, email: String, password: String, name: String
    ) async throws(ProviderError) -> String {
        try await create(
            "/logins",
            ["email": .string(email), "password": .string(password), "name": .string(name)],
            query: [.init("orgId", org)])
    }

    /// Sends the login's owner a message with which to choose a new password.
    ///
    /// - SeeAlso: https://apidocs.enhance.com/#/logins/startPasswordRecovery
    func startPasswordRecovery(org: String, email: String) async throws(ProviderError) {
        var request = request(.put, "/login/password-recovery", [.init("realmId", org)])
        request.body = .json(["email": .string(email)])
        _ = try await send(request)
    }

    /// Makes a login the owner of an organisation.
    ///
    /// - SeeAlso: https://apidocs.enhance.com/#/members/createMember
    func createOwner(org: String, loginID: String) async throws(ProviderError) {
        _ = try await create(
            "/orgs/\(HTTPRequest.segment(org))/members",
            ["loginId": .string(loginID), "roles": ["Owner"]])
    }

    /// The owner of an organisation; nil where it has none.
    ///
    /// - SeeAlso: https://apidocs.enhance.com/#/members/getMembers
    func owner(org: String) async throws(ProviderError) -> EnhanceMember? {
        let page = Page(offset: 0, limit: 10)
        let found = try await items(
            "/orgs/\(HTTPRequest.segment(org))/members", page.fields + [.init("search", "Owner")])
        return found.compactMap(EnhanceMember.init).first(where: \.isOwner)
    }

    /// A one-off address that signs a member in to the panel.
    ///
    /// - SeeAlso: https://apidocs.enhance.com/#/members/getOrgMemberLogin
    func memberLogin(org: String, memberID: String) async throws(ProviderError) -> String {
        try await text(
            "/orgs/\(HTTPRequest.segment(org))/members/\(HTTPRequest.segment(memberID))/sso")
    }

    // MARK: Subscriptions

    /// - Returns: the id of the subscription.
    /// - SeeAlso: https://apidocs.enhance.com/#/customers/createCustomerSubscription
    func createSubscription(customer: String, planID: Int) async throws(ProviderError) -> String {
        try await create(
            "/orgs/\(orgID)/customers/\(HTTPRequest.segment(customer))/subscriptions",
            ["planId": .integer(planID)])
    }

    /// The subscriptions of a customer.
    ///
    /// - SeeAlso: https://apidocs.enhance.com/#/customers/getCustomerSubscriptions
    func subscriptions(customer: String) async throws(ProviderError) -> [EnhanceSubscription] {
        try await items("/orgs/\(orgID)/customers/\(HTTPRequest.segment(customer))/subscriptions")
            .compactMap(EnhanceSubscription.init)
    }

    /// - Throws: `notFound` where there is none.
    /// - SeeAlso: https://apidocs.enhance.com/#/subscriptions/getSubscription
    func subscription(_ id: String, org: String) async throws(ProviderError) -> EnhanceSubscription {
        let response = try await get(try Self.path(ofSubscription: id, org: org))
        guard let subscription = EnhanceSubscription(try response.json()) else {
            throw response.unreadable("has no subscription")
        }
        return subscription
    }

    /// Moves a subscription to another plan, suspends it, or takes it up again.
    ///
    /// - Parameter changes: as in `{"planId": 7}` or `{"isSuspended": true}`.
    /// - SeeAlso: https://apidocs.enhance.com/#/subscriptions/updateSubscription
    func updateSubscription(
        _ id: String, org: String, _ changes: [String: JSONValue]
    ) async throws(ProviderError) {
        var request = request(.patch, try Self.path(ofSubscription: id, org: org))
        request.body = .json(.object(changes))
        _ = try await send(request)
    }

    /// Deletes a subscription and its websites; they can be brought back for a time.
    ///
    /// - SeeAlso: https://apidocs.enhance.com/#/subscriptions/deleteSubscription
    func deleteSubscription(_ id: String, org: String) async throws(ProviderError) {
        try await delete(try Self.path(ofSubscription: id, org: org))
    }

    private static func path(ofSubscription id: String, org: String) throws(ProviderError) -> String {
        try "/orgs/\(HTTPRequest.segment(org))/subscriptions/\(HTTPRequest.segment(id))"
    }

    struct Page: Sendable {
        var offset: Int
        var limit: Int

        fileprivate var fields: [HTTPRequest.Field] {
            [.init("offset", String(offset)), .init("limit", String(limit))]
        }
    }
}

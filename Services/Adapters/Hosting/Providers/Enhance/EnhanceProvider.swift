import AdapterKit
import Models

/// Hosting accounts on an Enhance cluster. An account is a subscription of a customer with its website; its name is
/// the e-mail address of the customer's owner.
///
/// - SeeAlso: https://apidocs.enhance.com/
struct EnhanceProvider: HostingProvider {
    typealias Configuration = HostingEnhanceContract.Configuration
    static let contract = HostingEnhanceContract.descriptor

    static var functions: HostingFunctions<Self> {
        HostingFunctions(
            create: .init(Self.create, observe: Self.observeCreate),
            getInfo: .init(Self.getInfo),
            getUsage: .init(Self.getUsage),
            getLoginURL: .init(Self.getLoginURL),
            changePassword: .init(Self.changePassword),
            changePackage: .init(Self.changePackage),
            suspend: .init(Self.suspend),
            unsuspend: .init(Self.unsuspend),
            terminate: .init(Self.terminate, observe: Self.observeTerminate))
    }

    /// The first version whose interface signs members in.
    private static let signOnVersion = EnhanceVersion(major: 9, minor: 0)

    let configuration: Configuration
    let context: ProviderContext
    let api: EnhanceAPI

    init(configuration: Configuration, context: ProviderContext) {
        self.configuration = configuration
        self.context = context
        api = EnhanceAPI(
            hostname: configuration.hostname, orgID: configuration.orgID,
            accessToken: configuration.accessToken,
            verifiesTLS: !(configuration.ignoreSslErrors ?? false), transport: context.transport)
    }

    func testConnection() async throws(ProviderError) -> String {
        let plans = try await api.plans(.init(offset: 0, limit: 10))
        let names = plans.isEmpty ? "none yet" : plans.map(\.name).joined(separator: ", ")
        return "Signed in to organisation \(configuration.orgID). Its first plans: \(names)."
    }

    // MARK: Looking things up

    func getInfo(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.AccountInfo {
        let org = try await org(account.customerID, ownedBy: account.username)
        return try await info(
            account.username, org: org, subscription: account.subscriptionID, domain: account.domain)
    }

    func getUsage(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.GetUsageResult {
        let org = try await org(account.customerID, ownedBy: account.username)
        let (subscription, _) = try await subscription(
            account.subscriptionID, org: org, domain: account.domain)
        let megabyte = 1_000_000.0
        return Hosting.GetUsageResult(
            usageData: Hosting.UsageData(
                diskMB: subscription.usage(of: "diskspace", unit: megabyte),
                bandwidthMB: subscription.usage(of: "transfer", unit: megabyte),
                websites: subscription.usage(of: "websites"),
                mailboxes: subscription.usage(of: "mailboxes")))
    }

    func getLoginURL(
        _ wanted: Hosting.GetLoginUrlParameters
    ) async throws(ProviderError) -> Hosting.GetLoginUrlResult {
        let org = try await org(wanted.customerID, ownedBy: wanted.username)
        if let version = try await api.version(), version < Self.signOnVersion {
            let site = try await existingWebsite(wanted, org: org)
            let page = try HTTPRequest(
                .get, host: configuration.hostname, path: "/websites/\(HTTPRequest.segment(site.id))")
            return Hosting.GetLoginUrlResult(loginURL: page.url)
        }
        if configuration.ssoDestination == "wordpress" {
            return Hosting.GetLoginUrlResult(loginURL: try await wordPressLogin(wanted, org: org))
        }
        let owner = try await owner(org)
        return Hosting.GetLoginUrlResult(
            loginURL: try await api.memberLogin(org: org, memberID: owner.id))
    }

    private func wordPressLogin(
        _ wanted: Hosting.GetLoginUrlParameters, org: String
    ) async throws(ProviderError) -> String {
        let site = try await existingWebsite(wanted, org: org)
        guard let app = try await api.wordPressID(website: site.id, org: org) else {
            throw ProviderError(.notFound, "No application to sign in to is installed.")
        }
        let user = try await api.defaultWordPressUserID(app: app, website: site.id, org: org)
        return try await api.wordPressLogin(user: user, app: app, website: site.id, org: org)
    }

    private func existingWebsite(
        _ wanted: Hosting.GetLoginUrlParameters, org: String
    ) async throws(ProviderError) -> EnhanceWebsite {
        let subscription = wanted.subscriptionID.nonEmpty
        guard let site = try await website(org: org, subscription: subscription, domain: wanted.domain)
        else { throw ProviderError(.notFound, "This account has no website yet.") }
        return site
    }

    // MARK: Changing accounts

    /// Has the panel ask the owner for a new password; it takes none from here.
    func changePassword(
        _ wanted: Hosting.ChangePasswordParameters
    ) async throws(ProviderError) -> Hosting.ChangePasswordResult {
        guard let org = wanted.customerID.nonEmpty else {
            throw ProviderError(.invalidInput, "It is not known which customer is meant.")
        }
        let owner = try await owner(org)
        try await api.startPasswordRecovery(org: org, email: owner.email)
        return Hosting.ChangePasswordResult()
    }

    func changePackage(
        _ wanted: Hosting.ChangePackageParameters
    ) async throws(ProviderError) -> Hosting.AccountInfo {
        guard wanted.asReseller != true else { throw Self.noResellers }
        let subscription = try Self.known(wanted.subscriptionID)
        let plan = try await plan(wanted.packageName)
        let org = try await org(wanted.customerID?.lenientText, ownedBy: wanted.username)
        try await api.updateSubscription(subscription, org: org, ["planId": .integer(plan.id)])
        return try await info(
            wanted.username, org: org, subscription: subscription, domain: wanted.domain)
    }

    func suspend(_ wanted: Hosting.SuspendParameters) async throws(ProviderError) -> Hosting.AccountInfo {
        let subscription = try Self.known(wanted.subscriptionID)
        let org = try await org(wanted.customerID, ownedBy: wanted.username)
        try await api.updateSubscription(subscription, org: org, ["isSuspended": true])
        var info = try await info(
            wanted.username, org: org, subscription: subscription, domain: wanted.domain)
        info.suspendReason = wanted.reason
        return info
    }

    func unsuspend(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.AccountInfo {
        let subscription = try Self.known(account.subscriptionID)
        let org = try await org(account.customerID, ownedBy: account.username)
        try await api.updateSubscription(subscription, org: org, ["isSuspended": false])
        return try await info(
            account.username, org: org, subscription: subscription, domain: account.domain)
    }

    func terminate(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.TerminateResult {
        let subscription = try Self.known(account.subscriptionID)
        let org = try await org(account.customerID, ownedBy: account.username)
        try await api.deleteSubscription(subscription, org: org)
        return Hosting.TerminateResult()
    }

    func observeTerminate(
        _ account: Hosting.Account
    ) async throws(ProviderError) -> Observation<Hosting.TerminateResult> {
        let subscription = try Self.known(account.subscriptionID)
        do throws(ProviderError) {
            let org = try await org(account.customerID, ownedBy: account.username)
            return try await api.subscription(subscription, org: org).isDeleted
                ? .done(Hosting.TerminateResult()) : .notDone
        } catch {
            guard error.kind == .notFound else { throw error }
            // Only the panel's own answer, which has a code, tells that it is gone.
            return error.details["code"] == nil ? .unknown : .done(Hosting.TerminateResult())
        }
    }

    static let noResellers = ProviderError(.unsupported, "This account cannot have reseller rights.")

    private static func known(_ subscription: String?) throws(ProviderError) -> String {
        guard let id = subscription.nonEmpty else {
            throw ProviderError(.invalidInput, "It is not known which subscription is meant.")
        }
        return id
    }
}

extension String? {
    /// The text, where there is one.
    var nonEmpty: String? { flatMap { $0.isEmpty ? nil : $0 } }
}

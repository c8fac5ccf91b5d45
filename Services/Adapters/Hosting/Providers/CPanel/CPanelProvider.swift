import AdapterKit
import Models

/// Hosting accounts on a cPanel & WHM server.
///
/// - SeeAlso: https://api.docs.cpanel.net/whm/introduction/
struct CPanelProvider: HostingProvider {
    typealias Configuration = HostingCpanelContract.Configuration
    static let contract = HostingCpanelContract.descriptor

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
            terminate: .init(Self.terminate, observe: Self.observeTerminate),
            grantReseller: .init(Self.grantReseller),
            revokeReseller: .init(Self.revokeReseller))
    }

    let configuration: Configuration
    let context: ProviderContext
    let api: CPanelAPI

    init(configuration: Configuration, context: ProviderContext) {
        self.configuration = configuration
        self.context = context
        api = CPanelAPI(
            hostname: configuration.hostname, whmUsername: configuration.whmUsername,
            apiKey: configuration.apiKey, verifiesTLS: configuration.verifyTls ?? true,
            transport: context.transport)
    }

    func testConnection() async throws(ProviderError) -> String {
        let count = try await api.applist().count
        return "Signed in as \(configuration.whmUsername), who may call \(count) functions."
    }

    // MARK: Looking things up

    func getInfo(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.AccountInfo {
        try await info(account.username, isReseller: account.isReseller)
    }

    func getUsage(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.GetUsageResult {
        let summary = try await existing(account.username)
        let bandwidth = try await api.showbw(user: account.username)
        let megabyte = 1_048_576.0
        let usage = Hosting.UsageData(
            diskMB: .init(used: summary.diskUsedMB, outOf: summary.diskLimitMB),
            bandwidthMB: .init(
                used: bandwidth.map { $0.usedBytes / megabyte },
                outOf: bandwidth?.limitBytes.map { $0 / megabyte }),
            inodes: .init(used: summary.inodesUsed, outOf: summary.inodesLimit))
        var result = Hosting.GetUsageResult(usageData: usage)
        if try await isReseller(account.username, known: account.isReseller) == true {
            let statistics = try await api.resellerstats(user: account.username)
            result.resellerUsageData = Hosting.ResellerUsageData(
                diskMB: .init(used: statistics.diskUsedMB, outOf: statistics.diskLimitMB),
                bandwidthMB: .init(used: statistics.bandwidthUsedMB, outOf: statistics.bandwidthLimitMB),
                subAccounts: .init(used: Double(statistics.accountCount), outOf: nil))
        }
        return result
    }

    func getLoginURL(
        _ wanted: Hosting.GetLoginUrlParameters
    ) async throws(ProviderError) -> Hosting.GetLoginUrlResult {
        guard wanted.username != "root" else {
            throw ProviderError(.rejected, "Nobody can be signed in to this account.")
        }
        let session = try await api.createUserSession(
            user: wanted.username, service: wanted.isReseller == true ? .whm : .cpanel)
        var url = session.url
        if let installation = try installation(wanted) {
            url +=
                "&goto_uri="
                + PercentEncoding.component(SoftaculousAPI.signOnPath(installation: installation))
        }
        return Hosting.GetLoginUrlResult(
            loginURL: url, expires: session.expiresAt?.plainText)
    }

    /// The installed application to sign in to, where the configuration wants that.
    private func installation(_ wanted: Hosting.GetLoginUrlParameters) throws(ProviderError) -> String? {
        switch configuration.ssoDestination {
        case "auto": return wanted.software?.installID
        case "softaculous_sso":
            guard let installation = wanted.software?.installID else {
                throw ProviderError(.invalidInput, "It is not known which application to sign in to.")
            }
            return installation
        default: return nil
        }
    }

    // MARK: Parts of several functions

    /// - Throws: `notFound` where there is no such account.
    func existing(_ username: String) async throws(ProviderError) -> CPanelAccount {
        guard let account = try await api.accountsummary(.user(username)) else {
            throw ProviderError(.notFound, "There is no account of this name.")
        }
        return account
    }

    /// Whether the account has reseller rights; nil where the token may not know.
    func isReseller(_ username: String, known: Bool?) async throws(ProviderError) -> Bool? {
        if let known { return known }
        guard try await api.applist().contains("listresellers") else { return nil }
        return try await api.listresellers().contains(username)
    }

    func info(_ username: String, isReseller known: Bool?) async throws(ProviderError) -> Hosting.AccountInfo
    {
        let account = try await existing(username)
        let nameservers = try await api.getNameserverConfig()
        let isReseller = try await isReseller(username, known: known)
        return info(account, nameservers: nameservers, isReseller: isReseller)
    }

    func info(_ account: CPanelAccount, nameservers: [String], isReseller: Bool?) -> Hosting.AccountInfo {
        Hosting.AccountInfo(
            username: account.user, domain: account.domain, reseller: isReseller,
            serverHostname: configuration.hostname, packageName: account.plan, suspended: account.isSuspended,
            suspendReason: account.suspendReason, ip: account.ip, nameservers: nameservers)
    }
}

extension Hosting.UnitsConsumed {
    /// - Parameter limit: nil or 0 where there is none.
    fileprivate init(used: Double?, outOf limit: Double?) {
        let limit = limit.flatMap { $0 > 0 ? $0 : nil }
        self.init(used: used.map(Self.rounded), limit: limit.map(Self.rounded))
        if let used, let limit, (used / limit).isFinite {
            usedPc = JSONValue.number(Self.rounded(used / limit * 100)).text + "%"
        }
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}

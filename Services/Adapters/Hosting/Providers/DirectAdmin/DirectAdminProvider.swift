import AdapterKit
import Models

/// Hosting accounts on a DirectAdmin server.
///
/// - SeeAlso: https://docs.directadmin.com/developer/api/
struct DirectAdminProvider: HostingProvider {
    typealias Configuration = HostingDirectAdminContract.Configuration
    static let contract = HostingDirectAdminContract.descriptor

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

    /// How long a sign-in address works: 30 min.
    private static let loginMinutes = 30

    private let configuration: Configuration
    private let context: ProviderContext
    private let api: DirectAdminAPI

    init(configuration: Configuration, context: ProviderContext) {
        self.configuration = configuration
        self.context = context
        api = DirectAdminAPI(
            hostname: configuration.hostname, port: configuration.port ?? DirectAdminAPI.defaultPort,
            username: configuration.username, password: configuration.password, transport: context.transport)
    }

    func testConnection() async throws(ProviderError) -> String {
        try await api.loginTest()
        return "Signed in as \(configuration.username)."
    }

    // MARK: Opening and removing accounts

    func create(_ wanted: Hosting.CreateParameters) async throws(ProviderError) -> Hosting.AccountInfo {
        let domain = try wanted.mainDomain()
        let api = try owner(of: wanted)
        let isReseller = wanted.asReseller ?? false
        guard !isReseller || wanted.customIP == nil else {
            throw ProviderError(.invalidInput, "A reseller's account cannot have an address of its own.")
        }
        let ip: String =
            if isReseller { "shared" } else if let ip = wanted.customIP { ip } else { try await freeIP(api) }
        let account = DirectAdminNewAccount(
            username: Self.username(wanted, domain), email: wanted.email,
            password: wanted.password ?? newPassword(), domain: domain, package: wanted.packageName, ip: ip,
            isReseller: isReseller, notifies: configuration.directAdminNotifyOnCreate ?? false)
        try await api.createAccount(account)
        return info(try await existing(account.username))
    }

    /// An account is taken for this action's if it has the name, e-mail address and domain that were wanted
    /// and is no older than the action.
    func observeCreate(
        _ wanted: Hosting.CreateParameters
    ) async throws(ProviderError) -> Observation<Hosting.AccountInfo> {
        let domain = try wanted.mainDomain()
        guard let account = try await api.userConfig(Self.username(wanted, domain)),
            account.domain?.lowercased() == domain
        else { return .notDone }
        guard let email = account.email, let createdAt = account.createdAt,
            let askedAt = context.actionID?.madeAt
        else { return .unknown }
        // The server's time zone may be 12 h behind, and its clock may differ by 10 min.
        let isNew = createdAt.advanced(by: .seconds(12 * 3_600 + 600)) >= askedAt
        return isNew && email.lowercased() == wanted.email.lowercased() ? .done(info(account)) : .notDone
    }

    func terminate(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.TerminateResult {
        try await api.delete(account.username)
        return Hosting.TerminateResult()
    }

    func observeTerminate(
        _ account: Hosting.Account
    ) async throws(ProviderError) -> Observation<Hosting.TerminateResult> {
        try await api.userConfig(account.username) == nil ? .done(Hosting.TerminateResult()) : .notDone
    }

    // MARK: Looking things up

    func getInfo(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.AccountInfo {
        info(try await existing(account.username))
    }

    func getUsage(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.GetUsageResult {
        let limits = try await existing(account.username)
        let usage = try await api.userUsage(account.username)
        return Hosting.GetUsageResult(
            usageData: Hosting.UsageData(
                diskMB: .init(used: usage.diskMB, outOf: limits.diskLimitMB),
                bandwidthMB: .init(used: usage.bandwidthMB, outOf: limits.bandwidthLimitMB),
                inodes: .init(used: usage.inodes, outOf: limits.inodeLimit)))
    }

    func getLoginURL(
        _ wanted: Hosting.GetLoginUrlParameters
    ) async throws(ProviderError) -> Hosting.GetLoginUrlResult {
        let account = try await existing(wanted.username)
        guard account.kind != .admin, account.username != configuration.username else {
            throw ProviderError(.rejected, "Nobody can be signed in to this account.")
        }
        let url = try await api.acting(as: account.username).createLoginURL(minutes: Self.loginMinutes)
        context.secrets.add(url)
        return Hosting.GetLoginUrlResult(
            loginURL: url,
            expires: context.clock.now.advanced(by: .seconds(Self.loginMinutes * 60)).plainText)
    }

    // MARK: Changing accounts

    func changePassword(
        _ wanted: Hosting.ChangePasswordParameters
    ) async throws(ProviderError) -> Hosting.ChangePasswordResult {
        try await api.setPassword(wanted.username, wanted.password)
        return Hosting.ChangePasswordResult()
    }

    func changePackage(
        _ wanted: Hosting.ChangePackageParameters
    ) async throws(ProviderError) -> Hosting.AccountInfo {
        let isReseller = try await existing(wanted.username).isReseller
        guard wanted.asReseller ?? isReseller == isReseller else {
            throw ProviderError(.unsupported, "Reseller rights cannot be changed with this product.")
        }
        try await api.changePackage(
            wanted.username, isReseller: isReseller, package: wanted.packageName)
        return info(try await existing(wanted.username))
    }

    func suspend(_ wanted: Hosting.SuspendParameters) async throws(ProviderError) -> Hosting.AccountInfo {
        try await api.suspend(wanted.username)
        return info(try await existing(wanted.username))
    }

    func unsuspend(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.AccountInfo {
        try await api.unsuspend(account.username)
        return info(try await existing(account.username))
    }

    // MARK: Parts

    /// - Throws: `notFound` where there is no such account.
    private func existing(_ username: String) async throws(ProviderError) -> DirectAdminAccount {
        guard let account = try await api.userConfig(username) else {
            throw ProviderError(.notFound, "There is no account of this name.")
        }
        return account
    }

    private func info(_ account: DirectAdminAccount) -> Hosting.AccountInfo {
        Hosting.AccountInfo(
            username: account.username, domain: account.domain, reseller: account.isReseller,
            serverHostname: configuration.hostname, packageName: account.package,
            suspended: account.isSuspended, suspendReason: account.suspendReason, ip: account.ip,
            nameservers: account.nameservers)
    }

    /// The interface in the name of the reseller who shall own the account.
    private func owner(of wanted: Hosting.CreateParameters) throws(ProviderError) -> DirectAdminAPI {
        guard let owner = wanted.ownerUsername, owner != configuration.username else { return api }
        return try api.acting(as: owner)
    }

    /// The first address of the kind that the configuration says. Where it says none, a free address, which
    /// one account has to itself from then on, is the last choice.
    private func freeIP(_ api: DirectAdminAPI) async throws(ProviderError) -> String {
        let wanted = configuration.ipStatus.flatMap { $0 == "auto" ? nil : $0 }
        var lastChoice: String?
        for ip in try await api.resellerIPs() {
            guard let status = try await api.resellerIPStatus(ip) else { continue }
            if let wanted {
                if status == wanted { return ip }
            } else if status == "server" || status == "shared" {
                return ip
            } else if status == "free", lastChoice == nil {
                lastChoice = ip
            }
        }
        guard let lastChoice else {
            throw ProviderError(
                .rejected,
                details: [
                    "problem": "There is no address for the account.", "ip_status": .string(wanted ?? "auto"),
                ])
        }
        return lastChoice
    }

    private static func username(_ wanted: Hosting.CreateParameters, _ domain: String) -> String {
        wanted.username ?? PanelUsername.make(from: domain, isUnique: true)
    }

    private func newPassword() -> String {
        let password = RandomText.password()
        context.secrets.add(password)
        return password
    }
}

extension DirectAdminAccount {
    /// Administrators have a reseller's rights too.
    fileprivate var isReseller: Bool { kind != .user }
}

extension Hosting.UnitsConsumed {
    /// - Parameter limit: nil or 0 where there is none.
    fileprivate init(used: Double?, outOf limit: Double?) {
        let limit = limit.flatMap { $0 > 0 ? $0 : nil }
        self.init(used: used, limit: limit)
        if let used, let limit, (used / limit).isFinite {
            usedPc = JSONValue.number((used / limit * 1_000).rounded() / 10).text + "%"
        }
    }
}

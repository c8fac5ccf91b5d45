import AdapterKit
import Models

/// Users of a BaseKit brand with their sites.
///
/// - SeeAlso: https://apidocs.basekit.com/api/integration-guide/
struct BaseKitProvider: BuildersProvider {
    typealias Configuration = BuildersBaseKitContract.Configuration
    static let contract = BuildersBaseKitContract.descriptor

    static var functions: BuildersFunctions<Self> {
        BuildersFunctions(
            create: .init(Self.create, observe: Self.observeCreate),
            getInfo: .init(Self.getInfo),
            login: .init(Self.login),
            changePackage: .init(Self.changePackage),
            suspend: .init(Self.suspend),
            unsuspend: .init(Self.unsuspend),
            terminate: .init(Self.terminate, observe: Self.observeTerminate))
    }

    let configuration: Configuration
    let context: ProviderContext
    let api: BaseKitAPI

    init(configuration: Configuration, context: ProviderContext) {
        self.configuration = configuration
        self.context = context
        api = BaseKitAPI(
            address: configuration.apiURL, username: configuration.username,
            password: configuration.password, transport: context.transport)
    }

    func testConnection() async throws(ProviderError) -> String {
        _ = try await api.users(limit: 1)
        return "Signed in as \(configuration.username)."
    }

    // MARK: Looking things up

    func getInfo(_ account: Builders.Account) async throws(ProviderError) -> Builders.AccountInfo {
        try await info(account.accountReference, domain: account.domainName)
    }

    func login(_ account: Builders.Account) async throws(ProviderError) -> Builders.LoginResult {
        let sites = try await api.sites(of: account.accountReference)
        guard let site = Self.site(for: account.domainName, in: sites) else {
            throw ProviderError(.notFound, "There is no site to edit.")
        }
        let url = try await api.autoLogin(
            account.accountReference, site: site.reference, redirectURL: configuration.autoLoginRedirectURL)
        return Builders.LoginResult(loginURL: url)
    }

    // MARK: Changing accounts

    func changePackage(
        _ wanted: Builders.ChangePackageParameters
    ) async throws(ProviderError) -> Builders.AccountInfo {
        try checkPackage(wanted.packageReference)
        guard try await !isSuspended(existing(wanted.accountReference)) else {
            throw ProviderError(.rejected, "The package cannot be changed while the account is suspended.")
        }
        try await api.addPackage(
            .string(wanted.packageReference), to: wanted.accountReference, months: wanted.billingCycleMonths)
        return try await info(wanted.accountReference, domain: wanted.domainName)
    }

    /// The result names the package that the account had, for it to be given back later.
    func suspend(_ account: Builders.Account) async throws(ProviderError) -> Builders.AccountInfo {
        let before = try await existing(account.accountReference)
        try await api.addPackage(suspensionPackage, to: account.accountReference, months: nil)
        var info = try await info(account.accountReference, domain: account.domainName)
        info.packageReference = before.package?.text ?? info.packageReference
        return info
    }

    func unsuspend(
        _ wanted: Builders.UnsuspendParameters
    ) async throws(ProviderError) -> Builders.AccountInfo {
        try checkPackage(wanted.packageReference)
        try await api.addPackage(
            .string(wanted.packageReference), to: wanted.accountReference, months: wanted.billingCycleMonths)
        return try await info(wanted.accountReference, domain: wanted.domainName)
    }

    /// - Throws: `invalidInput` for the package of suspended accounts.
    private func checkPackage(_ package: String) throws(ProviderError) {
        guard JSONValue.string(package).lenientNumber != configuration.suspensionPackageRef else {
            throw ProviderError(
                .invalidInput, "It is not known which package this account is to have.",
                details: ["problem": "This is the package of suspended accounts."])
        }
    }

    // MARK: Parts of several functions

    var brand: JSONValue { Self.number(configuration.brandRef) }
    var suspensionPackage: JSONValue { Self.number(configuration.suspensionPackageRef) }

    private static func number(_ value: Double) -> JSONValue {
        Int(exactly: value).map { .integer($0) } ?? .number(value)
    }

    private func isSuspended(_ user: BaseKitUser) -> Bool {
        user.package?.value.lenientNumber == configuration.suspensionPackageRef
    }

    /// - Throws: `notFound`.
    private func existing(_ reference: String) async throws(ProviderError) -> BaseKitUser {
        guard let user = try await api.user(reference) else {
            throw ProviderError(.notFound, "There is no account of this reference.")
        }
        return user
    }

    func info(_ reference: String, domain: String?) async throws(ProviderError) -> Builders.AccountInfo {
        let user = try await existing(reference)
        let sites = try await api.sites(of: reference)
        return Builders.AccountInfo(
            accountReference: reference, domainName: Self.site(for: domain, in: sites)?.domain,
            packageReference: user.package?.text ?? "", suspended: isSuspended(user),
            siteCount: sites.count, storageUsed: user.storageText)
    }

    /// The site with the domain, or else the first.
    private static func site(for domain: String?, in sites: [BaseKitSite]) -> BaseKitSite? {
        sites.first { $0.domain?.lowercased() == domain?.lowercased() } ?? sites.first
    }
}

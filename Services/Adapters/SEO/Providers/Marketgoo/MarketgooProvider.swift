import AdapterKit
import Models

/// Accounts on a marketgoo brand.
///
/// - SeeAlso: https://marketgoo.docs.apiary.io/
struct MarketgooProvider: SEOProvider {
    typealias Configuration = SEOMarketgooContract.Configuration
    static let contract = SEOMarketgooContract.descriptor

    static var functions: SEOFunctions<Self> {
        SEOFunctions(
            create: .init(Self.create, observe: Self.observeCreate),
            login: .init(Self.login),
            changePackage: .init(Self.changePackage),
            suspend: .init(Self.suspend),
            unsuspend: .init(Self.unsuspend),
            terminate: .init(Self.terminate, observe: Self.observeTerminate))
    }

    private let context: ProviderContext
    private let api: MarketgooAPI

    init(configuration: Configuration, context: ProviderContext) {
        self.context = context
        api = MarketgooAPI(
            address: configuration.apiURL, apiKey: configuration.apiKey, transport: context.transport)
    }

    func testConnection() async throws(ProviderError) -> String {
        "Signed in to the brand \(try await api.me() ?? "without a name")."
    }

    // MARK: Opening and closing accounts

    func create(_ wanted: SEO.CreateParameters) async throws(ProviderError) -> SEO.CreateResult {
        let codes = wanted.promoCodes ?? []
        guard codes.count <= 1 else {
            throw ProviderError(.invalidInput, "Only one promotion code can be redeemed.")
        }
        let id = try await api.createAccount(
            MarketgooNewAccount(
                domain: wanted.domain, product: wanted.packageIdentifier, name: Self.name(of: wanted),
                email: wanted.customerEmail, promotionCode: codes.first))
        return Self.opened(id, wanted)
    }

    /// Looks for the one account of this site, customer and package that was opened since the action was
    /// asked for.
    func observeCreate(
        _ wanted: SEO.CreateParameters
    ) async throws(ProviderError) -> Observation<SEO.CreateResult> {
        let (accounts, isWhole) = try await api.accounts(domain: wanted.domain)
        var ours: [MarketgooAccount] = []
        for account in accounts
        where account.domain?.lowercased() == wanted.domain.lowercased()
            && account.email?.lowercased() == wanted.customerEmail.lowercased()
            && account.product == wanted.packageIdentifier && !account.isDeleted
        {
            guard let canBeOurs = context.canBeOurs(madeAt: account.createdAt) else { return .unknown }
            if canBeOurs { ours.append(account) }
        }
        guard let account = ours.first else { return isWhole ? .notDone : .unknown }
        return ours.count == 1 ? .done(Self.opened(account.id, wanted)) : .unknown
    }

    private static func opened(_ id: String, _ wanted: SEO.CreateParameters) -> SEO.CreateResult {
        SEO.CreateResult(
            username: .string(id), domain: wanted.domain, packageIdentifier: wanted.packageIdentifier)
    }

    /// The vendor needs a name; where there is none, the e-mail address has one before its `@`.
    private static func name(of wanted: SEO.CreateParameters) -> String {
        if let name = wanted.customerName, !name.isEmpty { return name }
        return String(wanted.customerEmail.prefix { $0 != "@" })
    }

    func terminate(_ account: SEO.Account) async throws(ProviderError) -> SEO.TerminateResult {
        try await api.deleteAccount(try account.username.accountName)
        return SEO.TerminateResult()
    }

    func observeTerminate(
        _ account: SEO.Account
    ) async throws(ProviderError) -> Observation<SEO.TerminateResult> {
        let account = try await api.account(try account.username.accountName)
        return account?.isDeleted ?? true ? .done(SEO.TerminateResult()) : .notDone
    }

    // MARK: Signing in

    func login(_ account: SEO.Account) async throws(ProviderError) -> SEO.LoginResult {
        SEO.LoginResult(url: try await api.login(try account.username.accountName))
    }

    // MARK: Changing accounts

    func changePackage(
        _ wanted: SEO.ChangePackageParameters
    ) async throws(ProviderError) -> SEO.ChangePackageResult {
        try await api.upgrade(try wanted.username.accountName, product: wanted.packageIdentifier)
        return SEO.ChangePackageResult()
    }

    func suspend(_ account: SEO.Account) async throws(ProviderError) -> SEO.SuspendResult {
        try await api.suspend(try account.username.accountName)
        return SEO.SuspendResult()
    }

    func unsuspend(_ account: SEO.Account) async throws(ProviderError) -> SEO.UnsuspendResult {
        try await api.resume(try account.username.accountName)
        return SEO.UnsuspendResult()
    }
}

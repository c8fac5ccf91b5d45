import AdapterKit
import Models

/// Customers and their sites at a Duda partner account. An account's reference is the site's name.
///
/// - SeeAlso: https://developer.duda.co/reference/introduction
struct DudaProvider: BuildersProvider {
    typealias Configuration = BuildersDudaContract.Configuration
    static let contract = BuildersDudaContract.descriptor

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
    let api: DudaAPI

    init(configuration: Configuration, context: ProviderContext) {
        self.configuration = configuration
        self.context = context
        api = DudaAPI(
            username: configuration.username, password: configuration.password, transport: context.transport)
    }

    func testConnection() async throws(ProviderError) -> String {
        let count = try await api.plans().count
        return "Signed in as \(configuration.username), with \(count) plans."
    }

    // MARK: Looking things up

    func getInfo(_ account: Builders.Account) async throws(ProviderError) -> Builders.AccountInfo {
        try await state(of: account).info
    }

    func login(_ account: Builders.Account) async throws(ProviderError) -> Builders.LoginResult {
        let user = try Self.user(account.siteBuilderUserID)
        let site = try await existing(account.accountReference)
        let wanted =
            site.status == .published
            ? configuration.publishedSsoTargetDestination : configuration.unpublishedSsoTargetDestination
        let target = wanted.flatMap { $0.isEmpty ? nil : $0 } ?? "EDITOR"
        return Builders.LoginResult(
            loginURL: try await api.ssoLink(account: user, site: site.name, target: target))
    }

    // MARK: Changing accounts

    func changePackage(
        _ wanted: Builders.ChangePackageParameters
    ) async throws(ProviderError) -> Builders.AccountInfo {
        let user = try Self.user(wanted.siteBuilderUserID)
        let plan = try await plan(wanted.packageReference)
        try await api.setPermissions(
            permissions(wanted.permissions, plan: plan), of: user, site: wanted.accountReference)
        try await api.setPlan(plan, of: wanted.accountReference)
        return try await state(of: user, site: wanted.accountReference).info
    }

    func suspend(_ account: Builders.Account) async throws(ProviderError) -> Builders.AccountInfo {
        var info = try await state(of: account).info
        if info.isPublished == true { try await api.unpublish(account.accountReference) }
        info.isPublished = false
        return info
    }

    /// A site that was never published is left to the customer: publishing it would begin a subscription.
    func unsuspend(
        _ wanted: Builders.UnsuspendParameters
    ) async throws(ProviderError) -> Builders.AccountInfo {
        let state = try await state(of: wanted.siteBuilderUserID, site: wanted.accountReference)
        var info = state.info
        if state.site.status == .unpublished, !state.plan.isFree {
            try await api.publish(wanted.accountReference)
            info.isPublished = true
        }
        return info
    }

    // MARK: Closing accounts

    func terminate(_ account: Builders.Account) async throws(ProviderError) -> Builders.TerminateResult {
        if configuration.deleteOnTerminate == true {
            try await api.deleteSite(account.accountReference)
        } else if try await existing(account.accountReference).status == .published {
            try await api.unpublish(account.accountReference)
        }
        return Builders.TerminateResult()
    }

    func observeTerminate(
        _ account: Builders.Account
    ) async throws(ProviderError) -> Observation<Builders.TerminateResult> {
        guard let site = try await api.site(account.accountReference) else {
            return .done(Builders.TerminateResult())
        }
        if configuration.deleteOnTerminate == true || site.status == .published { return .notDone }
        return site.status == nil ? .unknown : .done(Builders.TerminateResult())
    }

    // MARK: Parts of several functions

    /// What is known of an account.
    struct State: Sendable {
        var user: String?
        var site: DudaSite
        var plan: DudaPlan
        var permissions: [String]?

        var info: Builders.AccountInfo {
            Builders.AccountInfo(
                siteBuilderUserID: user, accountReference: site.name, domainName: site.domain,
                packageReference: plan.name, isPublished: site.status.map { $0 == .published },
                hasSsl: site.hasCertificate, permissions: permissions?.joined(separator: ","))
        }
    }

    func state(of account: Builders.Account) async throws(ProviderError) -> State {
        try await state(of: account.siteBuilderUserID, site: account.accountReference)
    }

    func state(of user: String?, site name: String) async throws(ProviderError) -> State {
        let site = try await existing(name)
        var state = State(user: user, site: site, plan: try await api.plan(of: name))
        if let user { state.permissions = try await api.permissions(of: user, site: name) }
        return state
    }

    /// - Throws: `notFound`.
    private func existing(_ name: String) async throws(ProviderError) -> DudaSite {
        guard let site = try await api.site(name) else {
            throw ProviderError(.notFound, "There is no site of this reference.")
        }
        return site
    }

    private static func user(_ id: String?) throws(ProviderError) -> String {
        guard let id else {
            throw ProviderError(.invalidInput, "It is not known which user this site belongs to.")
        }
        return id
    }

    /// The plan of that number or name.
    func plan(_ wanted: String) async throws(ProviderError) -> DudaPlan {
        let plans = try await api.plans()
        guard let plan = plans.first(where: { $0.id == wanted }) ?? plans.first(where: { $0.name == wanted })
        else {
            throw ProviderError(
                .invalidInput, "This package is not offered at the moment.",
                details: ["package": .string(wanted)])
        }
        return plan
    }

    private static let usualPermissions = [
        "PUBLISH", "REPUBLISH", "STATS_TAB", "EDIT", "LIMITED_EDITING", "RESET",
    ]

    /// What a customer may do: what is asked for, or what the configuration says, or else the usual. Nobody
    /// publishes a site that is free.
    func permissions(_ wanted: String?, plan: DudaPlan) -> [String] {
        let asked = [wanted, configuration.defaultPermissions].compactMap { $0.map(Self.words) }
        let permissions = asked.first { !$0.isEmpty } ?? Self.usualPermissions
        return plan.isFree ? permissions.filter { $0 != "PUBLISH" && $0 != "REPUBLISH" } : permissions
    }

    private static func words(_ list: String) -> [String] {
        list.uppercased().split { $0 == "," || $0.isWhitespace }.map(String.init)
    }
}

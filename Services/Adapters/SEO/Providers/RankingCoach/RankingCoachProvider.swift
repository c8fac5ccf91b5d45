import AdapterKit
import Models

/// Users of a rankingCoach partner account. A user is known by the customer's number.
///
/// - SeeAlso: https://www.rankingcoach.com/
struct RankingCoachProvider: SEOProvider {
    typealias Configuration = SEORankingCoachContract.Configuration
    static let contract = SEORankingCoachContract.descriptor

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
    private let api: RankingCoachAPI

    init(configuration: Configuration, context: ProviderContext) {
        self.context = context
        api = RankingCoachAPI(
            username: configuration.username, password: configuration.password,
            usesSandbox: configuration.sandbox ?? false, transport: context.transport)
    }

    func testConnection() async throws(ProviderError) -> String {
        let count = try await api.getSubscriptions().count
        return "Signed in as \(api.username), who may sell \(count) packages."
    }

    // MARK: Opening and closing accounts

    func create(_ wanted: SEO.CreateParameters) async throws(ProviderError) -> SEO.CreateResult {
        let id = try wanted.customerID.accountName
        let package = try await package(wanted.packageIdentifier)
        try await api.updateUser(
            RankingCoachNewUser(
                externalID: id, email: wanted.customerEmail, name: wanted.customerName.map(PersonName.init),
                domain: wanted.domain))
        try await api.activateUser(id, package: package)
        return Self.opened(id, wanted)
    }

    /// Looks whether the customer has a subscription that began with this action.
    ///
    /// A user without one may be a half-made one, and the vendor's times tell no zone: what began within a
    /// day's reach of the action, but not at its time, tells nothing.
    func observeCreate(
        _ wanted: SEO.CreateParameters
    ) async throws(ProviderError) -> Observation<SEO.CreateResult> {
        let id = try wanted.customerID.accountName
        guard let user = try await api.getUser(.externalID(id)) else { return .notDone }
        guard let newest = user.subscriptions.first?.createdAt, let askedAt = context.actionID?.madeAt else {
            return .unknown
        }
        if newest < askedAt.advanced(by: .seconds(-86_400)) { return .notDone }
        let latest = context.clock.now.advanced(by: ProviderContext.clockTolerance)
        guard context.canBeOurs(madeAt: newest) == true, newest <= latest else { return .unknown }
        return .done(Self.opened(id, wanted))
    }

    private static func opened(_ id: String, _ wanted: SEO.CreateParameters) -> SEO.CreateResult {
        SEO.CreateResult(
            username: .string(id), domain: wanted.domain, packageIdentifier: wanted.packageIdentifier)
    }

    func terminate(_ account: SEO.Account) async throws(ProviderError) -> SEO.TerminateResult {
        try await api.deactivateUser(try account.username.accountName)
        return SEO.TerminateResult()
    }

    /// Deactivated is all that a user can be made.
    func observeTerminate(
        _ account: SEO.Account
    ) async throws(ProviderError) -> Observation<SEO.TerminateResult> {
        let user = try await api.getUser(.externalID(try account.username.accountName))
        return user?.isDeactivated ?? true ? .done(SEO.TerminateResult()) : .notDone
    }

    // MARK: Signing in

    /// A user who was not opened here is known by the e-mail address.
    func login(_ account: SEO.Account) async throws(ProviderError) -> SEO.LoginResult {
        let name = try account.username.accountName
        var user = try await api.getUser(.externalID(name))
        if user == nil, name.contains("@") { user = try await api.getUser(.email(name)) }
        guard let user else { throw Self.unknownUser }
        guard let session = user.sessionID else {
            throw ProviderError(
                .providerUnavailable, details: ["problem": "The answer has no session to sign in with."])
        }
        context.secrets.add(session)
        return SEO.LoginResult(url: RankingCoachAPI.loginURL(session: session))
    }

    // MARK: Changing accounts

    func changePackage(
        _ wanted: SEO.ChangePackageParameters
    ) async throws(ProviderError) -> SEO.ChangePackageResult {
        let id = try wanted.username.accountName
        let package = try await package(wanted.packageIdentifier)
        guard let subscription = try await existing(id).subscription else {
            try await api.activateUser(id, package: package)
            return SEO.ChangePackageResult()
        }
        if !subscription.isActive { try await api.activateUser(id) }
        try await api.subscriptionUpdate(user: id, subscription: subscription, package: package)
        return SEO.ChangePackageResult()
    }

    func suspend(_ account: SEO.Account) async throws(ProviderError) -> SEO.SuspendResult {
        let id = try account.username.accountName
        if try await !existing(id).isDeactivated { try await api.deactivateUser(id) }
        return SEO.SuspendResult()
    }

    func unsuspend(_ account: SEO.Account) async throws(ProviderError) -> SEO.UnsuspendResult {
        let id = try account.username.accountName
        if try await !existing(id).isActive { try await api.activateUser(id) }
        return SEO.UnsuspendResult()
    }

    // MARK: Parts

    private static let unknownUser = ProviderError(.notFound, "There is no account of this name.")

    /// - Throws: `notFound`.
    private func existing(_ id: String) async throws(ProviderError) -> RankingCoachUser {
        guard let user = try await api.getUser(.externalID(id)) else { throw Self.unknownUser }
        return user
    }

    /// The package of that name, or else of that number.
    private func package(_ wanted: String) async throws(ProviderError) -> RankingCoachPackage {
        let packages = try await api.getSubscriptions()
        guard
            let package = packages.first(where: { $0.name == wanted })
                ?? packages.first(where: { $0.idText == wanted })
        else {
            throw ProviderError(
                .invalidInput, "This package is not offered at the moment.",
                details: ["package": .string(wanted)])
        }
        return package
    }
}

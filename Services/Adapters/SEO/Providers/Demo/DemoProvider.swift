import AdapterKit
import Models

/// A simulated tool for search engine optimisation, for the first run and for tests end to end.
///
/// - SeeAlso: `Simulator` for what it keeps and how it misbehaves.
struct DemoProvider: SEOProvider {
    typealias Configuration = SEODemoContract.Configuration
    static let contract = SEODemoContract.descriptor

    static var functions: SEOFunctions<Self> {
        SEOFunctions(
            create: .init(Self.create, observe: Self.observeCreate),
            login: .init(Self.login),
            changePackage: .init(Self.changePackage),
            suspend: .init(Self.suspend),
            unsuspend: .init(Self.unsuspend),
            terminate: .init(Self.terminate, observe: Self.observeTerminate))
    }

    private let hostname: String
    private let tool: Simulation
    private let actionID: ActionID?

    init(configuration: Configuration, context: ProviderContext) {
        hostname = configuration.hostname ?? "demo.example.com"
        tool = Simulation(context, category: "seo", settings: configuration)
        actionID = context.actionID
    }

    func testConnection() async throws(ProviderError) -> String {
        try await tool.read("testConnection", subject: hostname) { _ in }
        return "The simulated tool \(hostname) answers."
    }

    // MARK: Opening and closing accounts

    /// One account a site.
    func create(_ wanted: SEO.CreateParameters) async throws(ProviderError) -> SEO.CreateResult {
        let account = DemoAccount(
            username: "seo-\(RandomText.letters(12))", domain: wanted.domain.lowercased(),
            package: wanted.packageIdentifier, madeBy: actionID)
        try await tool.change("create", subject: wanted.domain) { tool in
            guard try !tool.hasAccount(for: account.domain) else {
                throw ProviderError(.alreadyExists, "There is an account for this site already.")
            }
            try tool.add(account)
        }
        return account.opened
    }

    /// An account is this action's if it carries its id, as a reference of ours would be at a real tool.
    func observeCreate(
        _ wanted: SEO.CreateParameters
    ) async throws(ProviderError) -> Observation<SEO.CreateResult> {
        let actionID = actionID
        return try await tool.observe("create", subject: wanted.domain) { tool in
            try actionID.flatMap { try tool.account(madeBy: $0) }.map { .done($0.opened) } ?? .notDone
        }
    }

    func terminate(_ account: SEO.Account) async throws(ProviderError) -> SEO.TerminateResult {
        try await tool.change("terminate", subject: account.domain) { tool in
            try tool.remove(try tool.existing(account.username))
        }
        return SEO.TerminateResult()
    }

    func observeTerminate(
        _ account: SEO.Account
    ) async throws(ProviderError) -> Observation<SEO.TerminateResult> {
        try await tool.observe("terminate", subject: account.domain) { tool in
            try tool.account(account.username) == nil ? .done(SEO.TerminateResult()) : .notDone
        }
    }

    // MARK: Signing in

    func login(_ account: SEO.Account) async throws(ProviderError) -> SEO.LoginResult {
        try await tool.read("login", subject: account.domain) { tool in
            if try tool.existing(account.username).isSuspended {
                throw ProviderError(.rejected, "The account is suspended.")
            }
        }
        return SEO.LoginResult(url: "https://\(hostname)/auth/login/\(RandomText.letters(24))")
    }

    // MARK: Changing accounts

    func changePackage(
        _ wanted: SEO.ChangePackageParameters
    ) async throws(ProviderError) -> SEO.ChangePackageResult {
        try await change("changePackage", wanted.username, wanted.domain) {
            $0.package = wanted.packageIdentifier
        }
        return SEO.ChangePackageResult()
    }

    func suspend(_ account: SEO.Account) async throws(ProviderError) -> SEO.SuspendResult {
        try await change("suspend", account.username, account.domain) { $0.isSuspended = true }
        return SEO.SuspendResult()
    }

    func unsuspend(_ account: SEO.Account) async throws(ProviderError) -> SEO.UnsuspendResult {
        try await change("unsuspend", account.username, account.domain) { $0.isSuspended = false }
        return SEO.UnsuspendResult()
    }

    private func change(
        _ function: String, _ username: JSONValue, _ domain: String,
        _ change: @escaping @Sendable (inout DemoAccount) -> Void
    ) async throws(ProviderError) {
        try await tool.change(function, subject: domain) { tool in
            var account = try tool.existing(username)
            change(&account)
            try tool.put(account)
        }
    }
}

extension SEODemoContract.Configuration: SimulatorSettings {}

import AdapterKit
import Models

/// A simulated website builder, for the first run and for tests end to end.
///
/// - SeeAlso: `Simulator` for what it keeps and how it misbehaves.
struct DemoProvider: BuildersProvider {
    typealias Configuration = BuildersDemoContract.Configuration
    static let contract = BuildersDemoContract.descriptor

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

    private let hostname: String
    private let builder: Simulation
    private let actionID: ActionID?

    init(configuration: Configuration, context: ProviderContext) {
        hostname = configuration.hostname ?? "demo.example.com"
        builder = Simulation(context, category: "builders", settings: configuration)
        actionID = context.actionID
    }

    func testConnection() async throws(ProviderError) -> String {
        try await builder.read("testConnection", subject: hostname) { _ in }
        return "The simulated website builder \(hostname) answers."
    }

    // MARK: Opening and closing accounts

    func create(_ wanted: Builders.CreateParameters) async throws(ProviderError) -> Builders.AccountInfo {
        let (actionID, hostname) = (actionID, hostname)
        return try await builder.change("create", subject: Self.subject(of: wanted)) { builder in
            var site = DemoSite(wanted, on: hostname)
            site.madeBy = actionID
            guard try !builder.hasSite(at: site.domain) else {
                throw ProviderError(.alreadyExists, "There is a site with this domain already.")
            }
            try builder.add(site)
            return site.info
        }
    }

    /// A site is this action's if it carries its id, as a reference of ours would be at a real builder.
    func observeCreate(
        _ wanted: Builders.CreateParameters
    ) async throws(ProviderError) -> Observation<Builders.AccountInfo> {
        let actionID = actionID
        return try await builder.observe("create", subject: Self.subject(of: wanted)) { builder in
            try actionID.flatMap { try builder.site(madeBy: $0) }.map { .done($0.info) } ?? .notDone
        }
    }

    private static func subject(of wanted: Builders.CreateParameters) -> String {
        wanted.domainName ?? wanted.customerEmail
    }

    func terminate(_ account: Builders.Account) async throws(ProviderError) -> Builders.TerminateResult {
        try await builder.change("terminate", subject: account.accountReference) { builder in
            try builder.remove(try builder.existing(account.accountReference))
        }
        return Builders.TerminateResult()
    }

    func observeTerminate(
        _ account: Builders.Account
    ) async throws(ProviderError) -> Observation<Builders.TerminateResult> {
        try await builder.observe("terminate", subject: account.accountReference) { builder in
            try builder.site(account.accountReference) == nil ? .done(Builders.TerminateResult()) : .notDone
        }
    }

    // MARK: Looking things up

    func getInfo(_ account: Builders.Account) async throws(ProviderError) -> Builders.AccountInfo {
        try await existing(account, for: "getInfo").info
    }

    func login(_ account: Builders.Account) async throws(ProviderError) -> Builders.LoginResult {
        _ = try await existing(account, for: "login")
        return Builders.LoginResult(loginURL: "https://\(hostname)/auth/login/\(RandomText.letters(24))")
    }

    private func existing(
        _ account: Builders.Account, for function: String
    ) async throws(ProviderError) -> DemoSite {
        try await builder.read(function, subject: account.accountReference) { builder in
            try builder.existing(account.accountReference)
        }
    }

    // MARK: Changing accounts

    func changePackage(
        _ wanted: Builders.ChangePackageParameters
    ) async throws(ProviderError) -> Builders.AccountInfo {
        try await change("changePackage", wanted.accountReference) { site in
            site.package = wanted.packageReference
            site.permissions = wanted.permissions ?? site.permissions
        }
    }

    func suspend(_ account: Builders.Account) async throws(ProviderError) -> Builders.AccountInfo {
        try await change("suspend", account.accountReference) { $0.isSuspended = true }
    }

    func unsuspend(_ wanted: Builders.UnsuspendParameters) async throws(ProviderError) -> Builders.AccountInfo
    {
        try await change("unsuspend", wanted.accountReference) { site in
            site.isSuspended = false
            site.package = wanted.packageReference
        }
    }

    private func change(
        _ function: String, _ reference: String, _ change: @escaping @Sendable (inout DemoSite) -> Void
    ) async throws(ProviderError) -> Builders.AccountInfo {
        try await builder.change(function, subject: reference) { builder in
            var site = try builder.existing(reference)
            change(&site)
            try builder.put(site)
            return site.info
        }
    }
}

extension BuildersDemoContract.Configuration: SimulatorSettings {}

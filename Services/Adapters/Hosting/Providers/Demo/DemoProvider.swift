import AdapterKit
import Models

/// A simulated panel server: the template for other providers, for the first run, and for tests end to end.
///
/// - SeeAlso: `Simulator` for what it keeps and how it misbehaves.
struct DemoProvider: HostingProvider {
    typealias Configuration = HostingDemoContract.Configuration
    static let contract = HostingDemoContract.descriptor

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

    private let hostname: String
    private let panel: Simulation
    private let actionID: ActionID?

    init(configuration: Configuration, context: ProviderContext) {
        hostname = configuration.hostname ?? "demo.example.com"
        panel = Simulation(context, category: "hosting", settings: configuration)
        actionID = context.actionID
    }

    func testConnection() async throws(ProviderError) -> String {
        try await panel.read("testConnection", subject: hostname) { _ in }
        return "The simulated panel \(hostname) answers."
    }

    // MARK: Opening and closing accounts

    func create(_ wanted: Hosting.CreateParameters) async throws(ProviderError) -> Hosting.AccountInfo {
        let actionID = actionID
        let account = try await panel.change("create", subject: wanted.domain ?? wanted.email) { panel in
            if let domain = wanted.domain, try panel.username(of: domain) != nil {
                throw ProviderError(.alreadyExists, "There is an account for this domain already.")
            }
            var account = DemoAccount(wanted, username: try panel.freeUsername(for: wanted))
            account.madeBy = actionID
            try panel.add(account)
            return account
        }
        return account.info(on: hostname)
    }

    /// An account is this action's if it carries its id, as a customer reference would be at a real panel.
    func observeCreate(
        _ wanted: Hosting.CreateParameters
    ) async throws(ProviderError) -> Observation<Hosting.AccountInfo> {
        let (actionID, hostname) = (actionID, hostname)
        return try await panel.observe("create", subject: wanted.domain ?? wanted.email) { panel in
            try actionID.flatMap { try panel.account(madeBy: $0) }.map { .done($0.info(on: hostname)) }
                ?? .notDone
        }
    }

    func terminate(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.TerminateResult {
        try await panel.change("terminate", subject: account.username) { panel in
            try panel.remove(try panel.existing(account.username))
        }
        return Hosting.TerminateResult()
    }

    func observeTerminate(
        _ account: Hosting.Account
    ) async throws(ProviderError) -> Observation<Hosting.TerminateResult> {
        try await panel.observe("terminate", subject: account.username) { panel in
            try panel.account(account.username) == nil ? .done(Hosting.TerminateResult()) : .notDone
        }
    }

    // MARK: Looking things up

    func getInfo(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.AccountInfo {
        try await panel.read("getInfo", subject: account.username) { try $0.existing(account.username) }
            .info(on: hostname)
    }

    func getUsage(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.GetUsageResult {
        _ = try await panel.read("getUsage", subject: account.username) { try $0.existing(account.username) }
        return Hosting.GetUsageResult(
            usageData: Hosting.UsageData(
                diskMB: Hosting.UnitsConsumed(used: 150, limit: 500, usedPc: "30%"),
                bandwidthMB: Hosting.UnitsConsumed(used: 4_000, limit: 10_000, usedPc: "40%"),
                inodes: Hosting.UnitsConsumed(used: 1_000, limit: 5_000, usedPc: "20%")))
    }

    func getLoginURL(
        _ wanted: Hosting.GetLoginUrlParameters
    ) async throws(ProviderError) -> Hosting.GetLoginUrlResult {
        _ = try await panel.read("getLoginUrl", subject: wanted.username) { try $0.existing(wanted.username) }
        return Hosting.GetLoginUrlResult(loginURL: "https://\(hostname)/auth/login/\(RandomText.letters(24))")
    }

    // MARK: Changing accounts

    func changePassword(
        _ wanted: Hosting.ChangePasswordParameters
    ) async throws(ProviderError) -> Hosting.ChangePasswordResult {
        _ = try await change("changePassword", wanted.username) { _ in }
        return Hosting.ChangePasswordResult()
    }

    func changePackage(
        _ wanted: Hosting.ChangePackageParameters
    ) async throws(ProviderError) -> Hosting.AccountInfo {
        try await change("changePackage", wanted.username) { account in
            account.package = wanted.packageName
            account.isReseller = wanted.asReseller ?? account.isReseller
        }
    }

    func suspend(_ wanted: Hosting.SuspendParameters) async throws(ProviderError) -> Hosting.AccountInfo {
        try await change("suspend", wanted.username) { account in
            account.isSuspended = true
            account.suspendReason = wanted.reason
        }
    }

    func unsuspend(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.AccountInfo {
        try await change("unsuspend", account.username) { account in
            account.isSuspended = false
            account.suspendReason = nil
        }
    }

    func grantReseller(
        _ wanted: Hosting.GrantResellerParameters
    ) async throws(ProviderError) -> Hosting.ResellerPrivileges {
        _ = try await change("grantReseller", wanted.username) { $0.isReseller = true }
        return Hosting.ResellerPrivileges(reseller: true)
    }

    func revokeReseller(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.ResellerPrivileges
    {
        _ = try await change("revokeReseller", account.username) { $0.isReseller = false }
        return Hosting.ResellerPrivileges(reseller: false)
    }

    private func change(
        _ function: String, _ username: String, _ change: @escaping @Sendable (inout DemoAccount) -> Void
    ) async throws(ProviderError) -> Hosting.AccountInfo {
        let account = try await panel.change(function, subject: username) { panel in
            var account = try panel.existing(username)
            change(&account)
            try panel.put(account)
            return account
        }
        return account.info(on: hostname)
    }
}

extension HostingDemoContract.Configuration: SimulatorSettings {}

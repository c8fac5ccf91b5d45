import AdapterKit
import Models

/// A simulated outside service that signs customers in: for the first run, and for tests end to end.
///
/// - SeeAlso: `Simulator` for what it keeps and how it misbehaves.
struct DemoProvider: AutoLoginProvider {
    typealias Configuration = AutoLoginDemoContract.Configuration
    static let contract = AutoLoginDemoContract.descriptor

    static var functions: AutoLoginFunctions<Self> {
        AutoLoginFunctions(
            create: .init(Self.create, observe: Self.observeCreate),
            login: .init(Self.login),
            suspend: .init(Self.suspend),
            unsuspend: .init(Self.unsuspend),
            changePackage: .init(Self.changePackage),
            renew: .init(Self.renew, observe: Self.observeRenew),
            terminate: .init(Self.terminate, observe: Self.observeTerminate))
    }

    private let hostname: String
    private let service: Simulation
    private let actionID: ActionID?

    init(configuration: Configuration, context: ProviderContext) {
        hostname = configuration.hostname ?? "demo.example.com"
        service = Simulation(context, category: "auto-login", settings: configuration)
        actionID = context.actionID
    }

    func testConnection() async throws(ProviderError) -> String {
        try await service.read("testConnection", subject: hostname) { _ in }
        return "The simulated service \(hostname) answers."
    }

    // MARK: Opening and closing accounts

    func create(_ wanted: AutoLogin.CreateParameters) async throws(ProviderError) -> AutoLogin.CreateResult {
        let actionID = actionID
        let account = try await service.change("create", subject: wanted.subject) { service in
            let account = DemoAccount(wanted, madeBy: actionID)
            try service.put(account)
            return account
        }
        return account.created
    }

    /// An account is this action's if it carries its id, as a reference would be at a real service.
    func observeCreate(
        _ wanted: AutoLogin.CreateParameters
    ) async throws(ProviderError) -> Observation<AutoLogin.CreateResult> {
        let actionID = actionID
        return try await service.observe("create", subject: wanted.subject) { service in
            try actionID.flatMap { try service.account(madeBy: $0) }.map { .done($0.created) } ?? .notDone
        }
    }

    func terminate(_ account: AutoLogin.Account) async throws(ProviderError) -> AutoLogin.TerminateResult {
        let username = try account.username.accountName()
        try await service.change("terminate", subject: username) { service in
            service.remove(try service.existing(username))
        }
        return AutoLogin.TerminateResult()
    }

    func observeTerminate(
        _ account: AutoLogin.Account
    ) async throws(ProviderError) -> Observation<AutoLogin.TerminateResult> {
        let username = try account.username.accountName()
        return try await service.observe("terminate", subject: username) { service in
            try service.account(username) == nil ? .done(AutoLogin.TerminateResult()) : .notDone
        }
    }

    // MARK: Signing in

    func login(_ account: AutoLogin.Account) async throws(ProviderError) -> AutoLogin.LoginResult {
        let username = try account.username.accountName()
        let found = try await service.read("login", subject: username) { try $0.existing(username) }
        guard !found.isSuspended else { throw ProviderError(.rejected, "This account is suspended.") }
        return AutoLogin.LoginResult(url: "https://\(hostname)/login/\(RandomText.letters(24))")
    }

    // MARK: Changing accounts

    func suspend(_ account: AutoLogin.Account) async throws(ProviderError) -> AutoLogin.SuspendResult {
        try await change("suspend", account.username) { $1.isSuspended = true }
        return AutoLogin.SuspendResult()
    }

    func unsuspend(_ account: AutoLogin.Account) async throws(ProviderError) -> AutoLogin.UnsuspendResult {
        try await change("unsuspend", account.username) { $1.isSuspended = false }
        return AutoLogin.UnsuspendResult()
    }

    func changePackage(
        _ wanted: AutoLogin.ChangePackageParameters
    ) async throws(ProviderError) -> AutoLogin.ChangePackageResult {
        try await change("changePackage", wanted.username) { _, account in
            account.package = wanted.packageIdentifier ?? account.package
        }
        return AutoLogin.ChangePackageResult()
    }

    func renew(_ account: AutoLogin.Account) async throws(ProviderError) -> AutoLogin.RenewResult {
        let actionID = actionID
        try await change("renew", account.username) { service, account in
            account.terms += 1
            try service.note(actionID, renewed: account)
        }
        return AutoLogin.RenewResult()
    }

    /// An account was renewed by this action if the action is noted with it.
    func observeRenew(
        _ account: AutoLogin.Account
    ) async throws(ProviderError) -> Observation<AutoLogin.RenewResult> {
        let actionID = actionID
        return try await service.observe("renew", subject: try account.username.accountName()) { service in
            let isDone = try actionID.map { try service.hasRenewed($0) } ?? false
            return isDone ? .done(AutoLogin.RenewResult()) : .notDone
        }
    }

    private func change(
        _ function: String, _ name: JSONValue,
        _ change: @escaping @Sendable (SimulatorTransaction, inout DemoAccount) throws -> Void
    ) async throws(ProviderError) {
        let username = try name.accountName()
        try await service.change(function, subject: username) { service in
            var account = try service.existing(username)
            try change(service, &account)
            try service.put(account)
        }
    }
}

extension AutoLogin.CreateParameters {
    /// What the ledger calls the customer by.
    fileprivate var subject: String { userID.lenientText ?? userID.text }
}

extension DemoAccount {
    fileprivate var created: AutoLogin.CreateResult {
        AutoLogin.CreateResult(
            username: .string(username), serviceIdentifier: serviceID, packageIdentifier: package)
    }
}

extension AutoLoginDemoContract.Configuration: SimulatorSettings {}

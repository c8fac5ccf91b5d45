import AdapterKit
import Models

/// An account as the simulated service keeps it.
struct DemoAccount: Codable, Sendable {
    var username: String
    var serviceID: String
    var package: String
    var email: String?
    var isSuspended = false
    /// Terms paid for, the first one included.
    var terms = 1
    /// The action that opened it.
    var madeBy: ActionID?

    init(_ wanted: AutoLogin.CreateParameters, madeBy: ActionID?) {
        username = "user-\(RandomText.letters(10))"
        serviceID = wanted.serviceIdentifier ?? "svc-\(RandomText.letters(10))"
        package = wanted.packageIdentifier ?? "standard"
        email = wanted.email
        self.madeBy = madeBy
    }
}

// MARK: Where accounts are kept

extension SimulatorTransaction {
    func account(_ username: String) throws -> DemoAccount? { try value("account/\(username)") }

    /// - Throws: `notFound`.
    func existing(_ username: String) throws -> DemoAccount {
        guard let account = try account(username) else {
            throw ProviderError(.notFound, "There is no account of this name.")
        }
        return account
    }

    /// The account that an action opened.
    func account(madeBy action: ActionID) throws -> DemoAccount? {
        try (value("made/\(action)") as String?).flatMap { try account($0) }
    }

    /// Whether an action renewed an account.
    func hasRenewed(_ action: ActionID) throws -> Bool {
        try value("renewed/\(action)", as: String.self) != nil
    }

    func note(_ action: ActionID?, renewed account: DemoAccount) throws {
        if let action { try set("renewed/\(action)", account.username) }
    }

    func put(_ account: DemoAccount) throws {
        try set("account/\(account.username)", account)
        if let action = account.madeBy { try set("made/\(action)", account.username) }
    }

    func remove(_ account: DemoAccount) { remove("account/\(account.username)") }
}

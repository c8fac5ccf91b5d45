import AdapterKit
import Models

/// An account as the simulated tool keeps it.
struct DemoAccount: Codable, Sendable {
    var username: String
    /// In lower case.
    var domain: String
    var package: String
    var isSuspended = false
    /// The action that opened it.
    var madeBy: ActionID?

    var opened: SEO.CreateResult {
        SEO.CreateResult(username: .string(username), domain: domain, packageIdentifier: package)
    }
}

// MARK: Where accounts are kept

extension SimulatorTransaction {
    /// The account of this name; nil for a value that is no name.
    func account(_ username: JSONValue) throws -> DemoAccount? {
        try username.lenientText.flatMap { try value("account/\($0)") }
    }

    /// - Throws: `notFound`.
    func existing(_ username: JSONValue) throws -> DemoAccount {
        guard let account = try account(username) else {
            throw ProviderError(.notFound, "There is no account of this name.")
        }
        return account
    }

    /// The account that an action opened.
    func account(madeBy action: ActionID) throws -> DemoAccount? {
        try (value("made/\(action)") as String?).flatMap { try account(.string($0)) }
    }

    func hasAccount(for domain: String) throws -> Bool {
        try value("domain/\(domain)", as: String.self) != nil
    }

    func put(_ account: DemoAccount) throws { try set("account/\(account.username)", account) }

    func add(_ account: DemoAccount) throws {
        try put(account)
        try set("domain/\(account.domain)", account.username)
        if let action = account.madeBy { try set("made/\(action)", account.username) }
    }

    func remove(_ account: DemoAccount) throws {
        remove("account/\(account.username)")
        remove("domain/\(account.domain)")
        if let action = account.madeBy { remove("made/\(action)") }
    }
}

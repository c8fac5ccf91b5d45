import AdapterKit
import Models

/// An account as the simulated panel keeps it.
struct DemoAccount: Codable, Sendable {
    var username: String
    var domain: String?
    var customerID: String?
    var subscriptionID: String?
    var package: String
    var isReseller: Bool
    var isSuspended = false
    var suspendReason: String?
    var location: String?
    /// The action that opened it.
    var madeBy: ActionID?

    init(_ wanted: Hosting.CreateParameters, username: String) {
        self.username = username
        domain = wanted.domain
        customerID = wanted.customerID ?? "\(RandomText.letters(14)).\(RandomText.letters(8))"
        subscriptionID = "s-\(RandomText.letters(14)).\(RandomText.letters(8))"
        package = wanted.packageName
        isReseller = wanted.asReseller ?? false
        location = wanted.location
    }

    func info(on hostname: String) -> Hosting.AccountInfo {
        Hosting.AccountInfo(
            customerID: customerID, subscriptionID: subscriptionID, username: username, domain: domain,
            reseller: isReseller, serverHostname: hostname, packageName: package, suspended: isSuspended,
            suspendReason: suspendReason, ip: "123.123.123.123",
            nameservers: (1...3).map { "ns\($0).\(hostname)" }, location: location)
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

    func username(of domain: String) throws -> String? { try value("domain/\(domain.lowercased())") }

    func put(_ account: DemoAccount) throws { try set("account/\(account.username)", account) }

    func add(_ account: DemoAccount) throws {
        try put(account)
        if let domain = account.domain { try set("domain/\(domain.lowercased())", account.username) }
        if let action = account.madeBy { try set("made/\(action)", account.username) }
    }

    func remove(_ account: DemoAccount) throws {
        remove("account/\(account.username)")
        if let domain = account.domain { remove("domain/\(domain.lowercased())") }
        if let action = account.madeBy { remove("made/\(action)") }
    }

    /// The name wanted, or one made from the domain that nobody has yet.
    ///
    /// - Throws: `alreadyExists` where the name wanted is taken.
    func freeUsername(for wanted: Hosting.CreateParameters) throws -> String {
        if let username = wanted.username {
            guard try account(username) == nil else {
                throw ProviderError(.alreadyExists, "There is an account of this name already.")
            }
            return username
        }
        let source = wanted.domain ?? wanted.email
        for isUnique in [false, true] {
            let name = PanelUsername.make(from: source, isUnique: isUnique)
            if try account(name) == nil { return name }
        }
        while true {
            let name = "a" + RandomText.letters(PanelUsername.longest - 1)
            if try account(name) == nil { return name }
        }
    }
}

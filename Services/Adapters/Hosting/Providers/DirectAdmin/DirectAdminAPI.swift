import AdapterKit
import Foundation
import Models

/// DirectAdmin's CMD_API commands: one method a command.
///
/// Parameters of POST requests travel in the body, so that no password is in an address that a proxy or the
/// server would log.
///
/// - SeeAlso: https://docs.directadmin.com/developer/api/ and
/// https://docs.directadmin.com/developer/api/legacy-api.html
struct DirectAdminAPI: Sendable {
    static let defaultPort = 2222
    /// How long an account may take to be opened or removed: 240 s. The server may go on after that.
    static let longTimeLimit = Duration.seconds(240)

    let hostname: String
    let port: Int
    let username: String
    let password: String
    let transport: any HTTPTransport
    /// The user in whose name calls are made; the one who signs in where nil.
    private(set) var actsAs: String?

    init(hostname: String, port: Int, username: String, password: String, transport: any HTTPTransport) {
        self.hostname = hostname
        self.port = port
        self.username = username
        self.password = password
        self.transport = transport
    }

    /// The same in the name of another user, as `admin|user` in the sign-in.
    ///
    /// - Throws: `invalidInput` where the name could be read as more than a name.
    /// - SeeAlso: https://docs.directadmin.com/developer/api/legacy-api.html (login-as)
    func acting(as user: String) throws(ProviderError) -> DirectAdminAPI {
        guard !user.isEmpty, user.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        else { throw ProviderError(.invalidInput, "This is no name of an account.") }
        var api = self
        api.actsAs = user
        return api
    }

    // MARK: Reading

    /// Does nothing but sign in.
    ///
    /// - SeeAlso: https://www.directadmin.com/features.php?id=530
    func loginTest() async throws(ProviderError) {
        _ = try await get("CMD_API_LOGIN_TEST")
    }

    /// The settings of one account; nil where there is none.
    ///
    /// - SeeAlso: https://docs.directadmin.com/developer/config_files
    func userConfig(_ user: String) async throws(ProviderError) -> DirectAdminAccount? {
        let value: JSONValue
        do throws(ProviderError) {
            value = try await get("CMD_API_SHOW_USER_CONFIG", [.init("user", user)])
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
        guard let account = DirectAdminAccount(value) else {
            throw ProviderError(.providerUnavailable, details: ["problem": "The answer is no account."])
        }
        return account
    }

    /// What one account uses.
    ///
    /// - SeeAlso: https://docs.directadmin.com/developer/api/legacy-api.html (CMD_API_SHOW_USER_USAGE)
    func userUsage(_ user: String) async throws(ProviderError) -> DirectAdminUsage {
        DirectAdminUsage(try await get("CMD_API_SHOW_USER_USAGE", [.init("user", user)]))
    }

    /// The addresses that accounts can be opened on.
    ///
    /// - SeeAlso: https://docs.directadmin.com/changelog/version-1.26.0.html
    func resellerIPs() async throws(ProviderError) -> [String] {
        let value = try await get("CMD_API_SHOW_RESELLER_IPS")
        guard let addresses = value.arrayValue ?? value["list"]?.arrayValue else {
            throw ProviderError(
                .providerUnavailable, details: ["problem": "The answer is no list of addresses."])
        }
        return addresses.compactMap(\.lenientText)
    }

    /// Whose an address is, as in `server`, `shared`, `free` or `owned`.
    ///
    /// - SeeAlso: https://docs.directadmin.com/changelog/version-1.26.0.html
    func resellerIPStatus(_ ip: String) async throws(ProviderError) -> String? {
        try await get("CMD_API_SHOW_RESELLER_IPS", [.init("ip", ip)])["status"]?.lenientText
    }

    // MARK: Accounts

    /// Opens an account.
    ///
    /// - SeeAlso: https://docs.directadmin.com/developer/api/legacy-api.html (Create User, Create Reseller)
    func createAccount(_ account: DirectAdminNewAccount) async throws(ProviderError) {
        _ = try await post(
            account.isReseller ? "CMD_API_ACCOUNT_RESELLER" : "CMD_API_ACCOUNT_USER", account.fields,
            timeLimit: Self.longTimeLimit)
    }

    /// - SeeAlso: https://docs.directadmin.com/developer/api/legacy-api.html (CMD_API_SELECT_USERS)
    func suspend(_ user: String) async throws(ProviderError) {
        _ = try await post("CMD_API_SELECT_USERS", [.init("select0", user), .init("suspend", "Suspend")])
    }

    /// - SeeAlso: https://docs.directadmin.com/developer/api/legacy-api.html (CMD_API_SELECT_USERS)
    func unsuspend(_ user: String) async throws(ProviderError) {
        _ = try await post("CMD_API_SELECT_USERS", [.init("select0", user), .init("suspend", "Unsuspend")])
    }

    /// Removes an account for good.
    ///
    /// - SeeAlso: https://docs.directadmin.com/developer/api/legacy-api.html (CMD_API_SELECT_USERS)
    func delete(_ user: String) async throws(ProviderError) {
        _ = try await post(
            "CMD_API_SELECT_USERS",
            [.init("confirmed", "Confirm"), .init("select0", user), .init("delete", "yes")],
            timeLimit: Self.longTimeLimit)
    }

    /// Gives an account another package of its kind.
    ///
    /// - SeeAlso: https://docs.directadmin.com/developer/api/legacy-api.html (CMD_API_MODIFY_USER)
    func changePackage(_ user: String, isReseller: Bool, package: String) async throws(ProviderError) {
        _ = try await post(
            isReseller ? "CMD_API_MODIFY_RESELLER" : "CMD_API_MODIFY_USER",
            [.init("action", "package"), .init("user", user), .init("package", package)])
    }

    /// - SeeAlso: https://docs.directadmin.com/developer/api/legacy-api.html (CMD_API_USER_PASSWD)
    func setPassword(_ user: String, _ password: String) async throws(ProviderError) {
        _ = try await post(
            "CMD_API_USER_PASSWD",
            [.init("username", user), .init("passwd", password), .init("passwd2", password)])
    }

    /// A one-off address that signs in the user in whose name it is made.
    ///
    /// - Parameter minutes: how long it works.
    /// - SeeAlso: https://docs.directadmin.com/directadmin/customizing-workflow/api-all-about.html
    func createLoginURL(minutes: Int) async throws(ProviderError) -> String {
        let value = try await post(
            "CMD_API_LOGIN_KEYS",
            [
                .init("action", "create"), .init("type", "one_time_url"),
                .init("login_keys_notify_on_creation", "0"), .init("clear_key", "yes"),
                .init("expiry", "\(minutes)m"),
            ], isChanging: false)
        guard let url = value["result"]?.lenientText, url.hasPrefix("https://") || url.hasPrefix("http://")
        else {
            throw ProviderError(.providerUnavailable, details: ["problem": "The answer has no address."])
        }
        return url
    }
}

// MARK: Calls

extension DirectAdminAPI {
    private func get(
        _ command: String, _ fields: [HTTPRequest.Field] = []
    ) async throws(ProviderError) -> JSONValue {
        var request = request(.get, command, isChanging: false)
        request.query += fields
        return try DirectAdminAnswer(response: try await transport.send(request), command: command).value()
    }

    private func post(
        _ command: String, _ fields: [HTTPRequest.Field], isChanging: Bool = true,
        timeLimit: Duration = .seconds(60)
    ) async throws(ProviderError) -> JSONValue {
        var request = request(.post, command, isChanging: isChanging)
        request.body = .form(fields)
        request.timeLimit = timeLimit
        return try DirectAdminAnswer(response: try await transport.send(request), command: command).value()
    }

    private func request(_ method: HTTPRequest.Method, _ command: String, isChanging: Bool) -> HTTPRequest {
        let login = actsAs.map { "\(username)|\($0)" } ?? username
        let credentials = Data("\(login):\(password)".utf8).base64EncodedString()
        return HTTPRequest(
            method, host: hostname, port: port, path: "/\(command)", query: [.init("json", "yes")],
            headers: [.init("Authorization", "Basic \(credentials)")], isChanging: isChanging)
    }
}

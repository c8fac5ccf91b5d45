import AdapterKit
import Models

/// WHM API 1: one method an endpoint.
///
/// Parameters of POST requests travel in the body, so that no password or key is in an address that a proxy
/// or the server would log.
///
/// - SeeAlso: https://api.docs.cpanel.net/whm/introduction/ and, for tokens,
///   https://api.docs.cpanel.net/guides/guide-to-api-authentication/guide-to-api-authentication-api-tokens-in-whm/
struct CPanelAPI: Sendable {
    static let port = 2087
    /// How long an account may take to be opened or removed: 240 s. The server may go on after that.
    static let longTimeLimit = Duration.seconds(240)

    let hostname: String
    let whmUsername: String
    let apiKey: String
    let verifiesTLS: Bool
    let transport: any HTTPTransport

    // MARK: Reading

    /// The functions that the token may call.
    ///
    /// - SeeAlso: https://api.docs.cpanel.net/openapi/whm/operation/applist/
    func applist() async throws(ProviderError) -> Set<String> {
        let data = try await get("applist")
        return Set(data["app"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    }

    /// The user names of the server's resellers.
    ///
    /// - SeeAlso: https://api.docs.cpanel.net/openapi/whm/operation/listresellers/
    func listresellers() async throws(ProviderError) -> Set<String> {
        let data = try await post("listresellers", isChanging: false)
        return Set(data["reseller"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    }

    /// One account, by user name or domain; nil where there is none.
    ///
    /// - SeeAlso: https://api.docs.cpanel.net/openapi/whm/operation/accountsummary/
    func accountsummary(_ key: AccountKey) async throws(ProviderError) -> CPanelAccount? {
        let data: JSONValue
        do throws(ProviderError) {
            data = try await post("accountsummary", [key.field], isChanging: false)
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
        return data["acct"]?.arrayValue?.first.flatMap(CPanelAccount.init)
    }

    enum AccountKey: Sendable {
        case user(String)
        case domain(String)

        var field: HTTPRequest.Field {
            switch self {
            case .user(let name): .init("user", name)
            case .domain(let name): .init("domain", name)
            }
        }
    }

    /// The server's nameservers.
    ///
    /// - SeeAlso: https://api.docs.cpanel.net/openapi/whm/operation/get_nameserver_config/
    func getNameserverConfig() async throws(ProviderError) -> [String] {
        try await get("get_nameserver_config")["nameservers"]?.arrayValue?.compactMap(\.lenientText) ?? []
    }

    /// Whether there is a package of this name.
    ///
    /// - SeeAlso: https://api.docs.cpanel.net/openapi/whm/operation/getpkginfo/
    func hasPackage(_ name: String) async throws(ProviderError) -> Bool {
        do throws(ProviderError) {
            _ = try await get("getpkginfo", [.init("pkg", name)])
            return true
        } catch {
            // Whatever the reason, the server has refused to show it; other failures have other kinds.
            guard error.kind == .notFound || error.kind == .rejected else { throw error }
            return false
        }
    }

    /// The traffic of one account this month.
    ///
    /// - SeeAlso: https://api.docs.cpanel.net/openapi/whm/operation/showbw/
    func showbw(user: String) async throws(ProviderError) -> CPanelBandwidth? {
        let data = try await post(
            "showbw", [.init("searchtype", "user"), .init("search", user)], isChanging: false)
        let accounts = data["acct"]?.arrayValue ?? []
        // The search is a pattern, so other accounts may be found too.
        return accounts.first { $0["user"]?.stringValue == user }.map(CPanelBandwidth.init)
    }

    /// What the accounts of a reseller use together.
    ///
    /// - SeeAlso: https://api.docs.cpanel.net/openapi/whm/operation/resellerstats/
    func resellerstats(user: String) async throws(ProviderError) -> CPanelResellerStatistics {
        CPanelResellerStatistics(
            try await post("resellerstats", [.init("user", user)], isChanging: false)["reseller"] ?? .null)
    }

    // MARK: Accounts

    /// Opens an account.
    ///
    /// - SeeAlso: https://api.docs.cpanel.net/openapi/whm/operation/createacct/
    func createacct(_ account: CPanelNewAccount) async throws(ProviderError) {
        _ = try await post("createacct", account.fields, timeLimit: Self.longTimeLimit)
    }

    /// Removes an account for good.
    ///
    /// - SeeAlso: https://api.docs.cpanel.net/openapi/whm/operation/removeacct/
    func removeacct(user: String) async throws(ProviderError) {
        _ = try await post("removeacct", [.init("user", user)], timeLimit: Self.longTimeLimit)
    }

    /// - SeeAlso: https://api.docs.cpanel.net/openapi/whm/operation/suspendacct/
    func suspendacct(user: String, reason: String?) async throws(ProviderError) {
        _ = try await post("suspendacct", [.init("user", user)] + Self.optional("reason", reason))
    }

    /// - SeeAlso: https://api.docs.cpanel.net/openapi/whm/operation/unsuspendacct/
    func unsuspendacct(user: String) async throws(ProviderError) {
        _ = try await post("unsuspendacct", [.init("user", user)])
    }

    /// - SeeAlso: https://api.docs.cpanel.net/openapi/whm/operation/changepackage/
    func changepackage(user: String, package: String) async throws(ProviderError) {
        _ = try await post("changepackage", [.init("user", user), .init("pkg", package)])
    }

    /// - SeeAlso: https://api.docs.cpanel.net/openapi/whm/operation/passwd/
    func passwd(user: String, password: String) async throws(ProviderError) {
        _ = try await post("passwd", [.init("user", user), .init("password", password)])
    }

    // MARK: Resellers

    /// Gives reseller rights.
    ///
    /// - SeeAlso: https://api.docs.cpanel.net/openapi/whm/operation/setupreseller/
    func setupreseller(user: String, makesOwner: Bool) async throws(ProviderError) {
        _ = try await post(
            "setupreseller", [.init("user", user), .init("makeowner", makesOwner ? "1" : "0")])
    }

    /// Takes reseller rights away.
    ///
    /// - SeeAlso: https://api.docs.cpanel.net/openapi/whm/operation/unsetupreseller/
    func unsetupreseller(user: String) async throws(ProviderError) {
        _ = try await post("unsetupreseller", [.init("user", user)])
    }

    /// Sets the privileges of a reseller: those of a named list, or the least.
    ///
    /// - SeeAlso: https://api.docs.cpanel.net/openapi/whm/operation/setacls/
    func setacls(reseller: String, list: String?) async throws(ProviderError) {
        _ = try await post("setacls", [.init("reseller", reseller)] + Self.optional("acllist", list))
    }

    /// Sets what a reseller may hand out.
    ///
    /// - SeeAlso: https://api.docs.cpanel.net/openapi/whm/operation/setresellerlimits/
    func setresellerlimits(user: String, _ limits: CPanelResellerLimits) async throws(ProviderError) {
        _ = try await post("setresellerlimits", [.init("user", user)] + limits.fields)
    }

    /// Suspends a reseller and the accounts that it owns.
    ///
    /// - SeeAlso: https://api.docs.cpanel.net/openapi/whm/operation/suspendreseller/
    func suspendreseller(user: String, reason: String?) async throws(ProviderError) {
        _ = try await post("suspendreseller", [.init("user", user)] + Self.optional("reason", reason))
    }

    /// - SeeAlso: https://api.docs.cpanel.net/openapi/whm/operation/unsuspendreseller/
    func unsuspendreseller(user: String) async throws(ProviderError) {
        _ = try await post("unsuspendreseller", [.init("user", user)])
    }

    /// Removes a reseller and the accounts that it owns for good.
    ///
    /// - SeeAlso: https://api.docs.cpanel.net/openapi/whm/operation/terminatereseller/
    func terminatereseller(user: String) async throws(ProviderError) {
        _ = try await post(
            "terminatereseller", [.init("user", user), .init("terminatereseller", "1")],
            timeLimit: Self.longTimeLimit)
    }

    // MARK: Signing in

    enum Service: String, Sendable {
        case cpanel = "cpaneld"
        case whm = "whostmgrd"
    }

    /// A one-off address that signs the user in.
    ///
    /// - SeeAlso: https://api.docs.cpanel.net/openapi/whm/operation/create_user_session/
    func createUserSession(user: String, service: Service) async throws(ProviderError) -> CPanelSession {
        let data = try await post(
            "create_user_session", [.init("user", user), .init("service", service.rawValue)],
            isChanging: false)
        guard let session = CPanelSession(data) else {
            throw ProviderError(.providerUnavailable, details: ["problem": "The session has no address."])
        }
        return session
    }
}

// MARK: Calls

extension CPanelAPI {
    private func get(
        _ command: String, _ fields: [HTTPRequest.Field] = []
    ) async throws(ProviderError) -> JSONValue {
        var request = request(.get, command, isChanging: false)
        request.query += fields
        return try CPanelAnswer(try await transport.send(request), command: command).data()
    }

    private func post(
        _ command: String, _ fields: [HTTPRequest.Field] = [], isChanging: Bool = true,
        timeLimit: Duration = .seconds(60)
    ) async throws(ProviderError) -> JSONValue {
        var request = request(.post, command, isChanging: isChanging)
        request.body = .form(fields)
        request.timeLimit = timeLimit
        return try CPanelAnswer(try await transport.send(request), command: command).data()
    }

    private func request(_ method: HTTPRequest.Method, _ command: String, isChanging: Bool) -> HTTPRequest {
        HTTPRequest(
            method, host: hostname, port: Self.port, path: "/json-api/\(command)",
            query: [.init("api.version", "1")],
            headers: [
                .init("Accept", "application/json"), .init("Authorization", "whm \(whmUsername):\(apiKey)"),
            ],
            isChanging: isChanging, verifiesTLS: verifiesTLS)
    }

    private static func optional(_ name: String, _ value: String?) -> [HTTPRequest.Field] {
        value.map { [.init(name, $0)] } ?? []
    }
}

import AdapterKit
import Models

/// Hosting accounts on a Plesk server: a customer or reseller, who owns subscriptions.
///
/// - SeeAlso: https://docs.plesk.com/en-US/obsidian/api-rpc/about-api-rpc.28709
struct PleskProvider: HostingProvider {
    typealias Configuration = HostingPleskOnyxContract.Configuration
    static let contract = HostingPleskOnyxContract.descriptor

    static var functions: HostingFunctions<Self> {
        HostingFunctions(
            create: .init(Self.create, observe: Self.observeCreate),
            getInfo: .init(Self.getInfo),
            getLoginURL: .init(Self.getLoginURL),
            changePassword: .init(Self.changePassword),
            changePackage: .init(Self.changePackage),
            suspend: .init(Self.suspend),
            unsuspend: .init(Self.unsuspend),
            terminate: .init(Self.terminate, observe: Self.observeTerminate),
            grantReseller: .init(Self.grantReseller),
            revokeReseller: .init(Self.revokeReseller))
    }

    /// How long a session that nobody took up lives: 30 min.
    private static let sessionLife = Duration.seconds(1_800)
    /// Users of the server itself, on both systems.
    private static let serverUsers: Set<String> = ["root", "admin", "administrator"]
    /// What the plan of a reseller is called in results, and that of a subscription without one.
    private static let resellerPackage = "Reseller"
    private static let noPackage = "Custom"

    let configuration: Configuration
    let context: ProviderContext
    let api: PleskAPI

    init(configuration: Configuration, context: ProviderContext) {
        self.configuration = configuration
        self.context = context
        let credentials: PleskAPI.Credentials =
            if let key = configuration.secretKey, !key.isEmpty {
                .secretKey(key)
            } else {
                .login(configuration.adminUsername ?? "", password: configuration.adminPassword ?? "")
            }
        api = PleskAPI(
            hostname: configuration.hostname, port: configuration.port ?? PleskAPI.defaultPort,
            credentials: credentials, transport: context.transport)
    }

    func testConnection() async throws(ProviderError) -> String {
        "Signed in to \(try await api.serverName() ?? configuration.hostname)."
    }

    // MARK: Looking things up

    func getInfo(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.AccountInfo {
        try await info(account.username, domain: account.domain)
    }

    func getLoginURL(
        _ wanted: Hosting.GetLoginUrlParameters
    ) async throws(ProviderError) -> Hosting.GetLoginUrlResult {
        let login = wanted.username.lowercased()
        guard !Self.serverUsers.contains(login), login != configuration.adminUsername?.lowercased() else {
            throw ProviderError(.rejected, "Nobody can be signed in to this account.")
        }
        let session = try await api.createSession(login: wanted.username, ip: wanted.userIP)
        context.secrets.add(session)
        let name = configuration.operatingSystem == "windows" ? "PLESKSESSID" : "PHPSESSID"
        let page = HTTPRequest(
            .get, host: api.hostname, port: api.port, path: "/enterprise/rsession_init.php",
            query: [.init(name, session)])
        return Hosting.GetLoginUrlResult(
            loginURL: page.url, forIP: wanted.userIP,
            expires: context.clock.now.advanced(by: Self.sessionLife).plainText)
    }

    // MARK: The state of an account

    /// - Parameter domain: which subscription is meant; the one of the main domain where nil.
    /// - Throws: `notFound` where there is no such account, or it has no such subscription.
    func info(_ username: String, domain: String?) async throws(ProviderError) -> Hosting.AccountInfo {
        if let reseller = try await api.owner(.reseller, .login(username)) {
            return try await info(ofReseller: reseller, domain: domain)
        }
        guard let domain else { return try await info(ofCustomer: username) }
        return try await info(ofCustomer: username, domain: domain)
    }

    private func info(
        ofReseller reseller: PleskOwner, domain: String?
    ) async throws(ProviderError) -> Hosting.AccountInfo {
        let webspaces = try await api.webspaces(.ownerLogin(reseller.login))
        let domains = try await api.domains(.reseller, login: reseller.login)?.domains ?? []
        let webspace = Self.webspace(webspaces, domains, domain: domain)
        return Hosting.AccountInfo(
            username: reseller.login, domain: webspace?.domain, reseller: true,
            serverHostname: configuration.hostname, packageName: Self.resellerPackage,
            suspended: PleskStatus.isSuspended(reseller.status), ip: webspace?.ip,
            nameservers: try await nameservers(webspace, domains))
    }

    private func info(ofCustomer username: String) async throws(ProviderError) -> Hosting.AccountInfo {
        guard let list = try await api.domains(.customer, login: username) else { throw Self.notFound }
        let webspaces = try await api.webspaces(.ownerLogin(username))
        guard let webspace = Self.webspace(webspaces, list.domains, domain: nil) else {
            throw ProviderError(.notFound, "This account has no hosting.")
        }
        return Hosting.AccountInfo(
            customerID: list.ownerID ?? webspace.ownerID, username: username, domain: webspace.domain,
            reseller: false, serverHostname: configuration.hostname,
            packageName: try await package(of: webspace),
            suspended: PleskStatus.isSuspended(webspace.status), ip: webspace.ip,
            nameservers: try await nameservers(webspace, list.domains))
    }

    private func info(
        ofCustomer username: String, domain: String
    ) async throws(ProviderError) -> Hosting.AccountInfo {
        guard let site = try await api.site(name: domain),
            let webspace = try await api.webspaces(.id(site.webspaceID)).first, let id = webspace.ownerID,
            let customer = try await api.owner(.customer, .id(id)),
            customer.login.lowercased() == username.lowercased()
        else { throw Self.notFound }
        return Hosting.AccountInfo(
            customerID: customer.id, username: customer.login, domain: site.domain, reseller: false,
            serverHostname: configuration.hostname, packageName: try await package(of: webspace),
            suspended: PleskStatus.isSuspended(webspace.status | customer.status), ip: webspace.ip,
            nameservers: try await nameservers(
                siteID: site.id, zones: [site.name, site.domain]))
    }

    // MARK: Parts

    static let notFound = ProviderError(.notFound, "There is no account of this name.")

    /// The subscription of the domain that is meant, otherwise of the main domain, otherwise the first one.
    private static func webspace(
        _ webspaces: [PleskWebspace], _ domains: [PleskDomainList.Domain], domain: String?
    ) -> PleskWebspace? {
        let name = domain ?? domains.first(where: \.isMain)?.name
        return webspaces.first { webspace in name.map(webspace.isNamed) ?? false } ?? webspaces.first
    }

    private func package(of webspace: PleskWebspace) async throws(ProviderError) -> String {
        guard let guid = webspace.planGUID else { return Self.noPackage }
        return try await api.plan(.service, .guid(guid))?.name ?? Self.noPackage
    }

    private func nameservers(
        _ webspace: PleskWebspace?, _ domains: [PleskDomainList.Domain]
    ) async throws(ProviderError) -> [String]? {
        guard let webspace else { return nil }
        // The main site mostly has its subscription's id.
        let site = domains.first { webspace.isNamed($0.name) }?.id ?? webspace.id
        return try await nameservers(siteID: site, zones: webspace.names)
    }

    /// In order of their names; nil where the server keeps no zone for the site.
    private func nameservers(siteID: String, zones: [String]) async throws(ProviderError) -> [String]? {
        do throws(ProviderError) {
            let names = try await api.nameservers(siteID: siteID, zones: zones.map { $0.lowercased() })
            return names.isEmpty ? nil : Set(names).sorted()
        } catch {
            // A server without a DNS component says so; the account is there all the same.
            guard PleskAnswer.isRefusal(error), error.kind != .unauthorized else { throw error }
            return nil
        }
    }
}

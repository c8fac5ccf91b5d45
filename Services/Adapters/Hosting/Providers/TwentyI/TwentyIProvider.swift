import AdapterKit
import Models

/// Hosting packages at 20i. An account's name is the id of its package; its customer is a user of the control panel.
///
/// - SeeAlso: https://docs.20i.com/api
struct TwentyIProvider: HostingProvider {
    typealias Configuration = Hosting20iContract.Configuration
    static let contract = Hosting20iContract.descriptor

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
            terminate: .init(Self.terminate, observe: Self.observeTerminate))
    }

    /// Where the control panel is for brands without an address of their own.
    private static let panelHost = "www.stackcp.com"

    private let configuration: Configuration
    private let context: ProviderContext
    private let api: TwentyIAPI

    init(configuration: Configuration, context: ProviderContext) {
        self.configuration = configuration
        self.context = context
        api = TwentyIAPI(key: configuration.generalApiKey, transport: context.transport)
    }

    func testConnection() async throws(ProviderError) -> String {
        "Signed in to an account with \(try await api.packageTypes().count) package types."
    }

    // MARK: Opening and closing accounts

    func create(_ wanted: Hosting.CreateParameters) async throws(ProviderError) -> Hosting.AccountInfo {
        guard wanted.asReseller != true else { throw Self.noResellers }
        let domain = try Self.domain(of: wanted)
        let type = try await packageType(wanted.packageName)
        let location = try await location(wanted.location)
        let user = try await stackUser(for: wanted)
        let id = try await api.addWeb(type: type, domain: domain, location: location, stackUser: user)
        var info = info(try await package(id))
        info.customerID = user
        return info
    }

    /// Looks for a package with the domain, made since the action was asked for. An older one is somebody else's.
    func observeCreate(
        _ wanted: Hosting.CreateParameters
    ) async throws(ProviderError) -> Observation<Hosting.AccountInfo> {
        let domain = try Self.domain(of: wanted)
        guard let package = try await api.package(domain) else { return .notDone }
        var madeAt = package.createdAt
        if madeAt == nil {
            madeAt = try await api.packages().first { $0.id == package.id }?.createdAt
        }
        guard let madeAt, let askedAt = context.actionID?.madeAt else { return .unknown }
        // The clocks of two machines may differ.
        guard madeAt.advanced(by: .seconds(600)) >= askedAt else { return .notDone }
        var info = info(package)
        info.customerID = package.stackUsers.first
        return .done(info)
    }

    func terminate(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.TerminateResult {
        try await api.deleteWeb(try await package(account.username).id)
        return Hosting.TerminateResult()
    }

    func observeTerminate(
        _ account: Hosting.Account
    ) async throws(ProviderError) -> Observation<Hosting.TerminateResult> {
        try await api.package(account.username) == nil ? .done(Hosting.TerminateResult()) : .notDone
    }

    // MARK: Looking things up

    func getInfo(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.AccountInfo {
        var info = info(try await package(account.username, orOf: account.domain))
        info.customerID = account.customerID
        return info
    }

    func getUsage(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.GetUsageResult {
        let package = try await package(account.username, orOf: account.domain)
        let usage = try await api.usage(package: package.id)
        return Hosting.GetUsageResult(
            usageData: Hosting.UsageData(
                diskMB: .share(used: usage.diskMB, of: package.limit("webspace")),
                bandwidthMB: .share(used: usage.bandwidthMB, of: package.limit("bandwidth")),
                websites: .share(used: Double(package.names.count), of: package.limit("domains"))))
    }

    func getLoginURL(
        _ wanted: Hosting.GetLoginUrlParameters
    ) async throws(ProviderError) -> Hosting.GetLoginUrlResult {
        let package = try await package(wanted.username, orOf: wanted.domain)
        let user = try Self.stackUser(of: package, named: wanted.customerID)
        let token = try await api.authenticate(stackUser: user)
        context.secrets.add(token.text)
        let brand = try await api.brand()
        let session = try await api.beginSession(token, brand: brand)
        context.secrets.add(session)
        let page = HTTPRequest(
            .get, host: brand.host(domain: package.domain) ?? Self.panelHost, path: "/login/sso",
            query: [.init("PHPSESSID", session)])
        return Hosting.GetLoginUrlResult(
            loginURL: page.url, expires: context.clock.now.advanced(by: token.validity).plainText)
    }

    // MARK: Changing accounts

    func changePassword(
        _ wanted: Hosting.ChangePasswordParameters
    ) async throws(ProviderError) -> Hosting.ChangePasswordResult {
        let package = try await package(wanted.username)
        let user = try Self.stackUser(of: package, named: wanted.customerID)
        try await api.setPassword(wanted.password, ofStackUser: user)
        return Hosting.ChangePasswordResult()
    }

    func changePackage(
        _ wanted: Hosting.ChangePackageParameters
    ) async throws(ProviderError) -> Hosting.AccountInfo {
        guard wanted.asReseller != true else { throw Self.noResellers }
        let package = try await package(wanted.username)
        let type = try await existingPackageType(wanted.packageName)
        try await api.updatePackage(package.id, type: type)
        return info(try await self.package(package.id))
    }

    func suspend(_ wanted: Hosting.SuspendParameters) async throws(ProviderError) -> Hosting.AccountInfo {
        var info = try await set(isEnabled: false, wanted.username)
        info.suspendReason = wanted.reason
        return info
    }

    func unsuspend(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.AccountInfo {
        try await set(isEnabled: true, account.username)
    }

    private func set(isEnabled: Bool, _ username: String) async throws(ProviderError) -> Hosting.AccountInfo {
        var package = try await package(username)
        if package.isEnabled != isEnabled {
            try await api.setStatus(package: package.id, isEnabled: isEnabled)
            package.isEnabled = isEnabled
        }
        return info(package)
    }
}

// MARK: Parts of several functions

extension TwentyIProvider {
    private static let noResellers = ProviderError(
        .unsupported, "This account cannot have reseller rights.")

    private static func domain(of wanted: Hosting.CreateParameters) throws(ProviderError) -> String {
        guard let domain = wanted.domain?.lowercased(), !domain.isEmpty else {
            throw ProviderError(.invalidInput, "A hosting account needs a domain.")
        }
        return domain
    }

    /// A package by its id, or where that is not there by its domain.
    ///
    /// - Parameter domain: only of calls that read: another package may serve the domain by now.
    /// - Throws: `notFound`.
    private func package(
        _ id: String, orOf domain: String? = nil
    ) async throws(ProviderError) -> TwentyIPackage {
        if let package = try await api.package(id) { return package }
        if let domain, !domain.isEmpty, let package = try await api.package(domain) { return package }
        throw ProviderError(
            .notFound, "There is no hosting package of this name.", details: ["package": .string(id)])
    }

    /// The user of a package who is meant.
    ///
    /// - Parameter name: as in `stack-user:70`; may be left out where the package has one user only.
    private static func stackUser(
        of package: TwentyIPackage, named name: String?
    ) throws(ProviderError) -> String {
        guard let first = package.stackUsers.first else {
            throw ProviderError(.rejected, "This account has no user of the control panel.")
        }
        if let name, !name.isEmpty {
            guard package.stackUsers.contains(name) else {
                throw ProviderError(
                    .rejected, "This account is not the customer's.", details: ["customer": .string(name)])
            }
            return name
        }
        guard package.stackUsers.count == 1 else {
            throw ProviderError(.invalidInput, "It is not known which of the account's users is meant.")
        }
        return first
    }

    /// The user who shall manage a new package: the one given, the one with the e-mail address, or a new one.
    private func stackUser(for wanted: Hosting.CreateParameters) async throws(ProviderError) -> String {
        if let user = wanted.customerID, !user.isEmpty { return user }
        if let user = try await api.stackUser(email: wanted.email) { return user }
        let user = try await api.addStackUser(email: wanted.email)
        try await api.setContact(TwentyIContact(wanted), ofStackUser: user)
        return user
    }

    /// The id of a package type that is given by its id or label; an id is not looked up.
    private func packageType(_ name: String) async throws(ProviderError) -> String {
        name.allSatisfy { $0.isASCII && $0.isNumber } ? name : try await existingPackageType(name)
    }

    private func existingPackageType(_ name: String) async throws(ProviderError) -> String {
        let types = try await api.packageTypes()
        guard let type = types.first(where: { $0.id == name }) ?? types.first(where: { $0.label == name })
        else {
            throw ProviderError(
                .invalidInput, "This package is not offered at the moment.",
                details: ["package": .string(name)])
        }
        return type.id
    }

    /// The id of a data centre that is given by its id or name.
    private func location(_ name: String?) async throws(ProviderError) -> String? {
        guard let name, !name.isEmpty else { return nil }
        let locations = try await api.locations()
        if locations[name] != nil { return name }
        guard let location = locations.first(where: { $0.value == name }) else {
            throw ProviderError(
                .invalidInput, "This location is not offered at the moment.",
                details: ["location": .string(name)])
        }
        return location.key
    }

    private func info(_ package: TwentyIPackage) -> Hosting.AccountInfo {
        Hosting.AccountInfo(
            username: package.id, domain: package.domain, reseller: false,
            serverHostname: configuration.controlPanelHostname ?? package.ip ?? Self.panelHost,
            packageName: package.type, suspended: !package.isEnabled, ip: package.ip,
            location: package.zone)
    }
}

import AdapterKit
import Models

/// Licences of cPanel & WHM, by Manage2.
///
/// - SeeAlso: https://docs.cpanel.net/manage2/knowledge-base/guide-to-the-manage2-api/
struct CPanelProvider: LicensesProvider {
    typealias Configuration = LicensesCpanelContract.Configuration
    static let contract = LicensesCpanelContract.descriptor

    static var functions: LicensesFunctions<Self> {
        LicensesFunctions(
            getUsageData: .init(Self.getUsageData),
            create: .init(Self.create, observe: Self.observeCreate),
            renew: .init(Self.renew, observe: Self.observeRenew),
            changePackage: .init(Self.changePackage),
            suspend: .init(Self.suspend),
            unsuspend: .init(Self.unsuspend),
            terminate: .init(Self.terminate, observe: Self.observeTerminate))
    }

    /// How far two machines' clocks may be apart: 10 min.
    private static let tolerance = Duration.seconds(600)

    private let configuration: Configuration
    private let context: ProviderContext
    private let api: CPanelAPI

    init(configuration: Configuration, context: ProviderContext) {
        self.configuration = configuration
        self.context = context
        api = CPanelAPI(
            username: configuration.username, password: configuration.password, timeLimit: context.timeLimit,
            transport: context.transport)
    }

    func testConnection() async throws(ProviderError) -> String {
        let count = try await api.packageCount()
        return "Signed in as \(configuration.username), who may sell \(count) packages."
    }

    // MARK: Issuing

    func create(_ wanted: Licenses.CreateParameters) async throws(ProviderError) -> Licenses.CreateResult {
        let (ip, packageID) = try Self.binding(of: wanted)
        return Licenses.CreateResult(
            licenseKey: try await api.licenseAdd(ip: ip, packageID: packageID, groupID: configuration.groupID)
        )
    }

    /// Looks for a licence of the package at the address. Where there is none, none was issued; one that was
    /// added since the action was asked for is its own. An older one may be somebody else's, or one that had
    /// expired and was reactivated: nobody can tell.
    func observeCreate(
        _ wanted: Licenses.CreateParameters
    ) async throws(ProviderError) -> Observation<Licenses.CreateResult> {
        let (ip, packageID) = try Self.binding(of: wanted)
        let ids = try await api.lookup(ip: ip, packageID: packageID)
        guard let id = ids.first else { return .notDone }
        guard ids.count == 1, let license = try await api.licenseInfo(id: id, amongExpired: false),
            license.status == .active, license.ip == ip, license.packageID == packageID,
            let addedAt = license.addedAt, let askedAt = context.actionID?.madeAt,
            addedAt.advanced(by: Self.tolerance) >= askedAt
        else { return .unknown }
        return .done(Licenses.CreateResult(licenseKey: id))
    }

    private static func binding(
        of wanted: Licenses.CreateParameters
    ) throws(ProviderError) -> (ip: String, packageID: String) {
        guard let ip = wanted.ip, !ip.isEmpty else {
            throw ProviderError(.invalidInput, "This licence needs the address of a server.")
        }
        guard let packageID = wanted.packageIdentifier, !packageID.isEmpty else {
            throw ProviderError(.invalidInput, "This licence needs a package.")
        }
        return (ip, packageID)
    }

    // MARK: Looking things up

    func getUsageData(_ license: Licenses.License) async throws(ProviderError) -> Licenses.GetUsageDataResult
    {
        let found = try await existing(try license.licenseKey.licenseKey())
        return Licenses.GetUsageDataResult(usageData: found.answer)
    }

    // MARK: Changing

    /// Licences run until they are ended: there is nothing to be done.
    func renew(_ wanted: Licenses.RenewParameters) async throws(ProviderError) -> Licenses.RenewResult {
        Licenses.RenewResult(
            licenseKey: .string(try wanted.licenseKey.licenseKey()),
            packageIdentifier: wanted.packageIdentifier)
    }

    /// A run does nothing, so none ever needs to be looked for.
    func observeRenew(
        _ wanted: Licenses.RenewParameters
    ) async throws(ProviderError) -> Observation<Licenses.RenewResult> { .notDone }

    func changePackage(
        _ wanted: Licenses.ChangePackageParameters
    ) async throws(ProviderError) -> Licenses.ChangePackageResult {
        let key = try wanted.licenseKey.licenseKey()
        guard let packageID = wanted.packageIdentifier, !packageID.isEmpty else {
            throw ProviderError(.invalidInput, "It is not said which package the licence shall have.")
        }
        guard let ip = try await existing(key).ip else {
            throw ProviderError(.rejected, "This licence belongs to no server, so its package stays.")
        }
        try await api.packageUpdate(ip: ip, newPackageID: packageID)
        return Licenses.ChangePackageResult(licenseKey: .string(key), packageIdentifier: packageID)
    }

    /// Expires the licence unless it does not work anyway.
    func suspend(_ license: Licenses.License) async throws(ProviderError) -> Licenses.SuspendResult {
        let key = try license.licenseKey.licenseKey()
        switch try await existing(key).status {
        case .expired, .suspended: break
        case .active, .other: try await api.licenseExpire(id: key)
        }
        return Licenses.SuspendResult()
    }

    func unsuspend(_ license: Licenses.License) async throws(ProviderError) -> Licenses.UnsuspendResult {
        let key = try license.licenseKey.licenseKey()
        if try await existing(key).status != .active { try await api.licenseReActivate(id: key) }
        return Licenses.UnsuspendResult()
    }

    func terminate(_ license: Licenses.License) async throws(ProviderError) -> Licenses.TerminateResult {
        let key = try license.licenseKey.licenseKey()
        if try await existing(key).status != .expired { try await api.licenseExpire(id: key) }
        return Licenses.TerminateResult()
    }

    /// A licence that has expired, or is no longer there at all, is ended.
    func observeTerminate(
        _ license: Licenses.License
    ) async throws(ProviderError) -> Observation<Licenses.TerminateResult> {
        switch try await find(try license.licenseKey.licenseKey())?.status {
        case nil, .expired: .done(Licenses.TerminateResult())
        case .active, .suspended: .notDone
        case .other: .unknown
        }
    }

    // MARK: Parts

    /// A licence, active or not; nil where there is none.
    private func find(_ key: String) async throws(ProviderError) -> CPanelLicense? {
        if let license = try await api.licenseInfo(id: key, amongExpired: false) { return license }
        return try await api.licenseInfo(id: key, amongExpired: true)
    }

    /// - Throws: `notFound`.
    private func existing(_ key: String) async throws(ProviderError) -> CPanelLicense {
        guard let license = try await find(key) else {
            throw ProviderError(.notFound, "There is no licence of this key.")
        }
        return license
    }
}

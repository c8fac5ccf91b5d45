import AdapterKit
import Models

/// Leased licences of WHMCS in a reseller's account.
///
/// - SeeAlso: https://docs.whmcs.com/Reseller_License_Manager
struct WHMCSProvider: LicensesProvider {
    typealias Configuration = LicensesWhmcsContract.Configuration
    static let contract = LicensesWhmcsContract.descriptor

    static var functions: LicensesFunctions<Self> {
        LicensesFunctions(
            getUsageData: .init(Self.getUsageData),
            create: .init(Self.create),
            renew: .init(Self.renew, observe: Self.observeRenew),
            changePackage: .init(Self.changePackage),
            reissue: .init(Self.reissue),
            terminate: .init(Self.terminate, observe: Self.observeTerminate))
    }

    private let configuration: Configuration
    private let api: WHMCSAPI

    init(configuration: Configuration, context: ProviderContext) {
        self.configuration = configuration
        api = WHMCSAPI(
            email: configuration.email, apiKey: configuration.apiKey, timeLimit: context.timeLimit,
            transport: context.transport)
    }

    /// Searches for a key that nobody has, which takes credentials all the same.
    func testConnection() async throws(ProviderError) -> String {
        _ = try await api.searchLicenses(key: "connection-test")
        return "Signed in as \(configuration.email)."
    }

    func getUsageData(_ license: Licenses.License) async throws(ProviderError) -> Licenses.GetUsageDataResult
    {
        guard let found = try await api.searchLicenses(key: try license.licenseKey.licenseKey()) else {
            throw ProviderError(.notFound, "There is no licence of this key.")
        }
        return Licenses.GetUsageDataResult(usageData: .object(["license": found.facts]))
    }

    func create(_ wanted: Licenses.CreateParameters) async throws(ProviderError) -> Licenses.CreateResult {
        Licenses.CreateResult(
            licenseKey: try await api.addLicense(product: try Self.product(wanted.packageIdentifier)))
    }

    /// Leased licences run until they are cancelled: there is nothing to be done.
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
        let product = try Self.product(wanted.packageIdentifier)
        try await api.upgrade(key: key, product: product)
        return Licenses.ChangePackageResult(licenseKey: .string(key), packageIdentifier: product)
    }

    func reissue(_ license: Licenses.License) async throws(ProviderError) -> Licenses.ReissueResult {
        let key = try license.licenseKey.licenseKey()
        try await api.reissue(key: key)
        return Licenses.ReissueResult(licenseKey: .string(key))
    }

    func terminate(_ license: Licenses.License) async throws(ProviderError) -> Licenses.TerminateResult {
        try await api.cancel(key: try license.licenseKey.licenseKey())
        return Licenses.TerminateResult()
    }

    /// A licence that is cancelled, or that the account no longer has, is ended.
    func observeTerminate(
        _ license: Licenses.License
    ) async throws(ProviderError) -> Observation<Licenses.TerminateResult> {
        switch try await api.searchLicenses(key: try license.licenseKey.licenseKey())?.status {
        case nil, .ended: .done(Licenses.TerminateResult())
        case .kept: .notDone
        case .other: .unknown
        }
    }

    private static func product(_ package: String?) throws(ProviderError) -> String {
        guard let package, !package.isEmpty else {
            throw ProviderError(.invalidInput, "This licence needs a package.")
        }
        return package
    }
}

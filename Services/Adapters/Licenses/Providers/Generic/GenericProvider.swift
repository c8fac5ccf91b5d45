import AdapterKit
import Models

/// Licences that an operator keeps by software of his own.
struct GenericProvider: LicensesProvider {
    typealias Configuration = LicensesGenericContract.Configuration
    static let contract = LicensesGenericContract.descriptor

    static var functions: LicensesFunctions<Self> {
        LicensesFunctions(
            getUsageData: .init(Self.getUsageData),
            create: .init(Self.create),
            renew: .init(Self.renew),
            changePackage: .init(Self.changePackage),
            reissue: .init(Self.reissue),
            suspend: .init(Self.suspend),
            unsuspend: .init(Self.unsuspend),
            terminate: .init(Self.terminate))
    }

    private let api: GenericAPI

    init(configuration: Configuration, context: ProviderContext) {
        api = GenericAPI(
            configuration: configuration, timeLimit: context.timeLimit, transport: context.transport)
    }

    /// No endpoint can be called without doing something, so only the host is asked.
    func testConnection() async throws(ProviderError) -> String {
        let host = try await api.reach()
        return "\(host) answers. Whether its endpoints take the token shows when one is called."
    }

    func getUsageData(_ license: Licenses.License) async throws(ProviderError) -> Licenses.GetUsageDataResult
    {
        let answer = try await api.getUsageData(try .init(operatorFields: license))
        guard answer.value("units_consumed") != nil || answer.value("usage_data") != nil else {
            throw answer.response.unreadable("has neither units_consumed nor usage_data")
        }
        let units = answer.members["units_consumed"]?.lenientNumber?.rounded(.towardZero)
        return Licenses.GetUsageDataResult(
            unitsConsumed: units.flatMap { Int(exactly: $0) }, usageData: .object(answer.members))
    }

    func create(_ wanted: Licenses.CreateParameters) async throws(ProviderError) -> Licenses.CreateResult {
        let answer = try await api.create(try .init(operatorFields: wanted))
        guard let key = answer.members["license_key"]?.lenientText else {
            throw answer.response.unreadable("has no license_key")
        }
        return Licenses.CreateResult(
            licenseKey: key, serviceIdentifier: answer.members["service_identifier"]?.lenientText,
            packageIdentifier: answer.members["package_identifier"]?.lenientText,
            customerIdentifier: answer.members["customer_identifier"]?.lenientText)
    }

    func renew(_ wanted: Licenses.RenewParameters) async throws(ProviderError) -> Licenses.RenewResult {
        let answer = try await api.renew(try .init(operatorFields: wanted))
        return Licenses.RenewResult(
            licenseKey: answer.value("license_key"),
            packageIdentifier: answer.members["package_identifier"]?.lenientText ?? wanted.packageIdentifier)
    }

    func changePackage(
        _ wanted: Licenses.ChangePackageParameters
    ) async throws(ProviderError) -> Licenses.ChangePackageResult {
        let answer = try await api.changePackage(try .init(operatorFields: wanted))
        return Licenses.ChangePackageResult(
            licenseKey: answer.value("license_key"),
            packageIdentifier: answer.members["package_identifier"]?.lenientText ?? wanted.packageIdentifier)
    }

    func reissue(_ license: Licenses.License) async throws(ProviderError) -> Licenses.ReissueResult {
        let answer = try await api.reissue(try .init(operatorFields: license, spreadsExtra: false))
        return Licenses.ReissueResult(licenseKey: answer.value("license_key"))
    }

    func suspend(_ license: Licenses.License) async throws(ProviderError) -> Licenses.SuspendResult {
        try await api.suspend(try .init(operatorFields: license))
        return Licenses.SuspendResult()
    }

    func unsuspend(_ license: Licenses.License) async throws(ProviderError) -> Licenses.UnsuspendResult {
        try await api.unsuspend(try .init(operatorFields: license))
        return Licenses.UnsuspendResult()
    }

    func terminate(_ license: Licenses.License) async throws(ProviderError) -> Licenses.TerminateResult {
        try await api.terminate(try .init(operatorFields: license))
        return Licenses.TerminateResult()
    }
}

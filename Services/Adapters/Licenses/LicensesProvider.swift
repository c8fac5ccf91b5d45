import AdapterKit
import Models

/// A provider of software licences.
protocol LicensesProvider: AdapterKit.Provider {
    static var functions: LicensesFunctions<Self> { get }
}

/// The functions of the licenses blueprint as one provider does them, given as method references. What is left
/// out is not supported.
struct LicensesFunctions<P: AdapterKit.Provider>: Sendable {
    var getUsageData: ProviderFunction<P, Licenses.License, Licenses.GetUsageDataResult>?
    var create: ProviderFunction<P, Licenses.CreateParameters, Licenses.CreateResult>?
    var renew: ProviderFunction<P, Licenses.RenewParameters, Licenses.RenewResult>?
    var changePackage: ProviderFunction<P, Licenses.ChangePackageParameters, Licenses.ChangePackageResult>?
    var reissue: ProviderFunction<P, Licenses.License, Licenses.ReissueResult>?
    var suspend: ProviderFunction<P, Licenses.License, Licenses.SuspendResult>?
    var unsuspend: ProviderFunction<P, Licenses.License, Licenses.UnsuspendResult>?
    var terminate: ProviderFunction<P, Licenses.License, Licenses.TerminateResult>?

    /// The functions by their names in the blueprint.
    var table: FunctionTable<P> {
        var table = FunctionTable<P>()
        table.add("getUsageData", getUsageData)
        table.add("create", create)
        table.add("renew", renew)
        table.add("changePackage", changePackage)
        table.add("reissue", reissue)
        table.add("suspend", suspend)
        table.add("unsuspend", unsuspend)
        table.add("terminate", terminate)
        return table
    }
}

extension RegisteredProvider {
    static func licenses<P: LicensesProvider>(_ provider: P.Type) -> RegisteredProvider {
        RegisteredProvider(provider, functions: P.functions.table)
    }
}

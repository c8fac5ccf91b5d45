import AdapterKit
import Models

/// A provider of office tools.
protocol OfficeToolsProvider: AdapterKit.Provider {
    static var functions: OfficeToolsFunctions<Self> { get }
}

/// The functions of the office-tools blueprint as one provider does them, given as method references. What is left
/// out is not supported.
struct OfficeToolsFunctions<P: AdapterKit.Provider>: Sendable {
    var create: ProviderFunction<P, OfficeTools.CreateParameters, OfficeTools.ServiceInfo>?
    var getInfo: ProviderFunction<P, OfficeTools.Service, OfficeTools.ServiceInfo>?
    var login: ProviderFunction<P, OfficeTools.LoginParameters, OfficeTools.LoginResult>?
    var renew: ProviderFunction<P, OfficeTools.RenewParameters, OfficeTools.ServiceInfo>?
    var changePackage: ProviderFunction<P, OfficeTools.ChangePackageParameters, OfficeTools.ServiceInfo>?
    var suspend: ProviderFunction<P, OfficeTools.Service, OfficeTools.ServiceInfo>?
    var unsuspend: ProviderFunction<P, OfficeTools.Service, OfficeTools.ServiceInfo>?
    var terminate: ProviderFunction<P, OfficeTools.Service, OfficeTools.TerminateResult>?

    /// The functions by their names in the blueprint.
    var table: FunctionTable<P> {
        var table = FunctionTable<P>()
        table.add("create", create)
        table.add("getInfo", getInfo)
        table.add("login", login)
        table.add("renew", renew)
        table.add("changePackage", changePackage)
        table.add("suspend", suspend)
        table.add("unsuspend", unsuspend)
        table.add("terminate", terminate)
        return table
    }
}

extension RegisteredProvider {
    static func officeTools<P: OfficeToolsProvider>(_ provider: P.Type) -> RegisteredProvider {
        RegisteredProvider(provider, functions: P.functions.table)
    }
}

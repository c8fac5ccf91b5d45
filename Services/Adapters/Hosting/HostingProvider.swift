import AdapterKit
import Models

/// A provider of hosting accounts.
protocol HostingProvider: AdapterKit.Provider {
    static var functions: HostingFunctions<Self> { get }
}

/// The functions of the hosting blueprint as one provider does them, given as method references. What is left
/// out is not supported.
struct HostingFunctions<P: AdapterKit.Provider>: Sendable {
    var create: ProviderFunction<P, Hosting.CreateParameters, Hosting.AccountInfo>?
    var getInfo: ProviderFunction<P, Hosting.Account, Hosting.AccountInfo>?
    var getUsage: ProviderFunction<P, Hosting.Account, Hosting.GetUsageResult>?
    var getLoginURL: ProviderFunction<P, Hosting.GetLoginUrlParameters, Hosting.GetLoginUrlResult>?
    var changePassword: ProviderFunction<P, Hosting.ChangePasswordParameters, Hosting.ChangePasswordResult>?
    var changePackage: ProviderFunction<P, Hosting.ChangePackageParameters, Hosting.AccountInfo>?
    var suspend: ProviderFunction<P, Hosting.SuspendParameters, Hosting.AccountInfo>?
    var unsuspend: ProviderFunction<P, Hosting.Account, Hosting.AccountInfo>?
    var terminate: ProviderFunction<P, Hosting.Account, Hosting.TerminateResult>?
    var grantReseller: ProviderFunction<P, Hosting.GrantResellerParameters, Hosting.ResellerPrivileges>?
    var revokeReseller: ProviderFunction<P, Hosting.Account, Hosting.ResellerPrivileges>?

    /// The functions by their names in the blueprint.
    var table: FunctionTable<P> {
        var table = FunctionTable<P>()
        table.add("create", create)
        table.add("getInfo", getInfo)
        table.add("getUsage", getUsage)
        table.add("getLoginUrl", getLoginURL)
        table.add("changePassword", changePassword)
        table.add("changePackage", changePackage)
        table.add("suspend", suspend)
        table.add("unsuspend", unsuspend)
        table.add("terminate", terminate)
        table.add("grantReseller", grantReseller)
        table.add("revokeReseller", revokeReseller)
        return table
    }
}

extension RegisteredProvider {
    static func hosting<P: HostingProvider>(_ provider: P.Type) -> RegisteredProvider {
        RegisteredProvider(provider, functions: P.functions.table)
    }
}

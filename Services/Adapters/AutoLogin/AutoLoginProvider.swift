import AdapterKit
import Models

/// A provider of outside services that sign customers in.
protocol AutoLoginProvider: AdapterKit.Provider {
    static var functions: AutoLoginFunctions<Self> { get }
}

/// The functions of the auto-login blueprint as one provider does them, given as method references. What is left
/// out is not supported.
struct AutoLoginFunctions<P: AdapterKit.Provider>: Sendable {
    var create: ProviderFunction<P, AutoLogin.CreateParameters, AutoLogin.CreateResult>?
    var login: ProviderFunction<P, AutoLogin.Account, AutoLogin.LoginResult>?
    var suspend: ProviderFunction<P, AutoLogin.Account, AutoLogin.SuspendResult>?
    var unsuspend: ProviderFunction<P, AutoLogin.Account, AutoLogin.UnsuspendResult>?
    var changePackage: ProviderFunction<P, AutoLogin.ChangePackageParameters, AutoLogin.ChangePackageResult>?
    var renew: ProviderFunction<P, AutoLogin.Account, AutoLogin.RenewResult>?
    var terminate: ProviderFunction<P, AutoLogin.Account, AutoLogin.TerminateResult>?

    /// The functions by their names in the blueprint.
    var table: FunctionTable<P> {
        var table = FunctionTable<P>()
        table.add("create", create)
        table.add("login", login)
        table.add("suspend", suspend)
        table.add("unsuspend", unsuspend)
        table.add("changePackage", changePackage)
        table.add("renew", renew)
        table.add("terminate", terminate)
        return table
    }
}

extension RegisteredProvider {
    static func autoLogin<P: AutoLoginProvider>(_ provider: P.Type) -> RegisteredProvider {
        RegisteredProvider(provider, functions: P.functions.table)
    }
}

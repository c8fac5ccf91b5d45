import AdapterKit
import Models

/// A provider of website builders.
protocol BuildersProvider: AdapterKit.Provider {
    static var functions: BuildersFunctions<Self> { get }
}

/// The functions of the builders blueprint as one provider does them, given as method references. What is left
/// out is not supported.
struct BuildersFunctions<P: AdapterKit.Provider>: Sendable {
    var create: ProviderFunction<P, Builders.CreateParameters, Builders.AccountInfo>?
    var getInfo: ProviderFunction<P, Builders.Account, Builders.AccountInfo>?
    var login: ProviderFunction<P, Builders.Account, Builders.LoginResult>?
    var changePackage: ProviderFunction<P, Builders.ChangePackageParameters, Builders.AccountInfo>?
    var suspend: ProviderFunction<P, Builders.Account, Builders.AccountInfo>?
    var unsuspend: ProviderFunction<P, Builders.UnsuspendParameters, Builders.AccountInfo>?
    var terminate: ProviderFunction<P, Builders.Account, Builders.TerminateResult>?

    /// The functions by their names in the blueprint.
    var table: FunctionTable<P> {
        var table = FunctionTable<P>()
        table.add("create", create)
        table.add("getInfo", getInfo)
        table.add("login", login)
        table.add("changePackage", changePackage)
        table.add("suspend", suspend)
        table.add("unsuspend", unsuspend)
        table.add("terminate", terminate)
        return table
    }
}

extension RegisteredProvider {
    static func builders<P: BuildersProvider>(_ provider: P.Type) -> RegisteredProvider {
        RegisteredProvider(provider, functions: P.functions.table)
    }
}

import AdapterKit
import Models

/// A provider of search engine optimisation.
protocol SEOProvider: AdapterKit.Provider {
    static var functions: SEOFunctions<Self> { get }
}

/// The functions of the seo blueprint as one provider does them, given as method references. What is left
/// out is not supported.
struct SEOFunctions<P: AdapterKit.Provider>: Sendable {
    var create: ProviderFunction<P, SEO.CreateParameters, SEO.CreateResult>?
    var login: ProviderFunction<P, SEO.Account, SEO.LoginResult>?
    var changePackage: ProviderFunction<P, SEO.ChangePackageParameters, SEO.ChangePackageResult>?
    var suspend: ProviderFunction<P, SEO.Account, SEO.SuspendResult>?
    var unsuspend: ProviderFunction<P, SEO.Account, SEO.UnsuspendResult>?
    var terminate: ProviderFunction<P, SEO.Account, SEO.TerminateResult>?

    /// The functions by their names in the blueprint.
    var table: FunctionTable<P> {
        var table = FunctionTable<P>()
        table.add("create", create)
        table.add("login", login)
        table.add("changePackage", changePackage)
        table.add("suspend", suspend)
        table.add("unsuspend", unsuspend)
        table.add("terminate", terminate)
        return table
    }
}

extension RegisteredProvider {
    static func seo<P: SEOProvider>(_ provider: P.Type) -> RegisteredProvider {
        RegisteredProvider(provider, functions: P.functions.table)
    }
}

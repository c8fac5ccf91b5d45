import AdapterKit
import Models

/// A provider of servers.
protocol ServersProvider: AdapterKit.Provider {
    static var functions: ServersFunctions<Self> { get }
}

/// The functions of the servers blueprint as one provider does them, given as method references. What is left
/// out is not supported.
struct ServersFunctions<P: AdapterKit.Provider>: Sendable {
    var create: ProviderFunction<P, Servers.CreateParameters, Servers.ServerInfo>?
    var getInfo: ProviderFunction<P, Servers.ServerIdentifier, Servers.ServerInfo>?
    var getConnection: ProviderFunction<P, Servers.GetConnectionParameters, Servers.GetConnectionResult>?
    var changeRootPassword: ProviderFunction<P, Servers.ChangeRootPasswordParameters, Servers.ServerInfo>?
    var resize: ProviderFunction<P, Servers.ResizeParameters, Servers.ServerInfo>?
    var reinstall: ProviderFunction<P, Servers.ReinstallParameters, Servers.ServerInfo>?
    var reboot: ProviderFunction<P, Servers.ServerIdentifier, Servers.ServerInfo>?
    var shutdown: ProviderFunction<P, Servers.ServerIdentifier, Servers.ServerInfo>?
    var powerOn: ProviderFunction<P, Servers.ServerIdentifier, Servers.ServerInfo>?
    var suspend: ProviderFunction<P, Servers.ServerIdentifier, Servers.ServerInfo>?
    var unsuspend: ProviderFunction<P, Servers.ServerIdentifier, Servers.ServerInfo>?
    var attachRecoveryISO: ProviderFunction<P, Servers.ServerIdentifier, Servers.ServerInfo>?
    var detachRecoveryISO: ProviderFunction<P, Servers.ServerIdentifier, Servers.ServerInfo>?
    var terminate: ProviderFunction<P, Servers.ServerIdentifier, Servers.TerminateResult>?

    /// The functions by their names in the blueprint.
    var table: FunctionTable<P> {
        var table = FunctionTable<P>()
        table.add("create", create)
        table.add("getInfo", getInfo)
        table.add("getConnection", getConnection)
        table.add("changeRootPassword", changeRootPassword)
        table.add("resize", resize)
        table.add("reinstall", reinstall)
        table.add("reboot", reboot)
        table.add("shutdown", shutdown)
        table.add("powerOn", powerOn)
        table.add("suspend", suspend)
        table.add("unsuspend", unsuspend)
        table.add("attachRecoveryIso", attachRecoveryISO)
        table.add("detachRecoveryIso", detachRecoveryISO)
        table.add("terminate", terminate)
        return table
    }
}

extension RegisteredProvider {
    static func servers<P: ServersProvider>(_ provider: P.Type) -> RegisteredProvider {
        RegisteredProvider(provider, functions: P.functions.table)
    }
}

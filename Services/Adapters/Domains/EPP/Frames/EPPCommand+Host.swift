import AdapterKit
import Models

extension EPPCommand {
    private static let host = EPPSchema.host

    /// RFC 5732, section 3.1.1.
    static func checkHosts(_ names: [String]) -> EPPCommand {
        EPPCommand("check", of: host, names.map { host.text("name", $0) })
    }

    /// RFC 5732, section 3.1.2.
    static func hostInfo(_ name: String) -> EPPCommand {
        EPPCommand("info", of: host, [host.text("name", name)])
    }

    /// RFC 5732, section 3.2.1.
    static func createHost(_ server: Domains.Nameserver) -> EPPCommand {
        EPPCommand(
            "create", of: host,
            [host.text("name", server.host)] + (server.ip.map { [address($0, of: host, "addr")] } ?? []))
    }
}

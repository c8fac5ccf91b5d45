import AdapterKit
import Models

/// How a server is virtualised, as the panel names it.
enum SolusVMType: String, Sendable {
    case openvz, xen, kvm
    case xenHVM = "xen hvm"

    /// Under which name the templates of this type are listed.
    var templatesKey: String {
        switch self {
        case .openvz, .xen: "templates"
        case .xenHVM: "templateshvm"
        case .kvm: "templateskvm"
        }
    }
}

/// A server as `vserver-infoall` and `vserver-info` show it together.
///
/// - SeeAlso: https://docs.solusvm.com/v1/api/admin/
struct SolusVMServer: Sendable {
    var id: String
    /// `online`, `offline` or `disabled`.
    var state: String
    var hostname: String?
    var address: String?
    var template: String?
    var type: String?
    var node: String?
    var cpuCores: Int?
    var memoryMB: Int?
    var diskGB: Int?

    init(id: String, state: JSONValue, details: JSONValue) {
        func text(_ name: String) -> String? { state[name]?.lenientText ?? details[name]?.lenientText }
        self.id = id
        self.state = text("state") ?? "unknown"
        hostname = text("hostname")
        address = text("ipaddress") ?? text("mainipaddress")
        template = details["template"]?.lenientText
        type = text("type")
        node = text("node")
        cpuCores = details["cpus"]?.leadingNumber
        memoryMB = details["memory"]?.leadingNumber
        diskGB = details["hdd"]?.leadingNumber
    }

    var isOnline: Bool { state == "online" }
}

/// A plan.
///
/// - SeeAlso: https://docs.solusvm.com/v1/api/admin/
struct SolusVMPlan: Sendable {
    var id: String?
    var name: String
    var cpuCores: Int?
    var memoryMB: Int?
    var diskGB: Int?

    init?(_ value: JSONValue) {
        guard let name = value["name"]?.lenientText else { return nil }
        self.name = name
        id = value["id"]?.lenientText
        cpuCores = value["cpus"]?.leadingNumber
        memoryMB = value["ram"]?.leadingNumber
        diskGB = value["disk"]?.leadingNumber
    }

    /// Whether a server has just what the plan gives.
    func fits(_ server: SolusVMServer) -> Bool {
        guard let cpuCores, let memoryMB, let diskGB else { return false }
        return server.cpuCores == cpuCores && server.memoryMB == memoryMB && server.diskGB == diskGB
    }
}

/// Something that the panel lists as `id|label`.
struct SolusVMEntry: Sendable {
    var id: String
    var label: String

    /// The entries of a list that is written as `1|London,2|Paris`; none for `--none--`.
    static func list(_ value: JSONValue?) -> [SolusVMEntry] {
        (value?.lenientText ?? "").split(separator: ",").map { entry in
            let parts = entry.split(separator: "|", maxSplits: 1).map(String.init)
            return SolusVMEntry(id: parts.first ?? "", label: parts.last ?? "")
        }.filter { !$0.id.isEmpty && $0.id != "--none--" }
    }
}

/// A way to reach a server's console by SSH.
struct SolusVMConsole: Sendable {
    var username: String
    var host: String
    var port: Int
    var password: String?
    /// How long it stays open.
    var lifetime: Duration?

    /// Nil where the answer has none, or has signs that a command must not have.
    init?(_ value: JSONValue) {
        guard let username = value["consoleusername"]?.lenientText,
            let host = value["consoleip"]?.lenientText,
            username.wholeMatch(of: /[A-Za-z0-9._-]+/) != nil, host.wholeMatch(of: /[A-Za-z0-9.-]+/) != nil
        else { return nil }
        self.username = username
        self.host = host
        port = value["consoleport"]?.wholeNumber ?? 22
        password = value["consolepassword"]?.lenientText
        lifetime = value["sessionexpire"]?.wholeNumber.map { .seconds($0) }
    }
}

extension JSONValue {
    /// The number that a value begins with, as in `2048`, `"2048"`, `"2048M"` or `"40,12,28,30"`.
    fileprivate var leadingNumber: Int? {
        lenientText.flatMap { Int($0.prefix { $0.isASCII && $0.isNumber }) }
    }
}

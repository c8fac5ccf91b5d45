import AdapterKit
import Models

/// Who can own subscriptions. The interface spells the same things differently for the two.
enum PleskRole: String, Sendable {
    case customer
    case reseller

    var generalInfo: String { self == .customer ? "gen_info" : "gen-info" }
    var dataset: [String] { self == .customer ? ["gen_info", "stat"] : ["gen-info", "permissions"] }
}

/// The state of an owner, subscription or site: a sum of reasons to be suspended.
///
/// - SeeAlso:
///   https://docs.plesk.com/en-US/obsidian/api-rpc/about-xml-api/reference/managing-sites-domains/site-settings/general-site-information/node-getgen_info.66550
enum PleskStatus {
    static let active = 0
    static let suspendedByAdministrator = 16
    private static let backup = 4

    /// Being backed up or restored does not count.
    static func isSuspended(_ status: Int) -> Bool { status & ~backup != 0 }
}

/// A customer or reseller.
struct PleskOwner: Sendable {
    enum Filter: Sendable {
        case id(String)
        case login(String)

        var node: XMLValue {
            switch self {
            case .id(let id): .node("filter", .node("id", text: id))
            case .login(let login): .node("filter", .node("login", text: login))
            }
        }
    }

    var id: String
    var login: String
    var email: String?
    var status: Int
    /// The day, as in `2026-01-02`, by the server's own clock.
    var createdOn: String?

    init?(_ result: XMLValue, _ role: PleskRole) {
        guard let id = result["id"]?.content, let general = result["data"]?[role.generalInfo],
            let login = general["login"]?.content
        else { return nil }
        self.id = id
        self.login = login
        email = general["email"]?.content
        status = general["status"]?.content.flatMap { Int($0) } ?? PleskStatus.active
        createdOn = (general["cr_date"] ?? general["cr-date"])?.content
    }
}

/// What a customer or reseller is made of.
struct PleskNewOwner: Sendable {
    var name: String
    var login: String
    var password: String
    var email: String
    /// The reseller whose customer it shall be; the administrator's where nil.
    var ownerLogin: String?

    var nodes: [XMLValue] {
        [
            .node("pname", text: name), .node("login", text: login), .node("passwd", text: password),
            .node("email", text: email),
        ] + (ownerLogin.map { [.node("owner-login", text: $0)] } ?? [])
    }
}

/// The domains of an owner, as `get-domain-list` shows them.
struct PleskDomainList: Sendable {
    struct Domain: Sendable {
        var id: String
        var name: String
        var isMain: Bool
    }

    var ownerID: String?
    var domains: [Domain]

    init(_ result: XMLValue) {
        ownerID = result["id"]?.content
        domains = (result["domains"]?.all("domain") ?? []).compactMap { domain in
            guard let id = domain["id"]?.content, let name = domain["name"]?.content else { return nil }
            return Domain(id: id, name: name, isMain: domain["main"]?.content == "true")
        }
    }
}

/// A subscription.
struct PleskWebspace: Sendable {
    enum Filter: Sendable {
        case id(String)
        case name(String)
        case ownerLogin(String)

        var node: XMLValue {
            switch self {
            case .id(let id): .node("filter", .node("id", text: id))
            case .name(let name): .node("filter", .node("name", text: name))
            case .ownerLogin(let login): .node("filter", .node("owner-login", text: login))
            }
        }
    }

    var id: String
    /// The name of its main site; may have letters beyond ASCII.
    var name: String
    var asciiName: String?
    var status: Int
    var ownerID: String?
    var ip: String?
    /// Nil where it has no plan.
    var planGUID: String?
    /// The day, as in `2026-01-02`, by the server's own clock.
    var createdOn: String?

    init?(_ result: XMLValue) {
        guard let id = result["id"]?.content, let data = result["data"], let general = data["gen_info"],
            let name = general["name"]?.content
        else { return nil }
        self.id = id
        self.name = name
        asciiName = general["ascii-name"]?.content
        status = general["status"]?.content.flatMap { Int($0) } ?? PleskStatus.active
        ownerID = general["owner-id"]?.content
        ip = general["dns_ip_address"]?.content
        planGUID = data["subscriptions"]?["subscription"]?["plan"]?["plan-guid"]?.content
        createdOn = general["cr_date"]?.content
    }

    /// As results have it, in ASCII.
    var domain: String { asciiName ?? name }
    var names: [String] { [name, asciiName].compactMap { $0?.lowercased() } }

    func isNamed(_ domain: String) -> Bool { names.contains(domain.lowercased()) }
}

/// What a subscription is made of.
struct PleskNewWebspace: Sendable {
    var name: String
    var ownerID: String
    var ip: String
    var ftpLogin: String
    var ftpPassword: String
    /// None where it is a reseller's own.
    var planName: String?

    var nodes: [XMLValue] {
        let address = XMLValue.node("ip_address", text: ip)
        let setup = XMLValue.node(
            "gen_setup", .node("name", text: name), .node("owner-id", text: ownerID), address,
            .node("htype", text: "vrt_hst"))
        let hosting = XMLValue.node(
            "vrt_hst", Self.property("ftp_login", ftpLogin), Self.property("ftp_password", ftpPassword),
            address)
        return [setup, .node("hosting", hosting)] + (planName.map { [.node("plan-name", text: $0)] } ?? [])
    }

    private static func property(_ name: String, _ value: String) -> XMLValue {
        .node("property", .node("name", text: name), .node("value", text: value))
    }
}

/// A site in a subscription.
struct PleskSite: Sendable {
    var id: String
    var name: String
    var asciiName: String?
    var webspaceID: String

    /// As results have it, in ASCII.
    var domain: String { asciiName ?? name }

    init?(_ result: XMLValue) {
        guard let id = result["id"]?.content, let general = result["data"]?["gen_info"],
            let name = general["name"]?.content, let webspaceID = general["webspace-id"]?.content
        else { return nil }
        self.id = id
        self.name = name
        asciiName = general["ascii-name"]?.content
        self.webspaceID = webspaceID
    }
}

/// A service plan or a reseller plan.
struct PleskPlan: Sendable {
    enum Kind: String, Sendable {
        case service = "service-plan"
        case reseller = "reseller-plan"
    }

    enum Filter: Sendable {
        case id(String)
        case name(String)
        case guid(String)

        /// - Parameter package: an id where it has digits only, otherwise a name.
        init(package: String) {
            self = package.allSatisfy { $0.isASCII && $0.isNumber } ? .id(package) : .name(package)
        }

        var node: XMLValue {
            switch self {
            case .id(let id): .node("id", text: id)
            case .name(let name): .node("name", text: name)
            case .guid(let guid): .node("guid", text: guid)
            }
        }
    }

    var id: String
    var name: String
    var guid: String

    init?(_ result: XMLValue) {
        guard let id = result["id"]?.content, let name = result["name"]?.content,
            let guid = result["guid"]?.content
        else { return nil }
        self.id = id
        self.name = name
        self.guid = guid
    }
}

/// An address of the server.
struct PleskAddress: Sendable {
    var ip: String
    /// Whether many may be on it; otherwise it is one owner's.
    var isShared: Bool

    init?(_ info: XMLValue) {
        guard let ip = info["ip_address"]?.content else { return nil }
        self.ip = ip
        isShared = info["type"]?.content == "shared"
    }
}

import AdapterKit
import Models

/// An account as `CMD_API_SHOW_USER_CONFIG` shows it.
///
/// - SeeAlso: https://docs.directadmin.com/developer/config_files
struct DirectAdminAccount: Sendable {
    enum Kind: String, Sendable {
        case user
        case reseller
        case admin
    }

    var username: String
    var kind: Kind
    var email: String?
    var domain: String?
    var package: String
    var isSuspended: Bool
    var suspendReason: String?
    var ip: String?
    var nameservers: [String]
    /// In MB; nil where there is no limit.
    var diskLimitMB: Double?
    /// In MB a month; nil where there is no limit.
    var bandwidthLimitMB: Double?
    /// Nil where there is no limit.
    var inodeLimit: Double?
    /// When it was opened, by the server's clock and in its own time zone, which is not told.
    var createdAt: Timestamp?

    init?(_ value: JSONValue) {
        guard let username = value["username"]?.lenientText,
            let kind = value["usertype"]?.lenientText.flatMap(Kind.init)
        else { return nil }
        self.username = username
        self.kind = kind
        email = value["email"]?.lenientText
        domain = value["domain"]?.lenientText
        package = value["package"]?.lenientText ?? ""
        isSuspended = value["suspended"]?.lenientText == "yes"
        suspendReason = isSuspended ? value["suspended_reason"]?.lenientText : nil
        ip = value["ip"]?.lenientText
        nameservers = (1...4).compactMap { value["ns\($0)"]?.lenientText }
        diskLimitMB = value["quota"]?.lenientNumber
        bandwidthLimitMB = value["bandwidth"]?.lenientNumber
        inodeLimit = value["inode"]?.lenientNumber
        createdAt = value["date_created"]?.lenientText.flatMap(Self.time)
    }

    /// Reads `Tue Mar  4 11:46:25 2014`, as C's `ctime` writes it, as if it were in UTC.
    static func time(_ text: String) -> Timestamp? {
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let parts = text.split(separator: " ")
        guard parts.count == 5, let month = months.firstIndex(of: String(parts[1])) else { return nil }
        func twoDigits(_ text: String) -> String { text.count == 1 ? "0" + text : text }
        return Timestamp(
            written: "\(parts[4])-\(twoDigits(String(month + 1)))-\(twoDigits(String(parts[2]))) \(parts[3])")
    }
}

/// What an account uses, as `CMD_API_SHOW_USER_USAGE` shows it.
struct DirectAdminUsage: Sendable {
    var diskMB: Double?
    /// This month.
    var bandwidthMB: Double?
    var inodes: Double?

    init(_ value: JSONValue) {
        diskMB = value["quota"]?.lenientNumber
        bandwidthMB = value["bandwidth"]?.lenientNumber
        inodes = value["inode"]?.lenientNumber
    }
}

/// What `CMD_API_ACCOUNT_USER` and `CMD_API_ACCOUNT_RESELLER` are given.
struct DirectAdminNewAccount: Sendable {
    var username: String
    var email: String
    var password: String
    var domain: String
    var package: String
    /// An address; of resellers `shared`, the server's own.
    var ip: String
    var isReseller: Bool
    /// Whether the panel sends the sign-in to the e-mail address.
    var notifies: Bool

    var fields: [HTTPRequest.Field] {
        [
            .init("action", "create"), .init("add", "Submit"), .init("username", username),
            .init("email", email), .init("passwd", password), .init("passwd2", password),
            .init("domain", domain), .init("package", package), .init("ip", ip),
            .init("notify", notifies ? "yes" : "no"),
        ]
    }
}

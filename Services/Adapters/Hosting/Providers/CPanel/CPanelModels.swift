import AdapterKit
import Models

/// An account as `accountsummary` shows it.
struct CPanelAccount: Sendable {
    var user: String
    var domain: String?
    var plan: String
    var isSuspended: Bool
    var suspendReason: String?
    var ip: String?
    var diskUsedMB: Double?
    /// Nil where there is no limit.
    var diskLimitMB: Double?
    var inodesUsed: Double?
    /// Nil where there is no limit.
    var inodesLimit: Double?
    /// When it was opened.
    var startedAt: Timestamp?

    init?(_ value: JSONValue) {
        guard let user = value["user"]?.lenientText else { return nil }
        self.user = user
        domain = value["domain"]?.lenientText
        plan = value["plan"]?.lenientText ?? ""
        isSuspended = value["suspended"]?.lenientFlag ?? false
        // An account that is not suspended has the reason "not suspended".
        suspendReason = isSuspended ? value["suspendreason"]?.lenientText : nil
        ip = value["ip"]?.lenientText
        diskUsedMB = value["diskused"].flatMap(Self.megabytes)
        diskLimitMB = value["disklimit"].flatMap(Self.megabytes)
        inodesUsed = value["inodesused"]?.lenientNumber
        inodesLimit = value["inodeslimit"]?.lenientNumber
        startedAt = value["unix_startdate"]?.lenientNumber.map { Timestamp(seconds: $0) }
    }

    /// Reads `512M`, `1.5G`, `100K`, or a plain number of megabytes; nil for `unlimited`.
    static func megabytes(_ value: JSONValue) -> Double? {
        guard var text = value.lenientText?.uppercased() else { return nil }
        let factors: [Character: Double] = ["K": 1.0 / 1_024, "M": 1, "G": 1_024, "T": 1_048_576]
        if text.last == "B" { text.removeLast() }
        guard let unit = text.last, let factor = factors[unit] else {
            return JSONValue.string(text).lenientNumber
        }
        return JSONValue.string(String(text.dropLast())).lenientNumber.map { $0 * factor }
    }
}

/// The traffic of an account as `showbw` shows it.
struct CPanelBandwidth: Sendable {
    var usedBytes: Double
    /// Nil where there is no limit.
    var limitBytes: Double?

    init(_ value: JSONValue) {
        usedBytes = value["totalbytes"]?.lenientNumber ?? 0
        limitBytes = value["limit"]?.lenientNumber.flatMap { $0 > 0 ? $0 : nil }
    }
}

/// What a reseller's accounts use, as `resellerstats` shows it; all in MB.
struct CPanelResellerStatistics: Sendable {
    var diskUsedMB: Double?
    /// Nil where there is no limit.
    var diskLimitMB: Double?
    var bandwidthUsedMB: Double?
    /// Nil where there is no limit.
    var bandwidthLimitMB: Double?
    /// Accounts that are not deleted.
    var accountCount: Int

    init(_ value: JSONValue) {
        diskUsedMB = value["diskused"]?.lenientNumber
        diskLimitMB = value["diskquota"]?.lenientNumber.flatMap { $0 > 0 ? $0 : nil }
        bandwidthUsedMB = value["totalbwused"]?.lenientNumber
        bandwidthLimitMB = value["bandwidthlimit"]?.lenientNumber.flatMap { $0 > 0 ? $0 : nil }
        accountCount = value["acct"]?.arrayValue?.count { $0["deleted"]?.lenientFlag != true } ?? 0
    }
}

/// What `createacct` is given.
struct CPanelNewAccount: Sendable {
    var username: String
    var password: String
    var domain: String
    var contactEmail: String
    var plan: String
    var owner: String
    var isReseller: Bool
    /// An address of its own, instead of the one that its owner shares.
    var customIP: String?

    var fields: [HTTPRequest.Field] {
        var fields: [HTTPRequest.Field] = [
            .init("username", username), .init("password", password), .init("domain", domain),
            .init("contactemail", contactEmail), .init("plan", plan), .init("owner", owner),
            .init("reseller", isReseller ? "1" : "0"),
        ]
        if let customIP { fields.append(.init("customip", customIP)) }
        return fields
    }
}

/// What `setresellerlimits` is given.
struct CPanelResellerLimits: Sendable {
    /// What the server takes for no limit, in MB.
    static let unlimited = 99_999_999

    var options: Hosting.ResellerOptions

    var fields: [HTTPRequest.Field] {
        func flag(_ value: Bool) -> String { value ? "1" : "0" }
        let disk = options.diskspaceOverselling ?? false
        let bandwidth = options.bandwidthOverselling ?? false
        let hasResourceLimits = options.diskspaceMBLimit != nil || options.bandwidthMBLimit != nil
        var fields: [HTTPRequest.Field] = [.init("enable_account_limit", flag(options.accountLimit != nil))]
        if let limit = options.accountLimit { fields.append(.init("account_limit", String(limit))) }
        return fields + [
            .init("enable_resource_limits", flag(hasResourceLimits)),
            .init("diskspace_limit", String(options.diskspaceMBLimit ?? Self.unlimited)),
            .init("bandwidth_limit", String(options.bandwidthMBLimit ?? Self.unlimited)),
            .init("enable_overselling", flag(disk || bandwidth)),
            .init("enable_overselling_diskspace", flag(disk)),
            .init("enable_overselling_bandwidth", flag(bandwidth)),
        ]
    }
}

/// What `create_user_session` answers.
struct CPanelSession: Sendable {
    var url: String
    var expiresAt: Timestamp?

    init?(_ value: JSONValue) {
        guard let url = value["url"]?.lenientText else { return nil }
        self.url = url
        expiresAt = value["expires"]?.lenientNumber.map { Timestamp(seconds: $0) }
    }
}

import AdapterKit
import Models

/// A plan that subscriptions are made of.
struct EnhancePlan: Sendable {
    var id: Int
    var name: String

    init?(_ value: JSONValue) {
        guard let id = value["id"]?.integerValue else { return nil }
        self.id = id
        name = value["name"]?.lenientText ?? ""
    }
}

/// A customer: an organisation below one's own.
struct EnhanceCustomer: Sendable {
    var id: String
    var name: String
    /// Nil before it has an owner.
    var ownerEmail: String?
    var createdAt: Timestamp?

    init?(_ value: JSONValue) {
        guard let id = value["id"]?.lenientText else { return nil }
        self.id = id
        name = value["name"]?.lenientText ?? ""
        ownerEmail = value["ownerEmail"]?.lenientText
        createdAt = value["createdAt"]?.lenientText.flatMap(Timestamp.init(written:))
    }
}

/// A person of an organisation.
struct EnhanceMember: Sendable {
    var id: String
    var email: String
    var isOwner: Bool

    init?(_ value: JSONValue) {
        guard let id = value["id"]?.lenientText, let email = value["email"]?.lenientText else { return nil }
        self.id = id
        self.email = email
        isOwner = value["roles"]?.arrayValue?.contains("Owner") ?? false
    }
}

/// A plan that a customer has.
struct EnhanceSubscription: Sendable {
    var id: Int
    var planName: String
    var isDeleted: Bool
    var isSuspended: Bool
    var createdAt: Timestamp?
    /// What is used and how much may be, by name: bytes of `diskspace` and `transfer`, numbers of `websites` and
    /// `mailboxes`.
    private var resources: [String: JSONValue]

    init?(_ value: JSONValue) {
        guard let id = value["id"]?.integerValue else { return nil }
        self.id = id
        planName = value["planName"]?.lenientText ?? ""
        isDeleted = value["status"]?.stringValue == "deleted"
        isSuspended = value["suspendedBy"]?.lenientText != nil
        createdAt = value["createdAt"]?.lenientText.flatMap(Timestamp.init(written:))
        let named = (value["resources"]?.arrayValue ?? []).compactMap { resource in
            resource["name"]?.stringValue.map { ($0, resource) }
        }
        resources = Dictionary(named) { first, _ in first }
    }

    /// - Parameter unit: what one of the result's is in the resource's own, as in 1,000,000 bytes.
    /// - Returns: nil where the plan does not have the resource.
    func usage(of name: String, unit: Double = 1) -> Hosting.UnitsConsumed? {
        resources[name].map { resource in
            .share(
                used: resource["usage"]?.lenientNumber.map { $0 / unit },
                of: resource["total"]?.lenientNumber.map { $0 / unit })
        }
    }
}

/// A website of a subscription.
struct EnhanceWebsite: Sendable {
    var id: String
    var domain: String
    var subscriptionID: Int?
    var isDeleted: Bool
    var serverID: String?
    /// Its main address.
    var ip: String?

    init?(_ value: JSONValue) {
        guard let id = value["id"]?.lenientText, let domain = value["domain"]?["domain"]?.lenientText else {
            return nil
        }
        self.id = id
        self.domain = domain
        subscriptionID = value["subscriptionId"]?.integerValue
        isDeleted = value["status"]?.stringValue == "deleted"
        serverID = value["appServerId"]?.lenientText
        let addresses = value["serverIps"]?.arrayValue ?? []
        ip = (addresses.first { $0["isPrimary"]?.lenientFlag == true } ?? addresses.first)?["ip"]?.lenientText
    }
}

/// A group of servers, which is where an account can be kept.
struct EnhanceServerGroup: Sendable {
    var id: String
    var name: String

    init?(_ value: JSONValue) {
        guard let id = value["id"]?.lenientText else { return nil }
        self.id = id
        name = value["name"]?.lenientText ?? ""
    }
}

/// A version of the panel, as in `12.5.0`.
struct EnhanceVersion: Sendable, Comparable {
    private let parts: [Int]

    init?(_ text: String) {
        let parts = text.split(separator: ".").prefix(3).map { part in Int(part.prefix { $0.isNumber }) }
        guard !parts.isEmpty, !parts.contains(nil) else { return nil }
        self.parts = parts.compactMap { $0 }
    }

    init(major: Int, minor: Int) { parts = [major, minor] }

    static func < (left: Self, right: Self) -> Bool { left.parts.lexicographicallyPrecedes(right.parts) }
}

import AdapterKit
import Models

/// A package that a partner may sell.
struct RankingCoachPackage: Sendable {
    /// As the vendor writes it, a number or text.
    var id: JSONValue
    var idText: String
    var name: String

    init?(_ value: JSONValue) {
        guard let id = value["id"], let idText = id.lenientText else { return nil }
        self.id = id
        self.idText = idText
        name = value["name"]?.lenientText ?? ""
    }
}

/// A user as the vendor shows it.
struct RankingCoachUser: Sendable {
    /// `active`, `canceled`, or another word of the vendor's.
    var status: String
    var sessionID: String?
    /// The newest first.
    var subscriptions: [RankingCoachSubscription]

    var isActive: Bool { status == "active" }
    var isDeactivated: Bool { ["canceled", "cancelled", "inactive", "deactivated"].contains(status) }

    /// The one that is in use: the newest that is active, or else the newest.
    var subscription: RankingCoachSubscription? {
        subscriptions.first(where: \.isActive) ?? subscriptions.first
    }

    init?(_ value: JSONValue) {
        guard let status = value["customer_status"]?.lenientText else { return nil }
        self.status = status.lowercased()
        sessionID = value["session_id"]?.lenientText
        subscriptions = (value["subscriptions"]?.arrayValue ?? []).compactMap(RankingCoachSubscription.init)
            .sorted { $0.createdAt?.milliseconds ?? 0 > $1.createdAt?.milliseconds ?? 0 }
    }
}

/// A subscription of a user.
struct RankingCoachSubscription: Sendable {
    /// As the vendor writes it, a number or text.
    var id: JSONValue
    var isActive: Bool
    /// Taken for UTC: the vendor tells no zone.
    var createdAt: Timestamp?

    init?(_ value: JSONValue) {
        guard let id = value["id"], id.lenientText != nil else { return nil }
        self.id = id
        isActive = value["status"]?.lenientText?.lowercased() == "active"
        createdAt = value["created"]?.lenientText.flatMap(Timestamp.init(written:))
    }
}

/// A user to be opened.
struct RankingCoachNewUser: Sendable {
    var externalID: String
    var email: String
    var name: PersonName?
    var domain: String

    var members: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "external_id": .string(externalID), "email": .string(email), "api_params_domain": .string(domain),
        ]
        if let name {
            members["firstname"] = .string(name.first)
            members["lastname"] = name.last.map { .string($0) }
        }
        return members
    }
}

import Models

/// The three rooms, and what their navigation offers to whom.
enum Area: String, Sendable, CaseIterable {
    case admin, client, ops

    var path: String { "/\(rawValue)" }

    var title: String {
        switch self {
        case .admin: "Admin"
        case .client: "Client area"
        case .ops: "Ops console"
        }
    }

    /// The entries that someone may open.
    func navigation(_ caller: Principal, current: String?) -> [JSONValue] {
        entries.filter { entry in caller.may(entry.permission) }.map { entry in
            [
                "title": .string(entry.title), "href": .string(entry.path),
                "current": .bool(entry.path == current),
            ]
        }
    }

    private var entries: [(title: String, path: String, permission: Permission)] {
        switch self {
        case .admin:
            [
                ("Overview", "/admin", .view), ("Clients", "/admin/clients", .view),
                ("Products", "/admin/products", .view), ("Actions", "/admin/actions", .view),
                ("Needs attention", "/admin/attention", .view),
                ("Configurations", "/admin/configurations", .view), ("Adapters", "/admin/adapters", .view),
                ("Users", "/admin/users", .manageUsers), ("Tokens", "/admin/tokens", .manageUsers),
            ]
        case .client: [("My products", "/client", .view), ("Activity", "/client/activity", .view)]
        case .ops:
            [
                ("Overview", "/ops", .view), ("Live log", "/ops/log", .view),
                ("Dead letters", "/ops/dead-letters", .view),
            ]
        }
    }

    /// The other rooms that someone may enter.
    static func open(to caller: Principal, except own: Area) -> [JSONValue] {
        guard caller.role != .client else { return [] }
        return [Area.admin, .ops].filter { $0 != own && caller.may(.view) }.map {
            ["title": .string($0.title), "href": .string($0.path)]
        }
    }

    /// Where someone begins.
    static func home(of caller: Principal) -> String {
        caller.role == .client ? Area.client.path : Area.admin.path
    }
}

/// What a page says once after something was done; in the address stands only which.
enum Note {
    private static let texts = [
        "client": "The client was made.", "product": "The product was made.",
        "configuration": "The configuration was saved.", "fields": "The provision fields were saved.",
        "moved": "The product was saved.", "cancelled": "The action was cancelled.",
        "retried": "The action runs again.", "adopted": "The action was adopted as done.",
        "abandoned": "The action was abandoned.", "user": "The user was saved.",
        "user-signed-out": "The user was signed out everywhere.",
        "user-removed": "The user was removed.", "revoked": "The token is no longer good.",
        "password": "The password was changed; all sessions of the user have ended.",
        "requeued": "The message was sent again.",
        "own-password":
            "Your password was changed, and you were signed out everywhere. Sign in with the new one.",
        "signed-out": "You were signed out everywhere.",
        "two-factor-off": "The second factor is off: no code is asked for any more.",
    ]

    /// The query parameter that names one.
    static let parameter = FieldDefinition(
        name: "done", type: .string, rules: [.max(40)], help: "What was done just now")

    static func text(_ name: String) -> String? { texts[name] }
}

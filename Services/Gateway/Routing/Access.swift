import Models

/// Who may use a route. `RouteResponder` is the one place that looks.
enum Access: Sendable, Hashable {
    /// Anyone, without being known.
    case none
    /// Anyone who is signed in or sent a token: what is about themselves.
    case signedIn
    /// Anyone with this permission; a client reaches only what is the client's own.
    case client(Permission)
    /// Admins, and staff with this permission.
    case staff(Permission)

    /// The permission that is needed.
    var permission: Permission? {
        switch self {
        case .none, .signedIn: nil
        case .client(let permission), .staff(let permission): permission
        }
    }

    /// Why this caller may not use it; nil where they may.
    func refusal(of caller: Principal) -> Problem? {
        if case .staff = self, caller.role == .client {
            return Problem(.forbidden, "Only staff may do this.")
        }
        guard let permission, !caller.may(permission) else { return nil }
        return .missing(permission)
    }

    /// As the interface's description tells it.
    var text: String {
        switch self {
        case .none: "none"
        case .signedIn: "signed-in"
        case .client: "client"
        case .staff: "staff"
        }
    }
}

extension Problem {
    /// A permission that the caller has not.
    static func missing(_ permission: Permission) -> Problem {
        Problem(
            .forbidden,
            "This needs the permission \(permission.rawValue). Ask whoever manages users here.")
    }
}

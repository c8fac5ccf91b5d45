extension Role {
    /// Whose functions and facts this role sees: staff those of an admin.
    package var audience: Audience {
        switch self {
        case .admin, .staff: .admin
        case .client: .client
        }
    }

    /// Everything that someone of this role may be permitted to do. A client's permissions are about the client's own
    /// products and the functions that are open to clients.
    package var mostPermissions: [Permission] {
        switch self {
        case .admin, .staff: Permission.allCases
        case .client: [.view, .run]
        }
    }

    /// What someone of this role may do where nothing is said of it.
    package var usualPermissions: [Permission] {
        switch self {
        case .admin, .client: mostPermissions
        case .staff: []
        }
    }
}

extension Principal {
    /// What they may do: what was given to them, and never more than their role may have.
    package var grants: Set<Permission> {
        Set(permissions ?? role.usualPermissions).intersection(role.mostPermissions)
    }

    package func may(_ permission: Permission) -> Bool { grants.contains(permission) }

    /// Whether someone of the staff looks around as a client.
    package var isViewing: Bool { viewerRole != nil }

    /// Who they are for the record: a name, and an identifier that tells them from others of that name.
    package var recordName: String {
        let id = userID?.rawValue ?? tokenID?.rawValue ?? "unknown"
        return isViewing ? "\(name) (\(id)), as \(clientID?.rawValue ?? "a client")" : "\(name) (\(id))"
    }

    /// What limits of one caller are counted by: a client is one caller, whatever tokens and sessions it has.
    package var limitKey: String {
        clientID?.rawValue ?? tokenID?.rawValue ?? userID?.rawValue ?? sessionID?.rawValue ?? ""
    }
}

extension Actor {
    /// Who asks, as a request over the bus tells it.
    package init(_ principal: Principal) {
        self.init(
            name: principal.recordName, role: principal.role, permissions: principal.grants.sorted(),
            userID: principal.userID)
    }
}

extension Permission: Comparable {
    /// In the order of the contract.
    package static func < (left: Permission, right: Permission) -> Bool {
        guard let first = allCases.firstIndex(of: left), let second = allCases.firstIndex(of: right) else {
            return false
        }
        return first < second
    }
}

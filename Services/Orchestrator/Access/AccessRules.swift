import Models

/// Who may make, change and remove users and tokens: nobody gives more than they have, or takes from someone who has more.
enum AccessRules {
    /// - Parameters:
    ///   - actor: nil for a gateway of before there were staff, which let admins alone do it.
    ///   - role: of the user or token that is handled.
    ///   - permissions: what it may do, before and after.
    /// - Throws: `RequestFailure` (`forbidden`).
    static func check(
        _ actor: Actor?, mayHandle role: Role, with permissions: [Permission]
    ) throws(RequestFailure) {
        guard let actor, !isFullAdmin(actor) else { return }
        guard actor.role != .client, actor.permissions.contains(.manageUsers) else {
            throw RequestFailure(.forbidden, "This needs the permission \(Permission.manageUsers.rawValue).")
        }
        guard role != .admin else {
            throw RequestFailure(.forbidden, "Only an admin may do this with an admin.")
        }
        // What a client may is about the client's own things, which is less than any staff's.
        guard role == .staff else { return }
        let missing = Set(permissions).subtracting(actor.permissions).sorted()
        guard missing.isEmpty else {
            let names = missing.map(\.rawValue).joined(separator: ", ")
            throw RequestFailure(.forbidden, "This is about permissions that you do not have: \(names).")
        }
    }

    private static func isFullAdmin(_ actor: Actor) -> Bool {
        actor.role == .admin && Set(actor.permissions).isSuperset(of: Permission.allCases)
    }

    /// Checks that a role and what belongs to it fit together.
    ///
    /// - Returns: the permissions as they are stored: those of staff, in order, and each once.
    /// - Throws: `RequestFailure` (`invalid`).
    static func permissions(_ given: [Permission]?, for role: Role) throws(RequestFailure) -> [Permission] {
        guard let given else { return [] }
        let excess = Set(given).subtracting(role.mostPermissions).sorted()
        guard excess.isEmpty else {
            let names = excess.map(\.rawValue).joined(separator: ", ")
            throw .invalid(
                "/permissions", "must not have \(names), which the role \(role.rawValue) cannot have")
        }
        return Set(given).sorted()
    }

    /// Checks that a client is named where the role is client, and only there.
    static func checkClient(_ client: ClientID?, of role: Role) throws(RequestFailure) {
        guard (role == .client) == (client != nil) else {
            throw .invalid("/client_id", "give it where the role is client, and only there")
        }
    }
}

extension RequestFailure {
    /// One field that is not as it should be.
    static func invalid(_ pointer: String, _ detail: String) -> RequestFailure {
        RequestFailure(
            .invalid, "Some fields are not valid.",
            problems: [FieldProblem(pointer: pointer, detail: detail)])
    }
}

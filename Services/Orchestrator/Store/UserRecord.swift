package import Models

/// A user as the store keeps them.
package struct UserRecord: Sendable {
    package var id: UserID
    /// In lower case; no two users have the same.
    package var email: String
    package var name: String
    package var role: Role
    /// What was given to them, where the role is staff; empty otherwise.
    package var permissions: [Permission]
    package var clientID: ClientID?
    /// As `PasswordHash` writes it.
    package var password: String
    /// Sealed for storage; nil where no code is asked for.
    package var totpSecret: String?
    /// Sealed for storage: a secret of which no code has been given yet.
    package var totpPending: String?
    /// The last step whose code was used.
    package var totpStep: Int?
    package var recoveryCodes = 0
    package var isDisabled: Bool
    package var createdAt: Timestamp
    package var lastSignInAt: Timestamp?

    /// As others may see them.
    package var view: User {
        User(
            id: id, email: email, name: name, role: role,
            permissions: role == .staff ? permissions : role.usualPermissions, clientID: clientID,
            twoFactor: totpSecret != nil, recoveryCodesLeft: totpSecret == nil ? nil : recoveryCodes,
            disabled: isDisabled, createdAt: createdAt, lastSignInAt: lastSignInAt)
    }
}

/// A session as the store keeps it, with its user.
package struct SessionRecord: Sendable {
    /// How long a session lasts without being used: 30 min.
    package static let idleLimit: Duration = .seconds(30 * 60)
    /// How long a session lasts at most: 12 h.
    package static let limit: Duration = .seconds(12 * 3600)
    /// How often its use is noted at most: once a minute.
    package static let noteInterval: Duration = .seconds(60)

    package var id: SessionID
    package var user: UserRecord
    package var viewingAs: ClientID?
    package var createdAt: Timestamp
    package var seenAt: Timestamp

    package func isOver(at now: Timestamp) -> Bool {
        user.isDisabled || now >= seenAt.advanced(by: Self.idleLimit)
            || now >= createdAt.advanced(by: Self.limit)
    }

    package var view: Session {
        let end = createdAt.advanced(by: Self.limit)
        return Session(
            id: id, user: user.view, viewingAs: viewingAs, createdAt: createdAt,
            idleUntil: min(seenAt.advanced(by: Self.idleLimit), end), expiresAt: end)
    }

    /// Whose rights requests of the session have: those of the client as whom the user looks, and then for looking alone.
    package var principal: Principal {
        let view = user.view
        guard let viewingAs else {
            return Principal(
                sessionID: id, userID: user.id, name: user.name, role: user.role,
                permissions: view.permissions, clientID: user.clientID)
        }
        return Principal(
            sessionID: id, userID: user.id, name: user.name, role: .client, permissions: [.view],
            clientID: viewingAs, viewerRole: user.role)
    }
}

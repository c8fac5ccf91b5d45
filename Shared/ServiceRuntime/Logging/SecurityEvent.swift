package import Logging

/// What those want to find in the log who look for misuse: each has a constant message, and its name in the metadata under
/// `LogKey.security`. Who it was is in the metadata as identifiers; never a password, code, token or secret.
package enum SecurityEvent: String, Sendable, CaseIterable {
    case signedIn = "signed_in"
    case signInRefused = "sign_in_refused"
    case signInThrottled = "sign_in_throttled"
    case signedOut = "signed_out"
    case userMade = "user_made"
    case userChanged = "user_changed"
    case userRemoved = "user_removed"
    case passwordChanged = "password_changed"
    case twoFactorSet = "two_factor_set"
    case twoFactorRemoved = "two_factor_removed"
    case recoveryCodeUsed = "recovery_code_used"
    case tokenMade = "token_made"
    case tokenRevoked = "token_revoked"
    case permissionRefused = "permission_refused"
    case viewedAsClient = "viewed_as_client"
    case viewingEnded = "viewing_ended"
    case debugDataRevealed = "debug_data_revealed"

    package var message: Logger.Message {
        switch self {
        case .signedIn: "A user signed in"
        case .signInRefused: "Refused a sign-in"
        case .signInThrottled: "Held back a sign-in after too many that failed"
        case .signedOut: "A user signed out"
        case .userMade: "Made user"
        case .userChanged: "Changed user"
        case .userRemoved: "Removed user"
        case .passwordChanged: "Changed the password of a user"
        case .twoFactorSet: "A user set up a second factor"
        case .twoFactorRemoved: "Removed the second factor of a user"
        case .recoveryCodeUsed: "A recovery code was used up"
        case .tokenMade: "Made token"
        case .tokenRevoked: "Revoked token"
        case .permissionRefused: "Refused what someone may not do"
        case .viewedAsClient: "A user began to view as a client"
        case .viewingEnded: "A user ended viewing as a client"
        case .debugDataRevealed: "Revealed debug data"
        }
    }
}

extension Logger {
    /// Logs a security event, at the level notice.
    package func security(_ event: SecurityEvent, _ metadata: Logger.Metadata) {
        notice(
            event.message,
            metadata: metadata.merging([LogKey.security: "\(event.rawValue)"]) { _, last in last })
    }
}

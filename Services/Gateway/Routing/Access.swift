import Models

/// Who may use a route.
enum Access: String, Sendable, CaseIterable {
    /// Anyone, without a token.
    case none
    /// Anyone with a token; a client reaches only what is the client's own.
    case client
    /// Administrators.
    case admin

    /// Whether someone with this role may use it.
    func allows(_ role: Role) -> Bool {
        self != .admin || role == .admin
    }
}

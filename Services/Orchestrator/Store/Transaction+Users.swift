import GRDB
package import Models

extension Transaction {
    private static let userColumns = """
        users.*, (SELECT COUNT(*) FROM recovery_codes WHERE user_id = users.id) AS recovery_codes
        """

    package func insert(_ user: UserRecord) throws {
        try run(
            "INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                user.id.rawValue, user.email, user.name, user.role.rawValue, Self.json(user.permissions),
                user.clientID?.rawValue, user.password, user.totpSecret, user.totpPending, user.totpStep,
                user.isDisabled, user.createdAt, user.lastSignInAt,
            ])
    }

    /// Writes all but what never changes: e-mail address, role and client.
    package func update(_ user: UserRecord) throws {
        try run(
            """
            UPDATE users SET name = ?, permissions = ?, password = ?, totp_secret = ?, totp_pending = ?, totp_step = ?,
                is_disabled = ?, last_sign_in_at = ? WHERE id = ?
            """,
            [
                user.name, Self.json(user.permissions), user.password, user.totpSecret, user.totpPending,
                user.totpStep, user.isDisabled, user.lastSignInAt, user.id.rawValue,
            ])
    }

    package func user(_ id: UserID) throws -> UserRecord? {
        try row("SELECT \(Self.userColumns) FROM users WHERE id = ?", [id.rawValue]).map(Self.user)
    }

    package func user(email: String) throws -> UserRecord? {
        try row("SELECT \(Self.userColumns) FROM users WHERE email = ?", [email]).map(Self.user)
    }

    /// Users, newest first, with an id below `cursor`.
    package func users(
        role: Role?, client: ClientID?, before cursor: String?, limit: Int
    ) throws -> [UserRecord] {
        try rows(
            """
            SELECT \(Self.userColumns) FROM users WHERE (?1 IS NULL OR role = ?1) AND (?2 IS NULL OR client_id = ?2)
                AND (?3 IS NULL OR id < ?3) ORDER BY id DESC LIMIT ?4
            """, [role?.rawValue, client?.rawValue, cursor, limit]
        ).map(Self.user)
    }

    /// Removes a user, their sessions and recovery codes.
    package func deleteUser(_ id: UserID) throws {
        try run("DELETE FROM users WHERE id = ?", [id.rawValue])
    }

    // MARK: Recovery codes

    /// Puts these in the place of those before.
    ///
    /// - Parameter hashes: SHA-256, hexadecimal.
    package func setRecoveryCodes(_ hashes: [String], of user: UserID) throws {
        try run("DELETE FROM recovery_codes WHERE user_id = ?", [user.rawValue])
        for hash in hashes { try run("INSERT INTO recovery_codes VALUES (?, ?)", [user.rawValue, hash]) }
    }

    /// Uses a recovery code up.
    ///
    /// - Returns: whether there was one.
    package func takeRecoveryCode(_ hash: String, of user: UserID) throws -> Bool {
        try run("DELETE FROM recovery_codes WHERE user_id = ? AND hash = ?", [user.rawValue, hash])
        return database.changesCount > 0
    }

    static func user(_ row: Row) throws -> UserRecord {
        let roleText: String = row["role"]
        guard let role = Role(rawValue: roleText) else { throw StoreError.damaged("users.role") }
        return UserRecord(
            id: UserID(rawValue: row["id"]), email: row["email"], name: row["name"], role: role,
            permissions: try value(row["permissions"]),
            clientID: (row["client_id"] as String?).map(ClientID.init(rawValue:)), password: row["password"],
            totpSecret: row["totp_secret"], totpPending: row["totp_pending"], totpStep: row["totp_step"],
            recoveryCodes: row["recovery_codes"], isDisabled: row["is_disabled"],
            createdAt: Timestamp(milliseconds: row["created_at"]), lastSignInAt: row.time("last_sign_in_at"))
    }
}

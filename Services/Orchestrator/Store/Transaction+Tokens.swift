import GRDB
package import Models

extension Transaction {
    /// Stores a token by its hash (SHA-256, hexadecimal); the token itself is never stored.
    package func insert(_ token: Token, hash: String) throws {
        try run(
            "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)",
            [
                token.id.rawValue, hash, token.name, token.role.rawValue, token.clientID?.rawValue,
                token.createdAt,
                token.expiresAt, token.lastUsedAt, token.permissions.map { Self.json($0) },
            ])
    }

    /// The token with this hash, where it is neither revoked nor expired.
    package func token(hash: String, now: Timestamp) throws -> Token? {
        try row(
            """
            SELECT * FROM tokens WHERE hash = ? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)
            """, [hash, now]
        ).map(Self.token)
    }

    /// A token that is not revoked.
    package func token(_ id: TokenID) throws -> Token? {
        try row("SELECT * FROM tokens WHERE id = ? AND revoked_at IS NULL", [id.rawValue]).map(Self.token)
    }

    /// Every token that is not revoked, newest first.
    package func tokens() throws -> [Token] {
        try rows("SELECT * FROM tokens WHERE revoked_at IS NULL ORDER BY id DESC").map(Self.token)
    }

    package func noteUse(of token: TokenID, at time: Timestamp) throws {
        try run("UPDATE tokens SET last_used_at = ? WHERE id = ?", [time, token.rawValue])
    }

    /// Ends a token.
    ///
    /// - Returns: its hash; nil where there is no such token or it had ended before.
    package func revoke(_ token: TokenID, at time: Timestamp) throws -> String? {
        try row(
            "UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL RETURNING hash",
            [time, token.rawValue]
        )?["hash"]
    }

    private static func token(_ row: Row) throws -> Token {
        let roleText: String = row["role"]
        guard let role = Role(rawValue: roleText) else { throw StoreError.damaged("tokens.role") }
        return Token(
            id: TokenID(rawValue: row["id"]), name: row["name"], role: role,
            permissions: try (row["permissions"] as String?).map { try value($0) },
            clientID: (row["client_id"] as String?).map(ClientID.init(rawValue:)),
            createdAt: Timestamp(milliseconds: row["created_at"]), expiresAt: row.time("expires_at"),
            lastUsedAt: row.time("last_used_at"))
    }
}

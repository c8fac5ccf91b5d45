import GRDB
package import Models

extension Transaction {
    /// Stores a session by the hash of its secret (SHA-256, hexadecimal); the secret itself is never stored.
    package func insert(_ session: SessionRecord, hash: String) throws {
        try run(
            "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)",
            [
                session.id.rawValue, hash, session.user.id.rawValue, session.viewingAs?.rawValue,
                session.createdAt, session.seenAt,
            ])
    }

    package func session(_ id: SessionID) throws -> SessionRecord? {
        try row("SELECT * FROM sessions WHERE id = ?", [id.rawValue]).map(session)
    }

    package func session(hash: String) throws -> SessionRecord? {
        try row("SELECT * FROM sessions WHERE hash = ?", [hash]).map(session)
    }

    package func noteUse(of session: SessionID, at time: Timestamp) throws {
        try run("UPDATE sessions SET seen_at = ? WHERE id = ?", [time, session.rawValue])
    }

    package func setViewing(_ client: ClientID?, in session: SessionID) throws {
        try run(
            "UPDATE sessions SET viewing_as = ? WHERE id = ?", [client?.rawValue, session.rawValue])
    }

    /// Ends sessions of a user: all but one, or one alone.
    ///
    /// - Returns: the hashes of those that ended.
    package func endSessions(
        of user: UserID, only: SessionID? = nil, but kept: SessionID? = nil
    ) throws -> [String] {
        try rows(
            """
            DELETE FROM sessions WHERE user_id = ?1 AND (?2 IS NULL OR id = ?2) AND (?3 IS NULL OR id <> ?3)
                RETURNING hash
            """, [user.rawValue, only?.rawValue, kept?.rawValue]
        ).map { $0["hash"] }
    }

    /// Leaves a user the newest sessions only.
    package func trimSessions(of user: UserID, to count: Int) throws {
        try run(
            """
            DELETE FROM sessions WHERE user_id = ?1 AND id NOT IN
                (SELECT id FROM sessions WHERE user_id = ?1 ORDER BY id DESC LIMIT ?2)
            """, [user.rawValue, count])
    }

    /// Removes sessions that nobody used since.
    package func removeSessions(notSeenSince time: Timestamp) throws {
        try run("DELETE FROM sessions WHERE seen_at < ?", [time])
    }

    private func session(_ row: Row) throws -> SessionRecord {
        guard let user = try self.user(UserID(rawValue: row["user_id"])) else {
            throw StoreError.damaged("sessions.user_id")
        }
        return SessionRecord(
            id: SessionID(rawValue: row["id"]), user: user,
            viewingAs: (row["viewing_as"] as String?).map(ClientID.init(rawValue:)),
            createdAt: Timestamp(milliseconds: row["created_at"]),
            seenAt: Timestamp(milliseconds: row["seen_at"]))
    }
}

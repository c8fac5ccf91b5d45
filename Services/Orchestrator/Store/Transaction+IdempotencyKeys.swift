import GRDB
package import Models

extension Transaction {
    /// What was asked under this key before; nil where it is new.
    package func idempotencyKey(
        _ key: String, owner: String
    ) throws -> (fingerprint: String, action: ActionID)? {
        try row(
            "SELECT fingerprint, action_id FROM idempotency_keys WHERE owner = ? AND key = ?", [owner, key]
        ).map {
            ($0["fingerprint"], ActionID(rawValue: $0["action_id"]))
        }
    }

    package func insertIdempotencyKey(
        _ key: String, owner: String, fingerprint: String, action: ActionID, at time: Timestamp
    ) throws {
        try run(
            "INSERT INTO idempotency_keys VALUES (?, ?, ?, ?, ?)",
            [owner, key, fingerprint, action.rawValue, time])
    }

    package func removeIdempotencyKeys(before time: Timestamp) throws {
        try run("DELETE FROM idempotency_keys WHERE created_at < ?", [time])
    }
}

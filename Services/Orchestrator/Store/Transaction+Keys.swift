import GRDB
package import Models
import ServiceRuntime

/// A derived key that the orchestrator has used, or one that came with it.
package struct SealingKeyRecord: Sendable, Equatable {
    package var id: String
    /// `SealingRecipient.name`.
    package var recipient: String
    /// A category's key, sealed for storage: it opens debug data after it was retired.
    package var sealed: String?
    /// When another key began to seal in its place; nil of the one that seals.
    package var supersededAt: Timestamp?
    /// Of storage's keys: when nothing stored was sealed with it any more.
    package var rewrappedAt: Timestamp?
}

extension Transaction {
    package func sealingKeys() throws -> [SealingKeyRecord] {
        try rows("SELECT * FROM sealing_keys").map { row in
            SealingKeyRecord(
                id: row["id"], recipient: row["recipient"], sealed: row["sealed"],
                supersededAt: row.time("superseded_at"), rewrappedAt: row.time("rewrapped_at"))
        }
    }

    package func sealingKey(_ id: String) throws -> SealingKeyRecord? {
        try sealingKeys().first { $0.id == id }
    }

    /// Stores a key, or what has changed of it.
    package func store(_ key: SealingKeyRecord) throws {
        try run(
            """
            INSERT INTO sealing_keys (id, recipient, sealed, superseded_at, rewrapped_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET superseded_at = excluded.superseded_at, rewrapped_at = excluded.rewrapped_at
            """, [key.id, key.recipient, key.sealed, key.supersededAt, key.rewrappedAt])
    }

    /// Removes keys that were superseded before `time`, but for those of storage that records may still need.
    package func removeSealingKeys(supersededBefore time: Timestamp) throws {
        try run(
            """
            DELETE FROM sealing_keys
            WHERE superseded_at < ? AND (recipient <> 'storage' OR rewrapped_at IS NOT NULL)
            """, [time])
    }

    // MARK: Rewrapping

    /// Records behind the id `position`, in order, and what a column of them holds.
    func sealedTexts(
        in column: SealedColumn, after position: String, limit: Int
    ) throws -> [(id: String, text: String?)] {
        try rows(
            """
            SELECT id, CASE WHEN instr(\(column.name), 'sealed:') THEN \(column.name) END FROM \(column.table)
            WHERE id > ? ORDER BY id LIMIT ?
            """, [position, limit]
        ).map { ($0[0], $0[1]) }
    }

    func sealedText(of id: String, in column: SealedColumn) throws -> String? {
        try row("SELECT \(column.name) FROM \(column.table) WHERE id = ?", [id])?[0]
    }

    func store(_ text: String, of id: String, in column: SealedColumn) throws {
        try run("UPDATE \(column.table) SET \(column.name) = ? WHERE id = ?", [text, id])
    }

    /// Up to which id a column was sealed anew with this key; the empty text where that has not begun.
    func rewrapPosition(of column: SealedColumn, key: String) throws -> String {
        try row("SELECT position FROM rewraps WHERE place = ? AND key_id = ?", [column.place, key])
            .map { $0[0] } ?? ""
    }

    func noteRewrapped(_ column: SealedColumn, key: String, upTo position: String) throws {
        try run(
            """
            INSERT INTO rewraps (place, key_id, position) VALUES (?, ?, ?) ON CONFLICT (place) DO UPDATE SET
                key_id = excluded.key_id, position = excluded.position
            """, [column.place, key, position])
    }

    func forgetRewrapPositions() throws { try run("DELETE FROM rewraps") }

    // MARK: What needs a category's key

    /// How many actions of a category are with adapters that were handed over by `time`.
    func dispatchedCount(of category: String, by time: Timestamp) throws -> Int {
        try row(
            """
            SELECT count(*) FROM actions a JOIN attempts t ON t.action_number = a.number AND t.number = a.attempt
            WHERE a.state = 'dispatched' AND a.category = ? AND t.dispatched_at <= ?
            """, [category, time]
        ).map { $0[0] } ?? 0
    }

    /// How many messages in the outbox have something that was sealed with a key.
    func outboxCount(sealedWith key: String) throws -> Int {
        try row("SELECT count(*) FROM outbox WHERE instr(body, ?)", [Sealer.prefix(ofKey: key)])
            .map { $0[0] } ?? 0
    }
}

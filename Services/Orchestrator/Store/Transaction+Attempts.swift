import GRDB
package import Models

extension Transaction {
    /// Stores an attempt that is handed over now.
    package func insertAttempt(
        _ number: Int, of action: ActionRecord, possibleDuplicate: Bool, at time: Timestamp
    ) throws {
        try run(
            "INSERT INTO attempts (action_number, number, possible_duplicate, dispatched_at) VALUES (?, ?, ?, ?)",
            [action.number, number, possibleDuplicate, time])
    }

    /// Which instance began the action last, and until when it may be at it; nil where none did, or where it has told what
    /// the attempt came to.
    package func lastBeginning(of action: ActionRecord) throws -> (instance: String, until: Timestamp)? {
        let row = try rows(
            """
            SELECT begun_by, begun_until, coalesce(outcome, 'expired') = 'expired' FROM attempts
            WHERE action_number = ? AND begun_by IS NOT NULL ORDER BY number DESC LIMIT 1
            """, [action.number]
        ).first
        guard let row, row[2] else { return nil }
        return (row[0], Timestamp(milliseconds: row[1]))
    }

    /// Stores that an instance begins an attempt.
    package func begin(
        attempt number: Int, of action: ActionRecord, by instance: String, until: Timestamp
    ) throws {
        try run(
            "UPDATE attempts SET begun_by = ?, begun_until = ? WHERE action_number = ? AND number = ?",
            [instance, until, action.number, number])
    }

    /// Stores that no instance is at an action any more.
    package func forgetBeginnings(of action: ActionRecord) throws {
        try run("UPDATE attempts SET begun_by = NULL WHERE action_number = ?", [action.number])
    }

    /// Stores what an attempt came to.
    package func endAttempt(
        _ number: Int, of action: ActionRecord, outcome: AttemptOutcome?, error: ActionError?,
        begunAt: Timestamp?,
        at time: Timestamp
    ) throws {
        try run(
            """
            UPDATE attempts SET outcome = ?, error = ?, begun_at = ?, ended_at = ?
            WHERE action_number = ? AND number = ?
            """,
            [outcome?.rawValue, error.map { Self.json($0) }, begunAt, time, action.number, number])
    }

    /// The attempts of an action, the first one first.
    package func attempts(of action: ActionRecord) throws -> [Attempt] {
        try rows("SELECT * FROM attempts WHERE action_number = ? ORDER BY number", [action.number]).map {
            row in
            Attempt(
                number: row["number"],
                outcome: (row["outcome"] as String?).flatMap(AttemptOutcome.init(rawValue:)),
                error: try (row["error"] as String?).map { try Self.value($0) },
                possibleDuplicate: row["possible_duplicate"],
                dispatchedAt: Timestamp(milliseconds: row["dispatched_at"]), begunAt: row.time("begun_at"),
                endedAt: row.time("ended_at"))
        }
    }
}

package import Bus
package import Foundation
import GRDB
package import Models

extension Transaction {
    /// Stores a dead letter with the facts in its headers.
    package func insertDeadLetter(_ message: BusMessage, at time: Timestamp) throws {
        try run(
            """
            INSERT INTO dead_letters (message_id, message_type, queue, exchange, routing_key, reason, body, received_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                message.id, message.type, message.headers["x-purser-queue"] ?? "",
                message.headers["x-purser-exchange"] ?? "", message.headers["x-purser-routing-key"] ?? "",
                message.headers["x-purser-reason"] ?? "no reason was given", message.body, time,
            ])
    }

    /// Dead letters, newest first.
    package func deadLetters(limit: Int) throws -> [DeadLetter] {
        try rows("SELECT * FROM dead_letters ORDER BY id DESC LIMIT ?", [limit]).map(Self.deadLetter)
    }

    /// A dead letter with its whole body.
    package func deadLetter(_ id: Int) throws -> (letter: DeadLetter, body: Data)? {
        try row("SELECT * FROM dead_letters WHERE id = ?", [id]).map { (try Self.deadLetter($0), $0["body"]) }
    }

    package func noteRequeue(of id: Int, at time: Timestamp) throws {
        try run("UPDATE dead_letters SET requeued_at = ? WHERE id = ?", [time, id])
    }

    /// How much of a body is shown.
    private static let shownCharacters = 4096

    private static func deadLetter(_ row: Row) throws -> DeadLetter {
        let body: Data = row["body"]
        return DeadLetter(
            id: row["id"], messageID: row["message_id"], messageType: row["message_type"],
            queue: row["queue"],
            exchange: row["exchange"], routingKey: row["routing_key"], reason: row["reason"],
            body: String(String(decoding: body, as: UTF8.self).prefix(shownCharacters)),
            receivedAt: Timestamp(milliseconds: row["received_at"]), requeuedAt: row.time("requeued_at"))
    }
}

package import Bus
import Foundation
import GRDB
import Models

/// A message that was written with the change it tells of, and is still to be published.
package struct OutboxMessage: Sendable {
    package var sequence: Int64
    package var exchange: String
    package var routingKey: String
    package var message: BusMessage
}

extension Transaction {
    /// Writes a message that the relay publishes once this transaction is durable.
    package func enqueue(_ message: BusMessage, to route: Route) throws {
        try run(
            "INSERT INTO outbox (exchange, routing_key, message_id, message_type, body) VALUES (?, ?, ?, ?, ?)",
            [
                route.exchange.name, route.routingKey, message.id, message.type,
                String(decoding: message.body, as: UTF8.self),
            ])
    }

    /// Messages behind `sequence`, in order.
    package func outbox(after sequence: Int64, limit: Int) throws -> [OutboxMessage] {
        try rows("SELECT * FROM outbox WHERE sequence > ? ORDER BY sequence LIMIT ?", [sequence, limit]).map {
            row in
            let body: String = row["body"]
            return OutboxMessage(
                sequence: row["sequence"], exchange: row["exchange"], routingKey: row["routing_key"],
                message: BusMessage(id: row["message_id"], type: row["message_type"], body: Data(body.utf8)))
        }
    }

    /// The number of the newest message; 0 where there is none.
    package func lastInOutbox() throws -> Int64 {
        try row("SELECT max(sequence) FROM outbox").flatMap { $0[0] as Int64? } ?? 0
    }

    package func removeFromOutbox(_ sequences: [Int64]) throws {
        for sequence in sequences { try run("DELETE FROM outbox WHERE sequence = ?", [sequence]) }
    }

    package func outboxCount() throws -> Int {
        try row("SELECT count(*) FROM outbox").map { $0[0] } ?? 0
    }
}

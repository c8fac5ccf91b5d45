import Foundation
import GRDB
import Models

/// What a simulated third party may read and write in one step: values by key, within the scope of one
/// configuration.
///
/// Nothing is written before the work has returned.
package final class SimulatorTransaction {
    private let db: Database
    private let scope: String
    private var written: [String: String?] = [:]
    private var effects: [SimulatedEffect] = []

    init(db: Database, scope: String) {
        self.db = db
        self.scope = scope
    }

    /// The value under a key, or nil.
    package func value<Value: Decodable>(_ key: String, as type: Value.Type = Value.self) throws -> Value? {
        let text: String?
        if let pending = written[key] {
            text = pending
        } else {
            let statement = try db.cachedStatement(sql: "SELECT value FROM state WHERE scope = ? AND key = ?")
            text = try String.fetchOne(statement, arguments: [scope, key])
        }
        return try text.map { try JSONDecoder().decode(type, from: Data($0.utf8)) }
    }

    package func set(_ key: String, _ value: some Encodable) throws {
        written[key] = .some(String(decoding: try JSONEncoder().encode(value), as: UTF8.self))
    }

    package func remove(_ key: String) {
        written[key] = .some(nil)
    }

    /// Writes a row of the ledger.
    func record(_ effect: SimulatedEffect) {
        effects.append(effect)
    }

    /// Writes what was set, removed and recorded.
    func flush() throws {
        for (key, value) in written {
            if let value {
                try db.cachedStatement(
                    sql: "INSERT OR REPLACE INTO state (scope, key, value) VALUES (?, ?, ?)"
                )
                .execute(arguments: [scope, key, value])
            } else {
                try db.cachedStatement(sql: "DELETE FROM state WHERE scope = ? AND key = ?")
                    .execute(arguments: [scope, key])
            }
        }
        for effect in effects {
            try db.cachedStatement(sql: "INSERT INTO effects VALUES (?, ?, ?, ?, ?, ?, ?)").execute(
                arguments: [
                    effect.actionID.rawValue, effect.attempt, effect.category, effect.function,
                    effect.subject,
                    effect.startedAt.milliseconds, effect.endedAt.milliseconds,
                ])
        }
    }
}

/// A row of the ledger: something that a simulated third party did.
struct SimulatedEffect: Sendable {
    var actionID: ActionID
    var attempt: Int
    var category: String
    var function: String
    var subject: String
    var startedAt: Timestamp
    var endedAt: Timestamp
}

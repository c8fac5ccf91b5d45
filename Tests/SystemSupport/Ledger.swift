package import Foundation
import GRDB
package import Models

/// What the simulated third parties did, as they wrote it down themselves: the ground truth.
package struct Ledger: Sendable {
    /// One thing that was done.
    package struct Effect: Sendable, Equatable {
        package var actionID: String
        package var function: String
        package var attempt: Int
        package var category: String
        /// What it was done to, in the third party's words.
        package var subject: String
        package var startedAt: Timestamp
        package var endedAt: Timestamp
    }

    private let path: String

    package init(dataFolder: URL) {
        path = dataFolder.appending(path: "demo/ledger.sqlite").path
    }

    /// Everything that was done, in order.
    package func effects() throws -> [Effect] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        return try queue.read { db in
            // The file is there a moment before its tables.
            guard try db.tableExists("effects") else { return [] }
            return try Row.fetchAll(db, sql: "SELECT * FROM effects ORDER BY rowid").map { row in
                Effect(
                    actionID: row["action_id"], function: row["function"], attempt: row["attempt"],
                    category: row["category"], subject: row["subject"],
                    startedAt: Timestamp(milliseconds: row["started_at"]),
                    endedAt: Timestamp(milliseconds: row["ended_at"]))
            }
        }
    }

    /// What was done for one action.
    package func effects(of action: String) throws -> [Effect] {
        try effects().filter { $0.actionID == action }
    }
}

extension Ledger {
    /// The accounts that a simulated panel has, by name.
    package func usernames(configuration: String) throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        return try queue.read { db in
            try String.fetchAll(
                db, sql: "SELECT substr(key, 9) FROM state WHERE scope = ? AND key LIKE 'account/%'",
                arguments: ["hosting/\(configuration)"])
        }
    }
}

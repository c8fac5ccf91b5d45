import Foundation
import GRDB

/// What the simulated third parties did, as they wrote it down themselves: the ground truth.
struct Ledger: Sendable {
    /// One thing that was done.
    struct Effect: Sendable, Equatable {
        var actionID: String
        var function: String
        var attempt: Int
    }

    private let path: String

    init(dataFolder: URL) {
        path = dataFolder.appending(path: "demo/ledger.sqlite").path
    }

    /// Everything that was done, in order.
    func effects() throws -> [Effect] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        return try queue.read { db in
            // The file is there a moment before its tables.
            guard try db.tableExists("effects") else { return [] }
            return try Row.fetchAll(
                db, sql: "SELECT action_id, function, attempt FROM effects ORDER BY rowid"
            ).map {
                Effect(actionID: $0["action_id"], function: $0["function"], attempt: $0["attempt"])
            }
        }
    }

    /// What was done for one action.
    func effects(of action: String) throws -> [Effect] {
        try effects().filter { $0.actionID == action }
    }
}

extension Ledger {
    /// The accounts that a simulated panel has, by name.
    func usernames(configuration: String) throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        return try queue.read { db in
            try String.fetchAll(
                db, sql: "SELECT substr(key, 9) FROM state WHERE scope = ? AND key LIKE 'account/%'",
                arguments: ["hosting/\(configuration)"])
        }
    }
}

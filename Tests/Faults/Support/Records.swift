import Foundation
import GRDB
import Models
import SystemSupport

/// What the orchestrator has written down, read behind its back.
struct Records: Sendable {
    struct Action: Sendable {
        let number: Int
        let id: String
        let product: String
        let category: String
        let function: String
        let state: ActionState
        let isChanging: Bool
        let attempt: Int
        /// The outcome of each attempt, `none` where there is none; in order.
        let outcomes: [String]
        let errorKind: String?
        /// Whether a third party's notice set it off, and no caller.
        let isOfNotice: Bool
        let runAt: Timestamp?
        let finishedAt: Timestamp?
    }

    /// An event of the numbered table.
    struct Event: Sendable, Equatable {
        let sequence: Int
        let type: String
    }

    let actions: [Action]
    let events: [Event]
    /// How many messages are still to be published.
    let outgoing: Int
    let deadLetters: Int

    init(_ system: PurserSystem) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        let path = system.dataFolder.appending(path: "orchestrator/purser.sqlite").path
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        self = try queue.read { try Records($0) }
    }

    private init(_ db: Database) throws {
        var outcomes: [Int: [String]] = [:]
        let attempts = try Row.fetchAll(
            db, sql: "SELECT action_number, outcome FROM attempts ORDER BY action_number, number")
        for row in attempts {
            outcomes[row["action_number"], default: []].append(row["outcome"] as String? ?? "none")
        }
        actions = try Row.fetchAll(
            db, sql: "SELECT *, error ->> 'kind' AS error_kind FROM actions ORDER BY number"
        ).map { row in
            Action(
                number: row["number"], id: row["id"], product: row["product_id"], category: row["category"],
                function: row["function"], state: try ActionState(stored: row["state"]),
                isChanging: row["is_changing"], attempt: row["attempt"],
                outcomes: outcomes[row["number"]] ?? [], errorKind: row["error_kind"],
                isOfNotice: row["requested_by"] == "notice",
                runAt: (row["run_at"] as Int64?).map(Timestamp.init(milliseconds:)),
                finishedAt: (row["finished_at"] as Int64?).map(Timestamp.init(milliseconds:)))
        }
        events = try Row.fetchAll(db, sql: "SELECT sequence, type FROM events ORDER BY sequence").map {
            Event(sequence: $0["sequence"], type: $0["type"])
        }
        outgoing = try Int.fetchOne(db, sql: "SELECT count(*) FROM outbox") ?? 0
        deadLetters = try Int.fetchOne(db, sql: "SELECT count(*) FROM dead_letters") ?? 0
    }
}

extension Records.Action {
    /// The function as its blueprint has it.
    var definition: FunctionDefinition? { Blueprints.named(category)?.function(function) }

    var hasEnded: Bool { finishedAt != nil }
}

extension ActionState {
    fileprivate init(stored text: String) throws {
        guard let state = ActionState(rawValue: text) else {
            throw DatabaseError(message: "There is no state \(text).")
        }
        self = state
    }
}

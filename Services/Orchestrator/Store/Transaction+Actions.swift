import GRDB
package import Models

extension Transaction {
    private static let columns = """
        number, id, product_id, client_id, category, provider, configuration_id, function, is_changing, line, state,
        attempt, failures, may_be_done, wake_at, deferred_reference, deferred_since, given, parameters, result, error,
        requested_by, run_at, traceparent, created_at, finished_at
        """

    /// The number of the next new action.
    package func nextActionNumber() throws -> Int64 {
        (try row("SELECT max(number) FROM actions").flatMap { $0[0] as Int64? } ?? 0) + 1
    }

    /// Stores a new action under its number.
    package func insert(_ action: ActionRecord) throws {
        let machine = action.machine
        let given = Self.json(action.given)
        try run(
            """
            INSERT INTO actions (number, id, product_id, client_id, category, provider, configuration_id, function, is_changing,
                is_open, line, state, attempt, failures, may_be_done, wake_at, deferred_reference, deferred_since, given,
                parameters, error, requested_by, run_at, traceparent, created_at, finished_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                action.number, action.id.rawValue, action.productID.rawValue, action.clientID.rawValue, action.category,
                action.provider, action.configurationID.rawValue, action.function, action.isChanging,
                !machine.state.isTerminal, action.line, machine.state.rawValue, machine.attempt, machine.failures,
                machine.mayBeDone, machine.wakeAt, machine.deferredReference, machine.deferredSince, given,
                action.parameters == action.given ? given : Self.json(action.parameters),
                action.error.map { Self.json($0) }, action.requestedBy, action.runAt, action.traceparent,
                action.createdAt, action.finishedAt,
            ])
    }

    /// Stores what can change of an action.
    package func update(_ action: ActionRecord) throws {
        let machine = action.machine
        try run(
            """
            UPDATE actions SET is_open = ?, line = ?, state = ?, attempt = ?, failures = ?, may_be_done = ?,
                wake_at = ?, deferred_reference = ?, deferred_since = ?, parameters = ?, result = ?, error = ?,
                finished_at = ? WHERE number = ?
            """,
            [
                !machine.state.isTerminal, action.line, machine.state.rawValue, machine.attempt, machine.failures,
                machine.mayBeDone, machine.wakeAt, machine.deferredReference, machine.deferredSince,
                Self.json(action.parameters), action.result.map { Self.json($0) }, action.error.map { Self.json($0) },
                action.finishedAt, action.number,
            ])
    }

    package func action(_ id: ActionID) throws -> ActionRecord? {
        try row("SELECT \(Self.columns) FROM actions WHERE id = ?", [id.rawValue]).map(Self.action)
    }

    /// The product's changing action that is first in line; nil where the line is empty.
    package func firstInLine(of product: ContractProductID) throws -> ActionRecord? {
        try row(
            """
            SELECT \(Self.columns) FROM actions
            WHERE product_id = ? AND is_open = 1 AND line IS NOT NULL ORDER BY line LIMIT 1
            """, [product.rawValue]
        ).map(Self.action)
    }

    /// The last place in the product's line.
    package func nextLine(of product: ContractProductID) throws -> Int64 {
        let last = try row(
            "SELECT max(line) FROM actions WHERE product_id = ? AND is_open = 1 AND line IS NOT NULL", [product.rawValue])
        return (last.flatMap { $0[0] as Int64? } ?? 0) + 1
    }

    /// Actions whose time has come, the oldest first.
    package func dueActions(by now: Timestamp, limit: Int) throws -> [ActionRecord] {
        try rows(
            "SELECT \(Self.columns) FROM actions WHERE wake_at <= ? ORDER BY wake_at LIMIT ?", [now, limit]
        ).map(Self.action)
    }

    /// When the next action's time comes; nil where there is none.
    package func nextWake() throws -> Timestamp? {
        try row("SELECT min(wake_at) AS wake_at FROM actions WHERE wake_at IS NOT NULL")?.time("wake_at")
    }

    /// Every action in this state, which must not be an end.
    package func openActions(in state: ActionState) throws -> [ActionRecord] {
        try rows(
            "SELECT \(Self.columns) FROM actions WHERE state = ? AND is_open = 1 ORDER BY number", [state.rawValue]
        ).map(Self.action)
    }

    /// How many open actions there are in each state.
    package func openActionCounts() throws -> [(state: String, count: Int)] {
        try rows("SELECT state, count(*) FROM actions WHERE is_open = 1 GROUP BY state").map { ($0[0], $0[1]) }
    }

    /// Actions that match, newest first, below the number `cursor`.
    package func actions(_ filter: ListActions, before cursor: Int64?, limit: Int) throws -> [ActionRecord] {
        var conditions: [String] = []
        var arguments: StatementArguments = []
        let equalities: [(String, String?)] = [
            ("client_id", filter.clientID?.rawValue), ("product_id", filter.contractProductID?.rawValue),
            ("state", filter.state?.rawValue), ("function", filter.function), ("category", filter.category),
        ]
        for case (let column, let value?) in equalities {
            conditions.append("\(column) = ?")
            arguments += [value]
        }
        if let state = filter.state, !state.isTerminal { conditions.append("is_open = 1") }
        if let cursor {
            conditions.append("number < ?")
            arguments += [cursor]
        }
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return try rows(
            "SELECT \(Self.columns) FROM actions \(condition) ORDER BY number DESC LIMIT ?", arguments + [limit]
        ).map(Self.action)
    }

    private static func action(_ row: Row) throws -> ActionRecord {
        let stateText: String = row["state"]
        guard let state = ActionState(rawValue: stateText) else { throw StoreError.damaged("actions.state") }
        return ActionRecord(
            number: row["number"], id: ActionID(rawValue: row["id"]),
            productID: ContractProductID(rawValue: row["product_id"]), clientID: ClientID(rawValue: row["client_id"]),
            category: row["category"], provider: row["provider"],
            configurationID: ConfigurationID(rawValue: row["configuration_id"]), function: row["function"],
            isChanging: row["is_changing"], line: row["line"],
            machine: ActionMachine(
                state: state, attempt: row["attempt"], failures: row["failures"], mayBeDone: row["may_be_done"],
                wakeAt: row.time("wake_at"), deferredReference: row["deferred_reference"],
                deferredSince: row.time("deferred_since")),
            given: try value(row["given"]), parameters: try value(row["parameters"]),
            result: try (row["result"] as String?).map { try value($0) },
            error: try (row["error"] as String?).map { try value($0) }, requestedBy: row["requested_by"],
            runAt: row.time("run_at"), traceparent: row["traceparent"],
            createdAt: Timestamp(milliseconds: row["created_at"]), finishedAt: row.time("finished_at"))
    }
}

import GRDB
package import Models

extension Transaction {
    private static let columns = """
        number, id, product_id, client_id, category, provider, configuration_id, function, is_changing, line, state,
        attempt, failures, may_be_done, wake_at, deferred_reference, deferred_since, given, parameters, result, error,
        requested_by, run_at, traceparent, created_at, finished_at, result_expires_at, result_expired, status_before,
        event_type, turn, check_mode, differences
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
                parameters, error, requested_by, run_at, traceparent, created_at, finished_at, event_type, turn, check_mode)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                action.number, action.id.rawValue, action.productID.rawValue, action.clientID.rawValue,
                action.category,
                action.provider, action.configurationID.rawValue, action.function, action.isChanging,
                !machine.state.isTerminal, action.line, machine.state.rawValue, machine.attempt,
                machine.failures,
                machine.mayBeDone, machine.wakeAt, machine.deferredReference, machine.deferredSince, given,
                action.parameters == action.given ? given : Self.json(action.parameters),
                action.error.map { Self.json($0) }, action.requestedBy, action.runAt, action.traceparent,
                action.createdAt, action.finishedAt, action.eventType, action.storedTurn,
                action.check?.rawValue,
            ])
        try count(action, before: nil)
        try mend(action, before: nil)
    }

    /// Stores what can change of an action.
    package func update(_ action: ActionRecord) throws {
        let machine = action.machine
        let before: ActionState? = try row("SELECT state FROM actions WHERE number = ?", [action.number])
            .flatMap { ActionState(rawValue: $0[0]) }
        try run(
            """
            UPDATE actions SET is_open = ?, line = ?, state = ?, attempt = ?, failures = ?, may_be_done = ?,
                wake_at = ?, deferred_reference = ?, deferred_since = ?, parameters = ?, result = ?, error = ?,
                finished_at = ?, result_expires_at = ?, result_expired = ?, status_before = ?, domain = ?,
                provider = ?, configuration_id = ?, turn = ?, differences = ?
            WHERE number = ?
            """,
            [
                !machine.state.isTerminal, action.line, machine.state.rawValue, machine.attempt,
                machine.failures,
                machine.mayBeDone, machine.wakeAt, machine.deferredReference, machine.deferredSince,
                Self.json(action.parameters), action.result.map { Self.json($0) },
                action.error.map { Self.json($0) },
                action.finishedAt, action.resultExpiresAt, action.isResultExpired,
                action.statusBefore?.rawValue,
                machine.state == .deferred ? DomainKey.of(action.parameters) : nil,
                action.provider, action.configurationID.rawValue, action.storedTurn,
                action.differences.map { Self.json($0) }, action.number,
            ])
        try count(action, before: before)
        try mend(action, before: before)
    }

    /// Removes the results whose time is over.
    package func removeExpiredResults(by now: Timestamp) throws {
        try run(
            """
            UPDATE actions SET result = NULL, result_expired = 1, result_expires_at = NULL
            WHERE result_expires_at <= ?
            """, [now])
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

    /// The product's actions of a function that the provider is working on, the oldest first.
    package func deferredActions(of product: ContractProductID, function: String) throws -> [ActionRecord] {
        try rows(
            """
            SELECT \(Self.columns) FROM actions
            WHERE product_id = ? AND is_open = 1 AND state = ? AND function = ? ORDER BY number
            """, [product.rawValue, ActionState.deferred.rawValue, function]
        ).map(Self.action)
    }

    /// The product's open actions that events of these types set off, the oldest first.
    package func openActions(of product: ContractProductID, setOffBy types: [String]) throws -> [ActionRecord]
    {
        let places = types.map { _ in "?" }.joined(separator: ", ")
        return try rows(
            """
            SELECT \(Self.columns) FROM actions
            WHERE product_id = ? AND is_open = 1 AND event_type IN (\(places)) ORDER BY number
            """, StatementArguments([product.rawValue] + types)
        ).map(Self.action)
    }

    /// The functions in the product's line, the last one first.
    package func functionsInLine(of product: ContractProductID) throws -> [String] {
        try rows(
            """
            SELECT function FROM actions WHERE product_id = ? AND is_open = 1 AND line IS NOT NULL
            ORDER BY line DESC
            """, [product.rawValue]
        ).map { $0[0] }
    }

    /// The last place in the product's line.
    package func nextLine(of product: ContractProductID) throws -> Int64 {
        let last = try row(
            "SELECT max(line) FROM actions WHERE product_id = ? AND is_open = 1 AND line IS NOT NULL",
            [product.rawValue])
        return (last.flatMap { $0[0] as Int64? } ?? 0) + 1
    }

    /// Actions whose time has come, the oldest first.
    package func dueActions(by now: Timestamp, limit: Int) throws -> [ActionRecord] {
        try rows(
            "SELECT \(Self.columns) FROM actions WHERE wake_at <= ? ORDER BY wake_at LIMIT ?", [now, limit]
        ).map(Self.action)
    }

    /// When the next action's time comes, a result's time is over, or a circuit's pause that is not over by `now`; nil
    /// where there is none.
    package func nextWake(after now: Timestamp) throws -> Timestamp? {
        try row(
            """
            SELECT min(time) FROM (
                SELECT min(wake_at) AS time FROM actions WHERE wake_at IS NOT NULL UNION ALL
                SELECT min(result_expires_at) FROM actions WHERE result_expires_at IS NOT NULL UNION ALL
                SELECT min(until) FROM circuits WHERE until > ?)
            """, [now]
        )?.time(0)
    }

    /// Every action in this state, which must not be an end.
    package func openActions(in state: ActionState) throws -> [ActionRecord] {
        try rows(
            "SELECT \(Self.columns) FROM actions WHERE state = ? AND is_open = 1 ORDER BY number",
            [state.rawValue]
        ).map(Self.action)
    }

    /// Every action that has not ended, the oldest first.
    package func openActions() throws -> [ActionRecord] {
        try rows("SELECT \(Self.columns) FROM actions WHERE is_open = 1 ORDER BY number").map(Self.action)
    }

    /// How many open actions someone asked for.
    package func openActionCount(requestedBy requester: String) throws -> Int {
        try row("SELECT count(*) FROM actions WHERE is_open = 1 AND requested_by = ?", [requester])
            .map { $0[0] } ?? 0
    }

    /// How many open actions there are in each state.
    package func openActionCounts() throws -> [(state: String, count: Int)] {
        try rows("SELECT state, count(*) FROM actions WHERE is_open = 1 GROUP BY state").map {
            ($0[0], $0[1])
        }
    }

    /// The actions that a clause behind the table's name finds.
    func actions(_ clause: String, _ arguments: StatementArguments) throws -> [ActionRecord] {
        try rows("SELECT \(Self.columns) FROM actions \(clause)", arguments).map(Self.action)
    }

    /// The columns by their place in `columns`: looking them up by name costs more than reading them.
    private static func action(_ row: Row) throws -> ActionRecord {
        let stateText: String = row[10]
        guard let state = ActionState(rawValue: stateText) else { throw StoreError.damaged("actions.state") }
        return ActionRecord(
            number: row[0], id: ActionID(rawValue: row[1]),
            productID: ContractProductID(rawValue: row[2]),
            clientID: ClientID(rawValue: row[3]),
            category: row[4], provider: row[5],
            configurationID: ConfigurationID(rawValue: row[6]), function: row[7],
            isChanging: row[8], line: row[9], turn: row[30],
            machine: ActionMachine(
                state: state, attempt: row[11], failures: row[12],
                mayBeDone: row[13],
                wakeAt: row.time(14), deferredReference: row[15],
                deferredSince: row.time(16)),
            given: try value(row[17]), parameters: try value(row[18]),
            result: try (row[19] as String?).map { try value($0) },
            resultExpiresAt: row.time(26), isResultExpired: row[27],
            statusBefore: (row[28] as String?).flatMap(ProductStatus.init(rawValue:)),
            error: try (row[20] as String?).map { try value($0) },
            check: (row[31] as String?).flatMap(CheckMode.init(rawValue:)),
            differences: try (row[32] as String?).map { try value($0) }, requestedBy: row[21],
            eventType: row[29],
            runAt: row.time(22), traceparent: row[23],
            createdAt: Timestamp(milliseconds: row[24]), finishedAt: row.time(25))
    }
}

extension ActionRecord {
    /// Its turn, unless it has left the queue.
    fileprivate var storedTurn: Int64? { machine.state == .queued ? turn : nil }
}

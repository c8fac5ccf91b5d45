import GRDB
package import Models

/// Which actions a person should look at.
package enum AttentionRule {
    /// How long a failure asks for a person: 30 days.
    static let failedAge: Duration = .seconds(30 * 86_400)
    /// How long an action may be queued, under way or retried before it counts as stuck: 15 min.
    package static let stuckAge: Duration = .seconds(900)
}

extension Conditions {
    /// That an action needs a person for this reason.
    mutating func add(_ attention: Attention, now: Timestamp) {
        switch attention {
        case .unsure:
            add("is_open = 1")
            add("state = 'unsure'")
        case .stuck:
            add("is_open = 1")
            add("state IN ('queued', 'dispatched', 'waiting')")
            add("created_at < ?", now.advanced(by: .zero - AttentionRule.stuckAge))
        case .failed:
            add("is_unmended = 1")
            add("finished_at > ?", now.advanced(by: .zero - AttentionRule.failedAge))
        }
    }
}

extension Transaction {
    /// Notes that a change has failed, and of one that succeeds that it makes good what failed before: the same on the
    /// product or, where it removed the product, all of it.
    func mend(_ action: ActionRecord, before: ActionState?) throws {
        let state = action.machine.state
        guard state != before, action.isChanging else { return }
        if state == .succeeded {
            try run(
                """
                UPDATE actions SET is_unmended = 0
                WHERE product_id = ?1 AND is_unmended = 1 AND (function = ?2 OR ?2 = 'terminate')
                """, [action.productID.rawValue, action.function])
        } else if state == .failed || before == .failed {
            try run("UPDATE actions SET is_unmended = ? WHERE number = ?", [state == .failed, action.number])
        }
    }

    /// The newest actions that need a person for this reason, grouped, the largest group first.
    package func attentionGroups(_ attention: Attention, now: Timestamp) throws -> [AttentionGroup] {
        var conditions = Conditions()
        conditions.add(attention, now: now)
        return try rows(
            """
            SELECT category, provider, configuration_id, function, kind, count(*), min(created_at) FROM (
                SELECT category, provider, configuration_id, function, json_extract(error, '$.kind') AS kind, created_at
                FROM actions \(conditions.clause) ORDER BY number DESC LIMIT \(Attention.countLimit))
            GROUP BY category, provider, configuration_id, function, kind ORDER BY count(*) DESC, 1, 2, 4
            """, conditions.arguments
        ).map { row in
            AttentionGroup(
                category: row[0], provider: row[1], configurationID: ConfigurationID(rawValue: row[2]),
                function: row[3], errorKind: (row[4] as String?).flatMap(ErrorKind.init(rawValue:)),
                count: row[5], oldestAt: Timestamp(milliseconds: row[6]))
        }
    }

    /// How many actions need a person for this reason, counted up to `Attention.countLimit`.
    package func attentionCount(_ attention: Attention, now: Timestamp) throws -> Int {
        var conditions = Conditions()
        conditions.add(attention, now: now)
        return try row(
            """
            SELECT count(*) FROM (SELECT 1 FROM actions \(conditions.clause)
                ORDER BY number DESC LIMIT \(Attention.countLimit))
            """, conditions.arguments
        ).map { $0[0] } ?? 0
    }

    /// What a client, a product or a configuration is called; nil for other ids, and where there is none.
    package func name(of id: String) throws -> String? {
        let table =
            switch id.prefix(4) {
            case ClientID.prefix: "clients"
            case ContractProductID.prefix: "products"
            case ConfigurationID.prefix: "configurations"
            default: nil as String?
            }
        return try table.flatMap { try row("SELECT name FROM \($0) WHERE id = ?", [id])?[0] }
    }

    /// How many clients there are.
    package func clientCount() throws -> Int {
        try row("SELECT count(*) FROM clients").map { $0[0] } ?? 0
    }

    /// How many products there are of each status.
    package func productCounts() throws -> [(status: String, count: Int)] {
        try rows("SELECT status, count(*) FROM products GROUP BY status").map { ($0[0], $0[1]) }
    }

    /// How many actions are queued or handed over, by category.
    package func queuedCounts() throws -> [(category: String, count: Int)] {
        try rows(
            """
            SELECT category, count(*) FROM actions WHERE is_open = 1 AND state IN ('queued', 'dispatched')
            GROUP BY category
            """
        ).map { ($0[0], $0[1]) }
    }

    /// Configurations whose circuit is not closed.
    package func brokenCircuits(limit: Int) throws -> [ConfigurationID] {
        try rows(
            """
            SELECT configuration_id FROM circuits WHERE until IS NOT NULL OR probe IS NOT NULL
            ORDER BY configuration_id LIMIT ?
            """, [limit]
        ).map { ConfigurationID(rawValue: $0[0]) }
    }
}

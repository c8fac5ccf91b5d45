import GRDB
package import Models

/// What waits and what is under way: by configuration, and by client.
extension Transaction {
    /// How busy a configuration is. Its circuit is read along with it: every hand-over looks at both.
    package func load(of configuration: ConfigurationID) throws -> ConfigurationLoad {
        let row = try row(
            """
            SELECT (SELECT count(*) FROM actions WHERE configuration_id = ?1 AND state = 'dispatched'),
                EXISTS (SELECT 1 FROM actions WHERE configuration_id = ?1 AND turn IS NOT NULL),
                until, probe, failures, openings, reason
            FROM (SELECT 1) LEFT JOIN circuits ON configuration_id = ?1
            """, [configuration.rawValue])
        guard let row else { return ConfigurationLoad(underWay: 0, isAwaited: false) }
        memo.circuits[configuration] = Self.circuit(row, from: 2)
        return ConfigurationLoad(underWay: row[0], isAwaited: row[1])
    }

    /// The action whose turn it is with a configuration; nil where none waits.
    package func firstTurn(of configuration: ConfigurationID) throws -> ActionRecord? {
        try actions(
            "WHERE configuration_id = ? AND turn IS NOT NULL ORDER BY turn, number LIMIT 1",
            [configuration.rawValue]
        ).first
    }

    /// The product's actions that wait for their turn, the oldest first.
    package func actionsWithTurn(of product: ContractProductID) throws -> [ActionRecord] {
        try actions(
            "WHERE product_id = ? AND is_open = 1 AND turn IS NOT NULL ORDER BY number", [product.rawValue])
    }

    package func lowestTurn(of configuration: ConfigurationID) throws -> Int64? {
        try row(
            "SELECT min(turn) FROM actions WHERE configuration_id = ? AND turn IS NOT NULL",
            [configuration.rawValue]
        ).flatMap { $0[0] as Int64? }
    }

    package func highestTurn(of configuration: ConfigurationID, client: ClientID) throws -> Int64? {
        try row(
            """
            SELECT max(turn) FROM actions WHERE configuration_id = ? AND client_id = ? AND turn IS NOT NULL
            """, [configuration.rawValue, client.rawValue]
        ).flatMap { $0[0] as Int64? }
    }

    /// Notes that an action has become one that is queued, dispatched or waiting, or is none any more.
    ///
    /// A trigger would do it by itself, and takes ten times as long.
    func count(_ action: ActionRecord, before: ActionState?) throws {
        let isLoad = action.machine.state.isLoad
        guard isLoad != before?.isLoad ?? false else { return }
        try run(
            """
            INSERT INTO backlog (client_id, actions) VALUES (?1, ?2), ('', ?2)
            ON CONFLICT (client_id) DO UPDATE SET actions = actions + excluded.actions
            """, [action.clientID.rawValue, isLoad ? 1 : -1])
    }

    /// How many actions are queued, dispatched or waiting: of a client, and of all.
    package func backlog(of client: ClientID) throws -> (own: Int, all: Int) {
        let row = try row(
            """
            SELECT coalesce((SELECT actions FROM backlog WHERE client_id = ?), 0),
                coalesce((SELECT actions FROM backlog WHERE client_id = ''), 0)
            """, [client.rawValue])
        return row.map { ($0[0], $0[1]) } ?? (0, 0)
    }
}

import GRDB
package import Models

extension Transaction {
    /// The configuration's circuit; a closed one where nothing was stored.
    package func circuit(of configuration: ConfigurationID) throws -> Circuit {
        if let known = memo.circuits[configuration] { return known }
        let found = try row(
            "SELECT until, probe, failures, openings, reason FROM circuits WHERE configuration_id = ?",
            [configuration.rawValue]
        ).map { Self.circuit($0, from: 0) }
        let circuit = found ?? Circuit()
        memo.circuits[configuration] = circuit
        return circuit
    }

    package func store(_ circuit: Circuit, of configuration: ConfigurationID) throws {
        memo.circuits[configuration] = circuit
        guard circuit != Circuit() else {
            return try run("DELETE FROM circuits WHERE configuration_id = ?", [configuration.rawValue])
        }
        var (until, probe): (Timestamp?, Int64?)
        switch circuit.state {
        case .closed: break
        case .open(let time): until = time
        case .probing(let number): probe = number
        }
        try run(
            """
            INSERT INTO circuits (configuration_id, until, probe, failures, openings, reason)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (configuration_id) DO UPDATE SET
                until = excluded.until, probe = excluded.probe, failures = excluded.failures,
                openings = excluded.openings, reason = excluded.reason
            """,
            [configuration.rawValue, until, probe, circuit.failures, circuit.openings, circuit.reason])
    }

    /// The configurations whose circuit's pause is over, with actions that wait for their turn.
    package func dueCircuits(by now: Timestamp) throws -> [ConfigurationID] {
        try rows(
            """
            SELECT configuration_id FROM circuits c WHERE until <= ? AND EXISTS
                (SELECT 1 FROM actions a WHERE a.configuration_id = c.configuration_id AND a.turn IS NOT NULL)
            """, [now]
        ).map { ConfigurationID(rawValue: $0[0]) }
    }

    /// How many circuits are not closed, by category and provider; also where none is.
    package func openCircuitCounts() throws -> [(category: String, provider: String, count: Int)] {
        try rows(
            """
            SELECT c.category, c.provider, count(coalesce(k.until, k.probe)) FROM configurations c
            LEFT JOIN circuits k ON k.configuration_id = c.id GROUP BY c.category, c.provider
            """
        ).map { ($0[0], $0[1], $0[2]) }
    }

    /// The circuit in the five columns from `first` on; a closed one where they are null.
    static func circuit(_ row: Row, from first: Int) -> Circuit {
        let state: Circuit.State =
            if let until = row.time(first) {
                .open(until: until)
            } else if let probe = row[first + 1] as Int64? {
                .probing(probe)
            } else {
                .closed
            }
        return Circuit(
            state: state, failures: row[first + 2] ?? 0, openings: row[first + 3] ?? 0,
            reason: row[first + 4])
    }
}

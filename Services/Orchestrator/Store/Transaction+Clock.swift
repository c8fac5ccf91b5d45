import GRDB
import Models

extension Transaction {
    /// Moves every wait along with a clock that was set, so that its length stays what it was. Moments that people named
    /// (the start of a scheduled action, the end of a token) stay where they are.
    package func moveWaits(by step: Duration) throws {
        let milliseconds = step / .milliseconds(1)
        let arguments: StatementArguments = [Int64(milliseconds.rounded())]
        try run(
            "UPDATE actions SET wake_at = wake_at + ? WHERE wake_at IS NOT NULL AND state <> 'scheduled'",
            arguments)
        try run(
            "UPDATE actions SET result_expires_at = result_expires_at + ? WHERE result_expires_at IS NOT NULL",
            arguments)
        try run(
            "UPDATE attempts SET begun_until = begun_until + ? WHERE begun_until IS NOT NULL AND ended_at IS NULL",
            arguments)
        try run("UPDATE circuits SET until = until + ? WHERE until IS NOT NULL", arguments)
        try run("UPDATE polls SET next_at = next_at + ?", arguments)
        try run(
            "UPDATE webhook_deliveries SET next_at = next_at + ? WHERE state = 'pending' AND next_at IS NOT NULL",
            arguments)
    }
}

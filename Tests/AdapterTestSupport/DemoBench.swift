package import AdapterKit
import GRDB
package import Models
import ServiceRuntime
package import TestSupport

/// A category's demo provider and a way to run actions on it.
package struct DemoBench: Sendable {
    package struct Unexpected: Error {
        package let outcome: ActionOutcome
    }

    /// A row of the ledger.
    package struct Effect: Sendable {
        package let actionID: String
        package let attempt: Int
        package let category: String
        package let function: String
        package let subject: String

        init(_ row: Row) {
            actionID = row["action_id"]
            attempt = row["attempt"]
            category = row["category"]
            function = row["function"]
            subject = row["subject"]
        }
    }

    private let bench: AttemptBench
    private let blueprint: BlueprintDefinition
    private let folder: TemporaryFolder
    private let settings: [String: JSONValue]

    /// - Parameters:
    ///   - settings: of the demo's configuration, such as its fault.
    ///   - folder: where the simulated third party remembers; one of its own where not given.
    package init(
        _ adapter: any CategoryAdapter.Type, settings: [String: JSONValue] = [:],
        folder: TemporaryFolder? = nil
    ) throws {
        self.settings = settings
        self.folder = try folder ?? TemporaryFolder()
        blueprint = adapter.blueprint
        bench = AttemptBench(
            blueprint: adapter.blueprint, providers: adapter.providers, network: NoTransport(),
            dataFolder: self.folder.path)
    }

    package func action(_ function: String, _ parameters: [String: JSONValue]) -> ExecuteAction {
        bench.action(
            function, provider: "demo", settings: settings, parameters: parameters, timeoutSeconds: 10)
    }

    package func run(_ action: ExecuteAction) async -> ActionOutcome {
        await bench.runner.run(action, isRedelivered: false, traceparent: nil)
    }

    /// Runs an action that waits for time to pass.
    package func runLettingTimePass(_ action: ExecuteAction) async throws -> ActionOutcome {
        let outcomes = Recorder<ActionOutcome>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await bench.deadlines.run() }
            group.addTask { outcomes.record(await run(action)) }
            try await eventually("the outcome") {
                bench.clock.advance(by: .milliseconds(100))
                return outcomes.count > 0
            }
            group.cancelAll()
        }
        guard let outcome = outcomes.elements.first else { throw CancellationError() }
        return outcome
    }

    /// What an outcome's result says, its secrets opened.
    ///
    /// - Throws: `Unexpected` where it did not succeed.
    package func result(of outcome: ActionOutcome, _ action: ExecuteAction) throws -> [String: JSONValue] {
        guard outcome.outcome == .succeeded, let result = outcome.result else {
            throw Unexpected(outcome: outcome)
        }
        return try bench.sealer.open(
            secretsOf: result, fields: blueprint.function(action.function)?.result ?? [],
            context: "\(action.actionID)/result")
    }

    /// - Returns: the result, its secrets opened.
    package func succeed(
        _ function: String, _ parameters: [String: JSONValue]
    ) async throws -> [String: JSONValue] {
        let action = action(function, parameters)
        return try result(of: await run(action), action)
    }

    package func fail(_ function: String, _ parameters: [String: JSONValue]) async throws -> ErrorKind {
        let outcome = await run(action(function, parameters))
        guard outcome.outcome == .failed, let error = outcome.error else {
            throw Unexpected(outcome: outcome)
        }
        return error.kind
    }

    /// Runs an action, and then once more as what may be a repeat of it.
    ///
    /// - Returns: what the second delivery came to, its secrets opened.
    package func succeedTwice(
        _ function: String, _ parameters: [String: JSONValue]
    ) async throws -> [String: JSONValue] {
        var action = action(function, parameters)
        let first = try result(of: await run(action), action)
        action.attempt = 2
        action.possibleDuplicate = true
        let outcome = await run(action)
        let second = try result(of: outcome, action)
        guard outcome.observed, second == first else { throw Unexpected(outcome: outcome) }
        return second
    }

    /// The ledger, in order; it is made at the first use.
    package func ledger() throws -> [Effect] {
        guard try folder.files().contains("demo/ledger.sqlite") else { return [] }
        return try DatabaseQueue(path: folder.path + "/demo/ledger.sqlite").read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM effects ORDER BY rowid").map(Effect.init)
        }
    }
}

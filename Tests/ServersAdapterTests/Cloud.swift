import AdapterKit
import AdapterTestSupport
import GRDB
import Models
import ServersAdapter
import TestSupport

/// A demo cloud and a way to run actions on it.
struct Cloud: Sendable {
    struct Unexpected: Error {
        let outcome: ActionOutcome
    }

    struct Effect: Decodable, FetchableRecord {
        var actionID: String
        var function: String
        var subject: String

        enum CodingKeys: String, CodingKey {
            case actionID = "action_id"
            case function, subject
        }
    }

    static let web: [String: JSONValue] = [
        "email": "jane@example.com", "label": "web1.example.com", "location": "london", "image": "debian-12",
        "size": "small",
    ]

    let bench: AttemptBench
    private let folder: TemporaryFolder
    private let settings: [String: JSONValue]

    init(settings: [String: JSONValue] = [:]) throws {
        self.settings = settings
        folder = try TemporaryFolder()
        bench = AttemptBench(
            blueprint: Servers.blueprint, providers: ServersAdapter.providers, network: NoTransport(),
            dataFolder: folder.path)
    }

    func action(_ function: String, _ parameters: [String: JSONValue]) -> ExecuteAction {
        bench.action(
            function, provider: "demo", settings: settings, parameters: parameters, timeoutSeconds: 10)
    }

    func run(_ action: ExecuteAction) async -> ActionOutcome {
        await bench.runner.run(action, isRedelivered: false, traceparent: nil)
    }

    /// Runs an action that waits for time to pass.
    func runLettingTimePass(_ action: ExecuteAction) async throws -> ActionOutcome {
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

    func succeed(
        _ function: String, _ parameters: [String: JSONValue]
    ) async throws -> [String: JSONValue] {
        let outcome = await run(action(function, parameters))
        guard outcome.outcome == .succeeded, let result = outcome.result else {
            throw Unexpected(outcome: outcome)
        }
        return result
    }

    func fail(_ function: String, _ parameters: [String: JSONValue]) async throws -> ErrorKind {
        let outcome = await run(action(function, parameters))
        guard outcome.outcome == .failed, let error = outcome.error else {
            throw Unexpected(outcome: outcome)
        }
        return error.kind
    }

    /// Builds a server and lets the time pass that it takes.
    ///
    /// - Returns: its id as the only parameter.
    func build() async throws -> [String: JSONValue] {
        let outcome = await run(action("create", Self.web))
        guard outcome.outcome == .deferred, let id = outcome.deferredReference else {
            throw Unexpected(outcome: outcome)
        }
        bench.clock.advance(by: .seconds(outcome.pollAfterSeconds ?? 0))
        return ["instance_id": .string(id)]
    }

    /// The ledger, in order; it is made at the first use.
    func ledger() throws -> [Effect] {
        guard try folder.files().contains("demo/ledger.sqlite") else { return [] }
        return try DatabaseQueue(path: folder.path + "/demo/ledger.sqlite").read { db in
            try Effect.fetchAll(db, sql: "SELECT * FROM effects ORDER BY rowid")
        }
    }
}

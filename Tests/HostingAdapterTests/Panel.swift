import AdapterKit
import AdapterTestSupport
import GRDB
import HostingAdapter
import Models
import TestSupport

/// A demo panel and a way to run actions on it.
struct Panel: Sendable {
    struct Unexpected: Error {
        let outcome: ActionOutcome
    }

    struct Effect: Decodable, FetchableRecord {
        var actionID: String
        var attempt: Int
        var category: String
        var function: String
        var subject: String
        var startedAt: Int64
        var endedAt: Int64

        enum CodingKeys: String, CodingKey {
            case actionID = "action_id"
            case attempt, category, function, subject
            case startedAt = "started_at"
            case endedAt = "ended_at"
        }
    }

    static let jane: [String: JSONValue] = [
        "email": "jane@example.com", "domain": "example.com", "package_name": "gold",
    ]

    static func jane(at domain: String) -> [String: JSONValue] {
        jane.merging(["domain": .string(domain)]) { _, last in last }
    }

    private let bench: AttemptBench
    private let folder: TemporaryFolder
    private let settings: [String: JSONValue]

    init(settings: [String: JSONValue] = [:], folder: TemporaryFolder? = nil) throws {
        self.settings = settings
        self.folder = try folder ?? TemporaryFolder()
        bench = AttemptBench(
            blueprint: Hosting.blueprint, providers: HostingAdapter.providers, network: NoTransport(),
            dataFolder: self.folder.path)
    }

    func action(
        _ function: String, _ parameters: [String: JSONValue], attempt: Int = 1,
        configuration: String = "cfg_demo"
    ) -> ExecuteAction {
        bench.action(
            function, provider: "demo", settings: settings, parameters: parameters,
            configurationID: ConfigurationID(rawValue: configuration), attempt: attempt, timeoutSeconds: 10)
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
        _ function: String, _ parameters: [String: JSONValue], configuration: String = "cfg_demo"
    ) async throws -> [String: JSONValue] {
        let outcome = await run(action(function, parameters, configuration: configuration))
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

    /// The ledger, in order; it is made at the first use.
    func ledger() throws -> [Effect] {
        guard try folder.files().contains("demo/ledger.sqlite") else { return [] }
        return try DatabaseQueue(path: folder.path + "/demo/ledger.sqlite").read { db in
            try Effect.fetchAll(db, sql: "SELECT * FROM effects ORDER BY rowid")
        }
    }
}

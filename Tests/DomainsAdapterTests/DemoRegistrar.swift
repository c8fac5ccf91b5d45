import AdapterKit
import AdapterTestSupport
import DomainsAdapter
import GRDB
import Models
import TestSupport

/// A demo registrar and a way to run actions on it.
struct DemoRegistrar: Sendable {
    struct Unexpected: Error {
        let outcome: ActionOutcome
    }

    struct Effect: Decodable, FetchableRecord {
        var actionID: String
        var attempt: Int
        var function: String
        var subject: String

        enum CodingKeys: String, CodingKey {
            case actionID = "action_id"
            case attempt, function, subject
        }
    }

    static let name: [String: JSONValue] = ["sld": "example", "tld": "com"]
    static let jane: JSONValue = [
        "name": "Jane Doe", "email": "jane@example.com", "phone": "+442079460123", "address1": "1 High St",
        "city": "London", "postcode": "W1A 1AA", "country_code": "GB",
    ]

    /// The name with further parameters.
    static func name(_ more: [String: JSONValue]) -> [String: JSONValue] {
        name.merging(more) { _, last in last }
    }

    /// What registers a domain for a year.
    static func registration(_ sld: String = "example", tld: String = "com") -> [String: JSONValue] {
        let contact: JSONValue = ["register": jane]
        return [
            "sld": .string(sld), "tld": .string(tld), "renew_years": 1, "registrant": contact,
            "billing": contact,
            "tech": contact, "admin": contact,
            "nameservers": ["ns1": ["host": "ns1.example.net"], "ns2": ["host": "ns2.example.net"]],
        ]
    }

    let bench: AttemptBench
    private let folder: TemporaryFolder
    private let settings: [String: JSONValue]

    init(settings: [String: JSONValue] = [:]) throws {
        self.settings = settings
        folder = try TemporaryFolder()
        bench = AttemptBench(
            blueprint: Domains.blueprint, providers: DomainsAdapter.providers, network: NoTransport(),
            dataFolder: folder.path)
    }

    func action(_ function: String, _ parameters: [String: JSONValue], timeoutSeconds: Int = 10)
        -> ExecuteAction
    {
        bench.action(
            function, provider: "demo", settings: settings, parameters: parameters,
            timeoutSeconds: timeoutSeconds)
    }

    func run(_ action: ExecuteAction) async -> ActionOutcome {
        await bench.runner.run(action, isRedelivered: false, traceparent: nil)
    }

    /// Runs the action again, as a repeat or to ask how it is getting on.
    func runAgain(
        _ action: ExecuteAction, possibleDuplicate: Bool = false, reference: String? = nil
    ) async -> ActionOutcome {
        var again = action
        again.attempt += 1
        again.possibleDuplicate = possibleDuplicate
        again.deferredReference = reference
        again.beginBefore = bench.clock.now.advanced(by: .seconds(600))
        return await run(again)
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

    func succeed(_ function: String, _ parameters: [String: JSONValue] = name) async throws -> [String:
        JSONValue]
    {
        let outcome = await run(action(function, parameters))
        guard outcome.outcome == .succeeded, let result = outcome.result else {
            throw Unexpected(outcome: outcome)
        }
        return result
    }

    func fail(_ function: String, _ parameters: [String: JSONValue] = name) async throws -> ErrorKind {
        let outcome = await run(action(function, parameters))
        guard outcome.outcome == .failed, let error = outcome.error else {
            throw Unexpected(outcome: outcome)
        }
        return error.kind
    }

    func status(_ parameters: [String: JSONValue] = name) async throws -> String? {
        try await succeed("getStatus", parameters)["status"]?.stringValue
    }

    /// What `poll` gives, as kind and domain.
    func notices(limit: Int = 10) async throws -> [String] {
        try await succeed("poll", ["limit": .integer(limit)])["notifications"]?.arrayValue?.map {
            "\($0["type"]?.stringValue ?? "") \($0["domains"]?.arrayValue?.first?.stringValue ?? "")"
        } ?? []
    }

    /// The ledger, in order; it is made at the first use.
    func ledger() throws -> [Effect] {
        guard try folder.files().contains("demo/ledger.sqlite") else { return [] }
        return try DatabaseQueue(path: folder.path + "/demo/ledger.sqlite").read { db in
            try Effect.fetchAll(db, sql: "SELECT * FROM effects ORDER BY rowid")
        }
    }
}

import AdapterKit
import AdapterTestSupport
import Logging
import Models
import ServiceRuntime
import TestSupport

/// A bench for the scripted provider, and its ways of answering.
struct Scripted: Sendable {
    let bench: AttemptBench
    let transport: StubTransport
    let log = LogRecorder()
    private let folder: TemporaryFolder

    init(_ answer: @escaping StubTransport.Answer) throws {
        transport = StubTransport(answer)
        folder = try TemporaryFolder()
        bench = AttemptBench(
            blueprint: ScriptedProvider.blueprint, providers: [ScriptedProvider.registered],
            network: transport,
            dataFolder: folder.path, logger: log.logger)
    }

    /// Answers by path; what is not listed is not found.
    init(_ answers: [String: Result<HTTPResponse, ProviderError>]) throws {
        try self.init { answers[$0.path] ?? .success(HTTPResponse(status: 404)) }
    }

    func action(
        _ function: String, attempt: Int = 1, possibleDuplicate: Bool = false,
        deferredReference: String? = nil,
        timeoutSeconds: Int = 60
    ) -> ExecuteAction {
        bench.action(
            function, provider: "scripted", parameters: ["name": "jane"], attempt: attempt,
            possibleDuplicate: possibleDuplicate, deferredReference: deferredReference,
            timeoutSeconds: timeoutSeconds)
    }

    func run(_ action: ExecuteAction, isRedelivered: Bool = false) async -> ActionOutcome {
        await bench.runner.run(action, isRedelivered: isRedelivered, traceparent: nil)
    }

    /// Runs an action while time passes, from the moment on when so many requests were sent.
    func run(_ action: ExecuteAction, lettingTimePassAfter count: Int) async throws -> ActionOutcome {
        let outcomes = Recorder<ActionOutcome>()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await bench.deadlines.run() }
            group.addTask { outcomes.record(await run(action)) }
            try await transport.sent.wait(for: count)
            try await eventually("the outcome") {
                bench.clock.advance(by: .milliseconds(200))
                return outcomes.count > 0
            }
            group.cancelAll()
            guard let outcome = outcomes.elements.first else { throw CancellationError() }
            return outcome
        }
    }

    static let done = Result<HTTPResponse, ProviderError>.success(.json(#"{"name":"jane"}"#))
    static func state(_ state: String) -> Result<HTTPResponse, ProviderError> {
        .success(.json(#"{"state":"\#(state)"}"#))
    }
    static let lost = Result<HTTPResponse, ProviderError>.failure(
        ProviderError(.providerUnavailable, mayHaveTakenEffect: true))
    static let notSent = Result<HTTPResponse, ProviderError>.failure(ProviderError(.providerUnavailable))
}

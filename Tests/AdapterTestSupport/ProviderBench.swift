package import AdapterKit
package import Models
import ServiceRuntime
import TestSupport

/// One provider, a stub that answers for its third party, and a way to run actions.
package struct ProviderBench: Sendable {
    package let bench: AttemptBench
    package let transport: StubTransport
    private let provider: String
    private let settings: [String: JSONValue]
    private let folder: TemporaryFolder

    package init(
        _ provider: String, of adapter: any CategoryAdapter.Type, settings: [String: JSONValue],
        _ answer: @escaping StubTransport.Answer
    ) throws {
        self.provider = provider
        self.settings = settings
        transport = StubTransport(answer)
        folder = try TemporaryFolder()
        bench = AttemptBench(
            blueprint: adapter.blueprint, providers: adapter.providers, network: transport,
            dataFolder: folder.path)
    }

    package func run(
        _ function: String, _ parameters: [String: JSONValue], possibleDuplicate: Bool = false
    ) async -> ActionOutcome {
        await bench.runner.run(
            bench.action(
                function, provider: provider, settings: settings, parameters: parameters,
                possibleDuplicate: possibleDuplicate), isRedelivered: false, traceparent: nil)
    }

    /// The last request that was sent.
    package var last: HTTPRequest? { transport.sent.elements.last }

    /// What a provider is lent outside of an attempt, as for testing a connection.
    package var context: ProviderContext {
        ProviderContext(
            transport: transport, clock: bench.clock, logger: AttemptBench.silent,
            configurationID: ConfigurationID(rawValue: "cfg_bench"), actionID: nil, attempt: 0,
            timeLimit: .seconds(60), simulator: bench.simulator, secrets: SecretValues())
    }
}

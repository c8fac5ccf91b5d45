package import AdapterKit
package import Logging
package import Models
package import ServiceRuntime
import TestSupport

/// What it takes to run single attempts without a bus.
package struct AttemptBench: Sendable {
    package let runner: AttemptRunner
    package let sealer: Sealer
    package let clock: ManualAdapterClock
    package let deadlines: Deadlines
    package let simulator: Simulator
    /// The sessions that attempts leave behind.
    package let sessions: SessionPool
    /// What providers asked to be kept, in order.
    package let notices = KeptNotices()
    private let category: String

    package init(
        blueprint: BlueprintDefinition, providers: [RegisteredProvider], network: any HTTPTransport,
        frames: any FrameTransport = NoFrameTransport(), dataFolder: String,
        clock: ManualAdapterClock = ManualAdapterClock(),
        logger: Logger = AttemptBench.silent
    ) {
        self.clock = clock
        category = blueprint.category
        sealer = Sealer(MasterKey().derived(for: .category(blueprint.category)))
        deadlines = Deadlines(clock: clock)
        simulator = Simulator(folder: dataFolder + "/demo")
        sessions = SessionPool(clock: clock, deadlines: deadlines)
        runner = AttemptRunner(
            blueprint: blueprint, providers: providers, sealer: sealer, network: network,
            frames: frames, sessions: sessions, simulator: simulator, notices: notices,
            clock: clock, deadlines: deadlines, logger: logger)
    }

    package static let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// A message that hands over a first attempt, due within 10 min.
    package func action(
        _ function: String, provider: String, settings: [String: JSONValue] = [:],
        parameters: [String: JSONValue] = [:],
        configurationID: ConfigurationID = ConfigurationID(rawValue: "cfg_bench"),
        version: Int = 1, attempt: Int = 1, possibleDuplicate: Bool = false, deferredReference: String? = nil,
        timeoutSeconds: Int = 60
    ) -> ExecuteAction {
        ExecuteAction(
            actionID: .make(at: clock.now), attempt: attempt,
            contractProductID: .make(at: clock.now), clientID: .make(at: clock.now), category: category,
            provider: provider, function: function,
            configuration: AttemptConfiguration(id: configurationID, version: version, settings: settings),
            parameters: parameters, possibleDuplicate: possibleDuplicate,
            deferredReference: deferredReference,
            beginBefore: clock.now.advanced(by: .seconds(600)), timeoutSeconds: timeoutSeconds)
    }

    /// A provider's context outside of an attempt, as for preparing a simulated third party.
    package func context(for action: ExecuteAction) -> ProviderContext {
        ProviderContext(
            transport: NoTransport(), clock: clock, logger: Self.silent,
            configurationID: action.configuration.id,
            actionID: nil, attempt: 0, timeLimit: .seconds(60), simulator: simulator, secrets: SecretValues())
    }
}

/// Keeps notices where a test can see them.
package struct KeptNotices: NoticeStore {
    private let recorder = Recorder<Notice>()

    package var all: [Notice] { recorder.elements }

    package func store(_ notices: [Notice], of configuration: ConfigurationID) async throws(ProviderError) {
        for notice in notices { recorder.record(notice) }
    }
}

/// A transport for what must not send anything.
package struct NoTransport: HTTPTransport {
    package init() {}

    package func send(_ request: HTTPRequest) async throws(ProviderError) -> HTTPResponse {
        throw ProviderError(.internal, details: ["problem": "nothing may be sent here"])
    }
}

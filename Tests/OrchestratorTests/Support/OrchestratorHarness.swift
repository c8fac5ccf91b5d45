import Bus
import Foundation
import Logging
import Models
import Orchestrator
import ServiceLifecycle
import ServiceRuntime
import Synchronization
import Testing

/// An orchestrator over the embedded bus and a store of its own, an adapter that a test scripts (of hosting, unless it
/// says otherwise), and a clock that a test sets.
final class OrchestratorHarness: Sendable {
    /// Answers an attempt; nil leaves it without an answer.
    typealias Adapter = @Sendable (ExecuteAction) async -> ActionOutcome?
    /// Answers whoever asks for notices.
    typealias Polling = @Sendable (PollProvider) async -> ProviderPoll

    let bus: EmbeddedBus
    let parts: Orchestrator.Parts
    let clock: TestClock
    let executions: Mutex<[ExecuteAction]>
    let client: Client
    let configuration: Configuration
    let category: String

    private init(
        bus: EmbeddedBus, parts: Orchestrator.Parts, clock: TestClock, client: Client,
        configuration: Configuration, category: String
    ) {
        self.bus = bus
        self.parts = parts
        self.clock = clock
        self.client = client
        self.configuration = configuration
        self.category = category
        executions = Mutex([])
    }

    static let masterKey = MasterKey().text

    /// Runs `body` against a running orchestrator.
    ///
    /// - Parameters:
    ///   - folder: where the store is; a new folder if not given, which is removed afterwards.
    ///   - configure: changes what the orchestrator is told from outside.
    static func run(
        folder: URL? = nil, clock: TestClock = TestClock(),
        of blueprint: BlueprintDefinition = Hosting.blueprint,
        configure: @Sendable (inout RuntimeConfiguration) -> Void = { _ in },
        polling: @escaping Polling = { _ in ProviderPoll(count: 0, countRemaining: 0) },
        adapter: @escaping Adapter,
        body: @Sendable (OrchestratorHarness) async throws -> Void
    ) async throws {
        let data =
            folder ?? FileManager.default.temporaryDirectory.appending(path: "purser-\(UUID().uuidString)")
        defer { if folder == nil { try? FileManager.default.removeItem(at: data) } }
        let bus = EmbeddedBus(topology: .purser(categories: [blueprint.category]))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var configuration = RuntimeConfiguration(dataFolder: data.path)
        configuration.masterKey = Redacted(masterKey)
        configuration.outbound = OutboundPolicy(allowing: AddressRange.loopback)
        configure(&configuration)
        let context = ServiceContext(
            name: Orchestrator.name, instance: "test", configuration: configuration, bus: bus, logger: logger)
        var backoff = Backoff()
        backoff.jitter = { 1 }
        var schedule = WebhookSchedule()
        schedule.jitter = { 1 }
        let (parts, services) = try await Orchestrator.assemble(
            context, now: { clock.now }, uptime: { clock.uptime }, backoff: backoff,
            webhookSchedule: schedule)
        let group = ServiceGroup(services: [BusService(bus)] + services, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await announce(to: parts, blueprint, at: clock.now)
            let harness = OrchestratorHarness(
                bus: bus, parts: parts, clock: clock, client: try await makeClient(parts),
                configuration: try await makeConfiguration(parts, blueprint.category),
                category: blueprint.category)
            tasks.addTask { try await harness.serve(adapter) }
            tasks.addTask { try await harness.serveRequests(polling) }
            try await body(harness)
            await group.triggerGracefulShutdown()
            tasks.cancelAll()
        }
    }

    private static func announce(
        to parts: Orchestrator.Parts, _ blueprint: BlueprintDefinition, at time: Timestamp
    ) async throws {
        let announcement = AdapterAnnounced(
            instance: "scripted-1", category: blueprint.category, providers: [descriptor(of: blueprint)],
            leaving: false)
        _ = parts.catalogue.note(announcement, now: time)
        try await parts.store.write { try $0.note(announcement, at: time) }
    }

    static func makeClient(_ parts: Orchestrator.Parts) async throws -> Client {
        try await parts.clients.create(
            CreateClient(
                name: "Jane Doe", email: "jane@example.com", phone: "+14155550100", company: "Doe Ltd",
                address: Address(city: "London", countryCode: "GB")))
    }

    static func makeConfiguration(
        _ parts: Orchestrator.Parts, _ category: String, maxConcurrent: Int? = nil
    ) async throws -> Configuration {
        try await parts.configurations.create(
            CreateConfiguration(
                category: category, provider: "scripted", name: "test",
                settings: ["hostname": "panel.example.com", "api_token": "tok-CANARY-1"],
                maxConcurrent: maxConcurrent))
    }

    /// A provider that supports everything but reseller rights.
    static func descriptor(of blueprint: BlueprintDefinition) -> ProviderDescriptor {
        ProviderDescriptor(
            provider: "scripted", category: blueprint.category, title: "Scripted", vendorPage: "", help: "",
            concurrency: 8,
            configuration: [
                FieldDefinition(name: "hostname", type: .string, isRequired: true),
                FieldDefinition(name: "api_token", type: .string, isRequired: true, isSecret: true),
            ],
            functions: blueprint.functions.map(\.name).filter { !$0.hasSuffix("Reseller") }
                .map { SupportedFunction(name: $0, isObservable: true) })
    }

    private func serve(_ adapter: @escaping Adapter) async throws {
        let sealer = parts.secrets.category(category)
        let check = SignatureCheck(
            [SignatureCheck.Known(.orchestrator) { sealer }], acceptsUnsigned: false,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await bus.consume(
            ExecuteAction.self, from: .actions(category: category), prefetch: 64, check: check,
            isExpected: { $0 == .orchestrator }
        ) { envelope, _, _ in
            self.executions.withLock { $0.append(envelope.data) }
            guard let outcome = await adapter(envelope.data) else { return .done }
            do {
                try await self.bus.publish(
                    outcome, to: Queue.outcomes.route, source: "/test", signer: sealer)
                return .done
            } catch {
                return .retry(after: .milliseconds(10))
            }
        }
    }

    private func serveRequests(_ polling: @escaping Polling) async throws {
        var router = RequestRouter(source: "/test", gate: nil) { _, _ in }
        router.on(TestProvider.self) { _, _ in ConnectionTest(ok: true, message: "It works.") }
        router.on(PollProvider.self) { request, _ in await polling(request) }
        let requests = router
        try await bus.serve(.adapterRequests(category: category), concurrency: 8) {
            await requests.answer($0)
        }
    }

    // MARK: What tests do

    func product(
        _ fields: [String: JSONValue] = [:], of owner: ClientID? = nil,
        with account: ConfigurationID? = nil
    ) async throws -> ContractProductID {
        try await parts.products.create(
            CreateContractProduct(
                clientID: owner ?? client.id, category: category,
                configurationID: account ?? configuration.id, name: "Product",
                package: "gold", provisionFields: fields)
        ).id
    }

    func submit(
        _ function: String, on product: ContractProductID, _ parameters: [String: JSONValue] = [:],
        key: String? = nil, fingerprint: String = "f", runAt: Timestamp? = nil, audience: Audience = .admin,
        as client: ClientID? = nil
    ) async throws -> SubmittedAction {
        try await parts.actions.submit(
            SubmitAction(
                id: .make(), contractProductID: product, clientID: client, function: function,
                parameters: parameters,
                runAt: runAt, idempotencyKey: key, fingerprint: fingerprint, requestedBy: "test",
                audience: audience),
            traceparent: nil)
    }

    func show(_ action: ActionID) async throws -> Action {
        try await parts.actions.show(ShowAction(id: action))
    }

    func decide(_ decision: String, _ action: ActionID, result: [String: JSONValue]? = nil) async throws
        -> Action
    {
        try await parts.actions.decide(
            DecideAction(id: action, decision: decision, result: result, decidedBy: "staff"))
    }

    /// Waits until the action is in one of these states, at most 60 s, by following its events.
    func wait(for action: ActionID, _ states: ActionState...) async throws -> Action {
        let events = bus.events(matching: ["action.changed"])
        let current = try await show(action)
        if states.contains(current.state) { return current }
        return try await withThrowingTaskGroup(of: Action?.self) { group in
            group.addTask {
                for await case .event(_, let message) in events {
                    let changed = try Envelope<ActionChanged>(decoding: message.body).data.action
                    if changed.id == action, states.contains(changed.state) { return changed }
                }
                return nil
            }
            group.addTask {
                try await Task.sleep(for: .seconds(60))
                return nil
            }
            defer { group.cancelAll() }
            guard let found = try await group.next() ?? nil else {
                let state = try await show(action).state
                Issue.record("\(action) is \(state), and did not become one of \(states) within 60 s")
                return current
            }
            return found
        }
    }
}

/// A clock that stands until a test moves it.
final class TestClock: Sendable {
    private let time: Mutex<(now: Timestamp, uptime: Duration)>

    init(_ start: Timestamp = Timestamp(milliseconds: 1_800_000_000_000)) { time = Mutex((start, .zero)) }

    var now: Timestamp { time.withLock { $0.now } }

    /// Time passed, whatever the clock was set to.
    var uptime: Duration { time.withLock { $0.uptime } }

    /// Lets time pass.
    func advance(by duration: Duration) {
        time.withLock { $0 = ($0.now.advanced(by: duration), $0.uptime + duration) }
    }

    /// Sets the clock without any time passing.
    func step(by duration: Duration) { time.withLock { $0.now = $0.now.advanced(by: duration) } }
}

extension ActionOutcome {
    /// A plain outcome of an attempt.
    init(
        _ attempt: ExecuteAction, _ outcome: AttemptOutcome, result: [String: JSONValue]? = nil,
        error: ErrorKind? = nil, retryAfter: Int? = nil, pollAfter: Int? = nil, reference: String? = nil
    ) {
        self.init(
            actionID: attempt.actionID, attempt: attempt.attempt, outcome: outcome, result: result,
            error: error.map { ActionError(kind: $0, message: "It did not work.") }, observed: false,
            retryAfterSeconds: retryAfter, pollAfterSeconds: pollAfter, deferredReference: reference,
            begunAt: .now,
            endedAt: .now)
    }
}

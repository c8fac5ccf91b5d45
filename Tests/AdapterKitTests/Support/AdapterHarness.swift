import AdapterKit
import AdapterTestSupport
import Bus
import Models
import ServiceLifecycle
import ServiceRuntime
import TestSupport

/// An adapter of the scripted provider that runs on an embedded bus, and what it tells.
struct AdapterHarness: Sendable {
    let bus: TroubledBus
    let clock = ManualAdapterClock()
    let transport: StubTransport
    let outcomes = Recorder<Envelope<ActionOutcome>>()
    let announcements = Recorder<AdapterAnnounced>()
    let deadLetters = Recorder<BusMessage>()
    let log = LogRecorder()
    let permits = ScriptedPermits()
    /// Of the key that orchestrator and adapter share.
    let sealer = Sealer(key)

    private static let key = MasterKey().derived(for: .category("testing"))

    /// Runs the adapter while the operation runs, then shuts it down gracefully and waits for its end.
    static func with(
        _ answer: @escaping StubTransport.Answer,
        _ operation: (AdapterHarness, ServiceGroup) async throws -> Void
    ) async throws {
        let harness = AdapterHarness(
            bus: TroubledBus(EmbeddedBus(topology: .purser(categories: ["testing"]))),
            transport: StubTransport(answer))
        let folder = try TemporaryFolder()
        let adapter = Adapter.build(
            blueprint: ScriptedProvider.blueprint, providers: [ScriptedProvider.registered], bus: harness.bus,
            keys: KeyRing(key), dataFolder: folder.path,
            instance: "testing-1",
            logger: harness.log.logger, prefetch: 8, permits: harness.permits, network: harness.transport,
            clock: harness.clock)
        let group = ServiceGroup(services: [adapter], logger: AttemptBench.silent)
        let listening = Recorder<Void>()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await harness.listen(listening) }
            try await listening.wait(for: 1)
            tasks.addTask { try await group.run() }
            try await harness.announcements.wait(for: 1)
            try await operation(harness, group)
            await group.triggerGracefulShutdown()
            try await eventually("the last announcement") {
                harness.announcements.elements.last?.leaving == true
            }
            tasks.cancelAll()
            while let result = await tasks.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
    }

    private func listen(_ listening: Recorder<Void>) async throws {
        let events = bus.events(matching: ["adapter.announced"])
        listening.record(())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let sealer = sealer
                let check = SignatureCheck(
                    [SignatureCheck.Known(.adapter("testing")) { sealer }], acceptsUnsigned: false,
                    logger: AttemptBench.silent)
                try await bus.consume(
                    ActionOutcome.self, from: .outcomes, prefetch: 1, check: check,
                    isExpected: { $0 == .adapter("testing") }
                ) { envelope, _, _ in
                    outcomes.record(envelope)
                    return .done
                }
            }
            group.addTask {
                try await bus.consume(.dead, prefetch: 1) { delivery in
                    deadLetters.record(delivery.message)
                    return .done
                }
            }
            group.addTask {
                for await event in events {
                    guard case .event(_, let message) = event else { continue }
                    announcements.record(try Envelope<AdapterAnnounced>(decoding: message.body).data)
                }
            }
            try await group.waitForAll()
        }
    }

    func action(_ function: String) -> ExecuteAction {
        ExecuteAction(
            actionID: .make(at: clock.now), attempt: 1, contractProductID: .make(), clientID: .make(),
            category: "testing", provider: "scripted", function: function,
            configuration: AttemptConfiguration(
                id: ConfigurationID(rawValue: "cfg_1"), version: 1, settings: [:]),
            parameters: ["name": "jane"], possibleDuplicate: false,
            beginBefore: clock.now.advanced(by: .seconds(600)), timeoutSeconds: 60)
    }

    func send(_ action: ExecuteAction, traceparent: String? = nil) async throws {
        try await bus.publish(
            action, to: Queue.actions(category: "testing").route, source: "/orchestrator",
            traceparent: traceparent, signer: sealer)
    }
}

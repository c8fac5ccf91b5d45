package import Bus
package import Logging
package import Models
package import ServiceRuntime

extension Adapter {
    /// How many actions may be under way at once, where nothing else is said: 512. Well above what one configuration may
    /// have (at most 256, mostly 2 to 8), so that some that hang leave room for the others until their circuits open.
    package static let defaultPrefetch = 512

    /// The adapter of a category as the executables run it.
    ///
    /// - Throws: `ConfigurationError` where the category's key is missing.
    package static func build(
        _ context: ServiceContext, blueprint: BlueprintDefinition, providers: [RegisteredProvider]
    ) throws -> Adapter {
        build(
            blueprint: blueprint, providers: providers, bus: context.bus,
            keys: try context.configuration.loadSealingKeys(
                for: .category(blueprint.category), logger: context.logger),
            dataFolder: context.configuration.dataFolder, instance: context.instance, logger: context.logger,
            callLimit: context.configuration.callLimit,
            acceptsUnsigned: context.configuration.acceptsUnsigned,
            outbound: OutboundGuard(context.configuration.outbound))
    }

    /// Puts an adapter together.
    ///
    /// - Parameters:
    ///   - blueprint: of the category.
    ///   - providers: all providers of the category.
    ///   - keys: the category's, which open and seal secrets.
    ///   - dataFolder: where the demo providers keep what they did, under `demo/`.
    ///   - prefetch: how many actions may be under way at once.
    ///   - callLimit: how long a provider call may take at most, whatever its function allows.
    ///   - network: how third parties are reached; the real network where nil.
    ///   - acceptsUnsigned: whether actions and requests without a signature are taken.
    ///   - outbound: which addresses third parties may have.
    ///   - permits: who says whether an attempt may be begun; the orchestrator where nil.
    ///   - frames: how third parties are reached that speak in frames; the real network where nil.
    package static func build(
        blueprint: BlueprintDefinition, providers: [RegisteredProvider], bus: any MessageBus,
        keys: any SealingKeys, dataFolder: String, instance: String, logger: Logger,
        prefetch: Int = defaultPrefetch, callLimit: Duration = AttemptRunner.defaultCallLimit,
        acceptsUnsigned: Bool = false, outbound: OutboundGuard = OutboundGuard(.publicOnly),
        permits: (any AttemptPermits)? = nil,
        network: (any HTTPTransport)? = nil, frames: (any FrameTransport)? = nil,
        clock: any AdapterClock = SystemClock()
    ) -> Adapter {
        let category = blueprint.category
        let source = "/adapters/\(category)"
        var logger = logger
        logger[metadataKey: LogKey.category] = "\(category)"
        let sealer = Sealer(keys)
        let deadlines = Deadlines(clock: clock)
        let network = network ?? HTTPClientTransport(outbound)
        let sessions = SessionPool(clock: clock, deadlines: deadlines)
        let runner = AttemptRunner(
            blueprint: blueprint, providers: providers, sealer: sealer, network: network,
            frames: frames ?? NIOFrameTransport(outbound), sessions: sessions,
            simulator: Simulator(folder: dataFolder + "/demo"),
            notices: BusNoticeStore(bus: bus, category: category, source: source, signer: sealer),
            clock: clock,
            deadlines: deadlines,
            callLimit: callLimit, logger: logger)
        let tester = ConnectionTester(runner: runner)
        let poller = ProviderPoller(runner: runner)
        let defects = logger
        let check = SignatureCheck(
            [SignatureCheck.Known(.orchestrator) { sealer }], acceptsUnsigned: acceptsUnsigned,
            logger: logger)
        let gate = RequestGate(check, of: .adapterRequests(category: category), from: .orchestrator)
        var requests = RequestRouter(source: source, gate: gate) { type, error in
            defects.error(
                "Could not answer request",
                metadata: [LogKey.messageType: "\(type)", LogKey.error: "\(error)"])
        }
        requests.on(TestProvider.self) { request, envelope in
            try await tester.test(request, traceparent: envelope.traceparent)
        }
        requests.on(PollProvider.self) { request, envelope in
            try await poller.poll(request, traceparent: envelope.traceparent)
        }
        return Adapter(
            dispatcher: Dispatcher(
                bus: bus, runner: runner,
                permits: permits
                    ?? BusAttemptPermits(bus: bus, instance: instance, source: source, signer: sealer),
                category: category, source: source, signer: sealer, check: check, prefetch: prefetch,
                logger: logger),
            announcer: Announcer(
                bus: bus, instance: instance, category: category, providers: providers.map(\.descriptor),
                source: source, signer: sealer, clock: clock, logger: logger),
            requests: requests, deadlines: deadlines, bus: bus, category: category, network: network,
            sessions: sessions, logger: logger)
    }
}

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
            key: try context.configuration.loadSealingKey(for: .category(blueprint.category)),
            dataFolder: context.configuration.dataFolder, instance: context.instance, logger: context.logger,
            callLimit: context.configuration.callLimit)
    }

    /// Puts an adapter together.
    ///
    /// - Parameters:
    ///   - blueprint: of the category.
    ///   - providers: all providers of the category.
    ///   - key: the category's key, which opens and seals secrets.
    ///   - dataFolder: where the demo providers keep what they did, under `demo/`.
    ///   - prefetch: how many actions may be under way at once.
    ///   - callLimit: how long a provider call may take at most, whatever its function allows.
    ///   - network: how third parties are reached; the real network where nil.
    ///   - permits: who says whether an attempt may be begun; the orchestrator where nil.
    ///   - frames: how third parties are reached that speak in frames; the real network where nil.
    package static func build(
        blueprint: BlueprintDefinition, providers: [RegisteredProvider], bus: any MessageBus, key: SealingKey,
        dataFolder: String, instance: String, logger: Logger, prefetch: Int = defaultPrefetch,
        callLimit: Duration = AttemptRunner.defaultCallLimit,
        permits: (any AttemptPermits)? = nil,
        network: (any HTTPTransport)? = nil, frames: (any FrameTransport)? = nil,
        clock: any AdapterClock = SystemClock()
    ) -> Adapter {
        let category = blueprint.category
        let source = "/adapters/\(category)"
        var logger = logger
        logger[metadataKey: LogKey.category] = "\(category)"
        let sealer = Sealer(key)
        let deadlines = Deadlines(clock: clock)
        let network = network ?? HTTPClientTransport()
        let sessions = SessionPool(clock: clock, deadlines: deadlines)
        let runner = AttemptRunner(
            blueprint: blueprint, providers: providers, sealer: sealer, network: network,
            frames: frames ?? NIOFrameTransport(), sessions: sessions,
            simulator: Simulator(folder: dataFolder + "/demo"),
            notices: BusNoticeStore(bus: bus, category: category, source: source), clock: clock,
            deadlines: deadlines,
            callLimit: callLimit, logger: logger)
        let tester = ConnectionTester(runner: runner)
        let poller = ProviderPoller(runner: runner)
        let defects = logger
        var requests = RequestRouter(source: source) { type, error in
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
                permits: permits ?? BusAttemptPermits(bus: bus, instance: instance, source: source),
                category: category, source: source, prefetch: prefetch, logger: logger),
            announcer: Announcer(
                bus: bus, instance: instance, category: category, providers: providers.map(\.descriptor),
                source: source, clock: clock, logger: logger),
            requests: requests, deadlines: deadlines, bus: bus, category: category, network: network,
            sessions: sessions, logger: logger)
    }
}

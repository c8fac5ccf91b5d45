import Bus
import Logging
import Models
import ServiceLifecycle
import ServiceRuntime

/// Answers `log.list.v1`, to the gateway alone.
struct LogRequests: Service {
    private let bus: any MessageBus
    private let concurrency: Int
    private let router: RequestRouter

    init(
        bus: any MessageBus, store: LogStore, source: String, gate: RequestGate, concurrency: Int,
        logger: Logger
    ) {
        self.bus = bus
        self.concurrency = concurrency
        var router = RequestRouter(source: source, gate: gate) { type, error in
            logger.error(
                "Could not carry out a request", error: error, metadata: [LogKey.messageType: "\(type)"])
        }
        router.on(ListLogEntries.self) { request, _ in try await store.list(request) }
        self.router = router
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await bus.serve(.logRequests, concurrency: concurrency) { await router.answer($0) }
        }
    }
}

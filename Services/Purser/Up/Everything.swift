import AdapterKit
import Bus
import Foundation
import Gateway
import LogCollector
import Logging
import Metrics
import Models
import Orchestrator
import ServiceLifecycle
import ServiceRuntime

/// All services in one process, put together from the same parts as each one's own executable.
struct Everything {
    private let configuration: RuntimeConfiguration
    private let pipeline: LogPipeline
    private let bus: any MessageBus
    private let metrics = PrometheusMetrics()
    private let health = HealthChecks()
    private let logger: Logger

    /// - Parameter configuration: with the admin token filled in.
    init(_ configuration: RuntimeConfiguration) throws {
        self.configuration = configuration
        pipeline = LogPipeline(
            service: "purser", instance: configuration.instance(of: "purser"), level: configuration.logLevel,
            form: isatty(STDERR_FILENO) == 1 ? .human : .json)
        pipeline.bootstrap()
        MetricsSystem.bootstrap(metrics)
        logger = pipeline.logger(service: "purser")
        bus = try ServiceMain.makeBus(
            configuration, name: "purser", declares: true, logger: pipeline.busLogger(service: "purser"))
        health.register(.bus(bus))
    }

    /// Runs until SIGTERM or SIGINT, drains, and returns.
    ///
    /// - Parameter firstStart: what is done once the gateway takes requests.
    func run(_ firstStart: some Service) async throws {
        defer { pipeline.flush() }
        let services = try await services() + [firstStart]
        try await ServiceMain.group(services, logger: logger).run()
        logger.notice("The service stopped")
    }

    /// In the order in which they depend on each other. The collector comes before the log's publisher, which ends
    /// before it: so the last entries are stored too.
    private func services() async throws -> [any Service] {
        let collector = try LogCollector.build(context(LogCollector.name))
        let publisher = pipeline.publisher(to: bus, spillFolder: configuration.dataFolder + "/spill")
        let orchestrator = try await Orchestrator.build(context(Orchestrator.name))
        let adapters = try Adapters.all.flatMap { try $0.build(context($0.name)) }
        let gateway = try Gateway.build(context(Gateway.name, expecting: Adapters.all.map { $0.category }))
        return [BusService(bus)] + collector + [publisher] + orchestrator + adapters + gateway
    }

    /// Each service has a name of its own, also where the process was given one.
    private func instance(of name: String) -> String {
        configuration.givenInstance.map { "\($0)-\(name)" } ?? configuration.instance(of: name)
    }

    /// - Parameter categories: those without whose adapters the gateway is not ready: of the adapters that are started.
    private func context(_ name: String, expecting categories: [String] = []) -> ServiceContext {
        var configuration = configuration
        configuration.expectedCategories = categories
        return ServiceContext(
            name: name, instance: instance(of: name), configuration: configuration, bus: bus,
            logger: pipeline.logger(service: name, instance: instance(of: name)),
            health: health,
            metrics: metrics)
    }
}

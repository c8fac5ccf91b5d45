package import Bus
import Foundation
package import Logging
import Metrics
import Models
package import ServiceLifecycle
import UnixSignals

/// What the `main` of every executable does.
///
/// ```swift
/// await ServiceMain.run("log-collector") { context in try LogCollector.build(context) }
/// ```
package enum ServiceMain {
    /// Exit status where the configuration is wrong (`EX_CONFIG` of sysexits.h).
    package static let configurationExitStatus: Int32 = 78
    /// How long the drain after SIGTERM may take before tasks are cancelled.
    package static let drainLimit: Duration = .seconds(25)

    /// Reads the configuration, sets up logging, metrics and the bus, runs the services until SIGTERM or SIGINT, lets
    /// them drain, and ends the process: status 0, 1 where a service failed, 78 where the configuration is wrong.
    ///
    /// - Parameters:
    ///   - name: the service's name, as in `orchestrator`.
    ///   - declaresTopology: whether this service makes the broker's exchanges and queues.
    ///   - build: the services in the order in which they depend on each other, the first one on none.
    package static func run(
        _ name: String, declaresTopology: Bool = false,
        build: (ServiceContext) async throws -> [any Service]
    ) async -> Never {
        let configuration: RuntimeConfiguration
        do {
            configuration = try RuntimeConfiguration.read(needsBroker: true)
        } catch {
            complain("\(name) cannot start, because its configuration is wrong:", error.problems)
            exit(configurationExitStatus)
        }
        let pipeline = LogPipeline(
            service: name, instance: configuration.instance(of: name), level: configuration.logLevel,
            form: isatty(STDERR_FILENO) == 1 ? .human : .json)
        pipeline.bootstrap()
        let metrics = PrometheusMetrics()
        MetricsSystem.bootstrap(metrics)
        let logger = pipeline.logger(service: name)
        let status = await run(
            name, declaresTopology, configuration, pipeline, metrics, logger: logger, build: build)
        pipeline.flush()
        exit(status)
    }

    private static func run(
        _ name: String, _ declaresTopology: Bool, _ configuration: RuntimeConfiguration,
        _ pipeline: LogPipeline,
        _ metrics: PrometheusMetrics, logger: Logger,
        build: (ServiceContext) async throws -> [any Service]
    ) async -> Int32 {
        do {
            let bus = try makeBus(
                configuration, name: name, declares: declaresTopology,
                logger: pipeline.busLogger(service: name))
            let context = ServiceContext(
                name: name, instance: configuration.instance(of: name), configuration: configuration,
                bus: bus,
                logger: logger, metrics: metrics)
            context.health.register(.bus(bus))
            let services = try await build(context)
            logger.notice("Started service")
            try await group(base(context, pipeline) + services, logger: logger).run()
            logger.notice("Stopped service")
            return 0
        } catch let error as ConfigurationError {
            complain("\(name) cannot start, because its configuration is wrong:", error.problems)
            return configurationExitStatus
        } catch {
            logger.critical("Service failed", error: error)
            return 1
        }
    }

    /// The bus that the configuration names, with the topology of all categories.
    package static func makeBus(
        _ configuration: RuntimeConfiguration, name: String, declares: Bool, logger: Logger
    ) throws -> any MessageBus {
        let url =
            switch configuration.bus {
            case .embedded: "embedded"
            case .broker(let url): url.revealed
            }
        return try BusFactory.make(
            url: url, topology: .purser(categories: Blueprints.all.map(\.category)),
            declares: declares, connectionName: configuration.instance(of: name), logger: logger)
    }

    /// The bus, the log's publisher and, where asked for, the health listener.
    package static func base(_ context: ServiceContext, _ pipeline: LogPipeline) -> [any Service] {
        let configuration = context.configuration
        let spill = configuration.dataFolder + "/spill"
        var services: [any Service] = [
            BusService(context.bus), pipeline.publisher(to: context.bus, spillFolder: spill),
        ]
        if let port = configuration.healthPort {
            services.append(
                HealthServer(
                    host: configuration.httpHost, port: port, checks: context.health,
                    metrics: context.metrics,
                    logger: context.logger))
        }
        return services
    }

    private static func complain(_ title: String, _ problems: [String]) {
        let text = title + "\n" + problems.map { "  - \($0)\n" }.joined()
        FileHandle.standardError.write(Data(text.utf8))
    }

    /// Services that are told in the log by the names of their types: by default it is a dump of all that they hold.
    package static func named(_ services: [any Service]) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        services.map { .init(service: $0, serviceName: "\(type(of: $0))") }
    }

    /// A group that drains on SIGTERM and SIGINT, from its last service to its first.
    package static func group(_ services: [any Service], logger: Logger) -> ServiceGroup {
        var configuration = ServiceGroupConfiguration(
            services: named(services), gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.logging.keys.serviceKey = LogKey.service
        configuration.logging.keys.servicesKey = LogKey.services
        configuration.logging.keys.signalKey = LogKey.signal
        configuration.logging.keys.gracefulShutdownSignalsKey = LogKey.signals
        configuration.logging.keys.cancellationSignalsKey = LogKey.cancellationSignals
        configuration.logging.keys.errorKey = LogKey.error
        configuration.maximumGracefulShutdownDuration = drainLimit
        return ServiceGroup(configuration: configuration)
    }
}

package import Bus
package import Logging

/// What a service's composition root is given.
package struct ServiceContext: Sendable {
    /// The service's name, as in `orchestrator`.
    package let name: String
    /// The name of this instance of it.
    package let instance: String
    package let configuration: RuntimeConfiguration
    package let bus: any MessageBus
    package let logger: Logger
    /// Where the service adds what must work before it is ready.
    package let health: HealthChecks
    package let metrics: PrometheusMetrics

    package init(
        name: String, instance: String, configuration: RuntimeConfiguration, bus: any MessageBus,
        logger: Logger,
        health: HealthChecks = HealthChecks(), metrics: PrometheusMetrics = PrometheusMetrics()
    ) {
        self.name = name
        self.instance = instance
        self.configuration = configuration
        self.bus = bus
        self.logger = logger
        self.health = health
        self.metrics = metrics
    }
}

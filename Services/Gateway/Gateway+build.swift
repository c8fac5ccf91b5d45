package import Bus
import Hummingbird
import HummingbirdCore
package import Logging
import Models
import NIOCore
package import ServiceRuntime

extension Gateway {
    /// Puts a gateway together.
    ///
    /// - Parameters:
    ///   - bus: connected by whoever made it.
    ///   - health: gets the gateway's checks, and answers `/readyz`.
    ///   - metricsText: the process's metrics in Prometheus' text format.
    package static func build(
        bus: any MessageBus, configuration: GatewayConfiguration, health: HealthChecks,
        metricsText: @escaping @Sendable () -> String, logger: Logger,
        onServerRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) -> Gateway {
        let clock = ContinuousClock()
        let now: @Sendable () -> ContinuousClock.Instant = { clock.now }
        let upstream = Upstream(bus: bus)
        let sealer = Sealer(configuration.sealingKey)
        let view = ActionView(sealer: sealer)
        let slots = StreamSlots()
        let waiters = ActionWaiters()
        let recent = RecentEvents()
        let products = ProductDirectory(upstream: upstream)
        for check in GatewayReadiness.checks(upstream, expectedCategories: configuration.expectedCategories) {
            health.register(check)
        }
        let parts = GatewayParts(
            upstream: upstream, products: products, providers: ProviderDirectory(upstream: upstream, now: now),
            waiters: waiters, principals: PrincipalCache(now: now), sealer: sealer, view: view,
            submission: ActionSubmission(
                upstream: upstream, products: products, waiters: waiters, view: view, sealer: sealer, now: now),
            events: EventStreams(upstream: upstream, recent: recent, slots: slots, view: view, now: now),
            logs: LogStreams(upstream: upstream, slots: slots, now: now), slots: slots,
            readiness: { await health.readiness() }, metricsText: metricsText)
        let routes = RouteTable.routes(parts)
        let router = Router.make(
            routes: routes, authenticator: Authenticator(upstream: upstream, cache: parts.principals),
            metrics: RequestMetrics())
        return Gateway(
            routes: routes,
            application: application(router, configuration, logger, onServerRunning),
            feed: GatewayFeed(bus: bus, parts: parts, recent: recent, logger: logger),
            ticker: GatewayTicker(waiters: waiters, slots: slots, clock: clock),
            drain: GatewayDrain(waiters: waiters, slots: slots), logger: logger)
    }

    private static func application(
        _ router: Router<GatewayContext>, _ configuration: GatewayConfiguration, _ logger: Logger,
        _ onServerRunning: @escaping @Sendable (_ port: Int) async -> Void
    ) -> Application<RouterResponder<GatewayContext>> {
        let channel = HTTP1Channel.Configuration(
            idleTimeout: .seconds(Limits.idleSeconds),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: Limits.headerFieldBytes, maxHeaderListSize: Limits.headerListBytes,
                maxHeaderFieldCount: Limits.headerCount))
        return Application(
            router: router, server: .http1(configuration: channel),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), backlog: Limits.backlog,
                availableConnectionsDelegate: .maximum(Limits.connections, logger: logger)),
            onServerRunning: { await onServerRunning($0.localAddress?.port ?? configuration.port) }, logger: logger)
    }
}

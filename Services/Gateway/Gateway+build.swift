import Bus
import Hummingbird
import HummingbirdCore
import Logging
import Models
import NIOCore
package import ServiceLifecycle
package import ServiceRuntime

extension Gateway {
    /// The service's name.
    package static let name = "gateway"

    /// The composition root.
    ///
    /// - Parameter onServerRunning: told the port once requests are taken.
    /// - Returns: the services in the order in which they depend on each other.
    /// - Throws: where the key that it shares with the orchestrator is missing.
    package static func build(
        _ context: ServiceContext, onServerRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) throws -> [any Service] {
        [try assemble(context, onServerRunning: onServerRunning)]
    }

    /// The same, with the parts at hand.
    ///
    /// - Parameter now: what waits, caches and streams go by; tests give their own.
    static func assemble(
        _ context: ServiceContext, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        onServerRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) throws -> Gateway {
        let logger = context.logger
        let sealer = Sealer(try context.configuration.loadSealingKeys(for: .gateway, logger: logger))
        let upstream = Upstream(bus: context.bus, sealer: sealer)
        let view = ActionView(sealer: sealer)
        let slots = StreamSlots()
        let waiters = ActionWaiters()
        let recent = RecentEvents()
        let products = ProductDirectory(upstream: upstream)
        for check in GatewayReadiness.checks(upstream, expected: context.configuration.expectedCategories) {
            context.health.register(check)
        }
        let principals = PrincipalCache(now: now)
        let reach = Reach(
            publicURL: context.configuration.publicURL,
            trustedProxies: context.configuration.trustedProxies)
        let parts = GatewayParts(
            upstream: upstream, products: products,
            providers: ProviderDirectory(upstream: upstream, now: now),
            waiters: waiters, principals: principals, sealer: sealer,
            signIns: SignIns(upstream: upstream, sealer: sealer, principals: principals, reach: reach),
            view: view,
            submission: ActionSubmission(
                upstream: upstream, products: products, waiters: waiters, view: view, sealer: sealer,
                slots: SubmissionSlots(), logger: logger, now: now),
            events: EventStreams(upstream: upstream, recent: recent, slots: slots, view: view, now: now),
            logs: LogStreams(upstream: upstream, slots: slots, now: now), slots: slots,
            health: context.health,
            metrics: context.metrics)
        let routes = RouteTable.routes(parts)
        let web = Web(templates: try Templates(), api: WebAPI(routes))
        let pages = [HTTPRoute].pages(web, parts)
        let router = Router.make(
            routes: routes + pages,
            gatekeeper: Gatekeeper(
                authenticator: Authenticator(upstream: upstream, cache: principals),
                rates: RequestRates(perSecond: context.configuration.rateLimit, now: now), reach: reach,
                logger: logger), pageErrors: PageErrors(web: web), logger: logger)
        return Gateway(
            routes: routes, pages: pages, parts: parts,
            application: application(router, context.configuration, logger, onServerRunning),
            feed: GatewayFeed(
                deliveries: context.bus.events(matching: GatewayFeed.topics), parts: parts, recent: recent,
                logger: logger),
            ticker: GatewayTicker(waiters: waiters, slots: slots, now: now),
            drain: GatewayDrain(waiters: waiters, slots: slots), logger: logger)
    }

    private static func application(
        _ router: Router<GatewayContext>, _ configuration: RuntimeConfiguration, _ logger: Logger,
        _ onServerRunning: @escaping @Sendable (_ port: Int) async -> Void
    ) -> Application<RouterResponder<GatewayContext>> {
        let channel = HTTP1Channel.Configuration(
            additionalChannelHandlers: [RequestDeadline(), ContinueHandler()],
            idleTimeout: .seconds(Limits.idleSeconds),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: Limits.headerFieldBytes, maxHeaderListSize: Limits.headerListBytes,
                maxHeaderFieldCount: Limits.headerCount))
        // What the server says of itself is told here, in this house's words.
        var serverLogger = logger
        serverLogger.logLevel = max(.warning, logger.logLevel)
        return Application(
            router: router, server: .http1(configuration: channel),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.httpHost, port: configuration.httpPort),
                backlog: Limits.backlog,
                availableConnectionsDelegate: .maximum(Limits.connections, logger: serverLogger)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? configuration.httpPort
                logger.notice(
                    "Began to take requests",
                    metadata: [LogKey.host: "\(configuration.httpHost)", LogKey.port: "\(port)"])
                await onServerRunning(port)
            }, logger: serverLogger)
    }
}

import Foundation
import HTTPTypes
import Hummingbird
package import Logging
import ServiceLifecycle

/// `/healthz`, `/readyz` and `/metrics` of a service that has no HTTP API, at `PURSER_HEALTH_PORT`.
package struct HealthServer: Service {
    private let application: Application<RouterResponder<BasicRequestContext>>

    /// - Parameter host: the address listened at, as in `127.0.0.1`.
    package init(host: String, port: Int, checks: HealthChecks, metrics: PrometheusMetrics, logger: Logger) {
        application = Application(
            router: Self.router(checks: checks, metrics: metrics),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            logger: logger)
    }

    package func run() async throws {
        try await application.run()
    }

    static func router(checks: HealthChecks, metrics: PrometheusMetrics) -> Router<BasicRequestContext> {
        let router = Router()
        router.get("healthz") { _, _ in "ok\n" }
        router.get("readyz") { _, _ in
            let readiness = await checks.readiness()
            return Response(
                status: readiness.ready ? .ok : .serviceUnavailable,
                headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: try readiness.json())))
        }
        router.get("metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: PrometheusMetrics.contentType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.text())))
        }
        return router
    }
}

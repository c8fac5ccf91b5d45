import Models
import ServiceRuntime

/// What the routes work with.
struct GatewayParts: Sendable {
    let upstream: Upstream
    let products: ProductDirectory
    let providers: ProviderDirectory
    let waiters: ActionWaiters
    let principals: PrincipalCache
    let sealer: Sealer
    let signIns: SignIns
    let view: ActionView
    let submission: ActionSubmission
    let events: EventStreams
    let logs: LogStreams
    let slots: StreamSlots
    let health: HealthChecks
    let metrics: PrometheusMetrics
}

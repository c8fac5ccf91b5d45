import Logging
import Metrics
import Models
import ServiceLifecycle
import ServiceRuntime

/// Samples how much is open and waiting.
package struct StatusGauges: Service {
    /// How often: every 10 s.
    package static let interval: Duration = .seconds(10)

    let store: Store
    let logger: Logger

    package func run() async throws {
        repeat {
            do {
                try await sample()
            } catch {
                logger.warning("Could not sample the store", metadata: [LogKey.error: "\(error)"])
            }
        } while await Pause.wait(Self.interval)
    }

    private func sample() async throws {
        let (counts, waiting, deliveries, circuits) = try await store.read {
            (
                try $0.openActionCounts().map { (state: $0.state, count: $0.count) }, try $0.outboxCount(),
                try $0.pendingDeliveries(), try $0.openCircuitCounts()
            )
        }
        for state in ActionState.allCases where !state.isTerminal {
            let count = counts.first { $0.state == state.rawValue }?.count ?? 0
            Gauge(.actionsOpen, [("state", state.rawValue)]).record(count)
        }
        for (category, provider, count) in circuits {
            Gauge(.circuitOpen, [("category", category), ("provider", provider)]).record(count)
        }
        Gauge(.outboxWaiting).record(waiting)
        Gauge(.webhookDeliveriesPending).record(deliveries)
    }
}

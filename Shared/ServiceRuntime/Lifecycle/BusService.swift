package import Bus
import ServiceLifecycle

/// Runs a bus for as long as the services after it in the group need it.
package struct BusService: Service {
    private let bus: any MessageBus

    package init(_ bus: any MessageBus) {
        self.bus = bus
    }

    package func run() async throws {
        try await cancelWhenGracefulShutdown { try await bus.run() }
    }
}

extension HealthCheck {
    /// Whether the bus can carry messages.
    package static func bus(_ bus: any MessageBus) -> HealthCheck {
        HealthCheck("bus") {
            switch bus.status {
            case .connected: nil
            case .blocked(let reason): "The broker holds messages back: \(reason)"
            case .disconnected(let reason): "The broker is not connected: \(reason)"
            }
        }
    }
}

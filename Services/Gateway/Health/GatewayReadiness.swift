import Bus
import Models
import ServiceRuntime

/// What the gateway needs before it can carry out requests, besides the bus.
enum GatewayReadiness {
    static func checks(_ upstream: Upstream, expected categories: [String]) -> [HealthCheck] {
        [orchestrator(upstream), logCollector(upstream)]
            + categories.map { adapter($0, upstream) }
    }

    private static func orchestrator(_ upstream: Upstream) -> HealthCheck {
        HealthCheck("orchestrator") {
            await reason {
                try await upstream.ask(ShowStatus(), trace: .make(), timeout: Limits.probeTimeout)
            }
        }
    }

    private static func logCollector(_ upstream: Upstream) -> HealthCheck {
        HealthCheck("log-collector") {
            await reason {
                try await upstream.ask(
                    ListLogEntries(limit: 1), of: .logRequests, trace: .make(), timeout: Limits.probeTimeout)
            }
        }
    }

    private static func adapter(_ category: String, _ upstream: Upstream) -> HealthCheck {
        HealthCheck("\(category)-adapter") {
            await reason {
                let status = try await upstream.fetch(
                    ShowStatus(), trace: .make(), timeout: Limits.probeTimeout)
                guard status.adapters.contains(where: { $0.category == category && $0.online }) else {
                    throw RequestFailure(.unavailable, "No adapter of \(category) has announced itself.")
                }
            }
        }
    }

    private static func reason(_ probe: () async throws -> some Any) async -> String? {
        do {
            _ = try await probe()
            return nil
        } catch let failure as RequestFailure {
            return failure.message
        } catch {
            return "It could not be asked."
        }
    }
}

import Hummingbird
import HummingbirdTesting
import Metrics
import Testing

@testable import ServiceRuntime

@Suite struct HealthServerTests {
    @Test func `It tells of health, readiness and metrics`() async throws {
        let checks = HealthChecks()
        let metrics = PrometheusMetrics()
        Counter(label: MetricName.logEntriesStored.name, factory: metrics).increment(by: 2)
        let application = Application(router: HealthServer.router(checks: checks, metrics: metrics))
        try await application.test(.router) { client in
            try await client.execute(uri: "/healthz", method: .get) { #expect($0.status == .ok) }
            try await client.execute(uri: "/readyz", method: .get) { response in
                #expect(response.status == .ok)
                #expect(String(buffer: response.body) == #"{"ready":true}"#)
            }
            checks.register(HealthCheck("bus") { "The broker is away." })
            try await client.execute(uri: "/readyz", method: .get) { response in
                #expect(response.status == .serviceUnavailable)
                #expect(response.headers[.contentType] == "application/json")
                #expect(
                    String(buffer: response.body)
                        == #"{"missing":[{"name":"bus","reason":"The broker is away."}],"ready":false}"#)
            }
            try await client.execute(uri: "/metrics", method: .get) { response in
                #expect(response.headers[.contentType] == PrometheusMetrics.contentType)
                #expect(String(buffer: response.body).contains("purser_log_entries_stored_total 2\n"))
            }
        }
    }
}

import TestSupport

extension PurserSystem {
    /// Waits until requests can be carried out.
    package func ready(within limit: Duration = .seconds(60)) async throws {
        var last = "no answer"
        try await eventually(within: limit, every: .milliseconds(50), "readiness; \(last)") {
            last = try await self.readiness().map { "\($0)" } ?? "no answer"
            return last.hasPrefix("200 ")
        }
    }

    /// What `/readyz` of the gateway answers; nil where it does not.
    package func readiness() async throws -> Answer? {
        try await answer(http, "/readyz")
    }

    /// What `/readyz` or `/healthz` of a service without an HTTP API answers; nil where it does not.
    package func health(_ path: String, of part: Part) async throws -> Answer? {
        guard let port = healthPort(of: part) else { return try await answer(http, path) }
        return try await answer(HTTPCaller(port: port, token: nil), path)
    }

    private func answer(_ caller: HTTPCaller, _ path: String) async throws -> Answer? {
        do {
            return try await caller.call(.get, path, within: .seconds(5))
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return nil
        }
    }
}

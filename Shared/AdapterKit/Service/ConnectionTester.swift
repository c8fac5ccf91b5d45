import Bus
import Logging
import Models
import ServiceRuntime

/// Answers whether a configuration works.
struct ConnectionTester: Sendable {
    /// How long the provider may take: 20 s.
    static let timeLimit = Duration.seconds(20)

    let runner: AttemptRunner

    /// - Throws: `RequestFailure` where the provider is not known.
    func test(_ request: TestProvider, traceparent: String?) async throws -> ConnectionTest {
        guard let provider = runner.providers[request.provider] else {
            throw RequestFailure(.notFound, "There is no provider \(request.provider.prefix(64)).")
        }
        let entry: ConfigurationCache.Entry
        do throws(ProviderError) {
            entry = try runner.configurations.open(request.configuration, of: provider)
        } catch {
            return ConnectionTest(ok: false, message: error.forStaff(SecretValues().redactor))
        }
        let context = runner.context(
            for: request.configuration, of: provider, entry, timeLimit: Self.timeLimit,
            traceparent: traceparent)
        let secrets = context.secrets
        let (answer, ranOut) = await runner.deadlines.limit(Self.timeLimit) {
            () -> Result<String, ProviderError> in
            do throws(ProviderError) {
                return .success(try await entry.provider.testConnection(context: context))
            } catch {
                return .failure(error)
            }
        }
        switch answer ?? .failure(ProviderError(.internal)) {
        case .success(let message): return ConnectionTest(ok: true, message: secrets.redactor.redact(message))
        case .failure(let error):
            let shown = ranOut ? ProviderError(.timedOut, details: error.details) : error
            return ConnectionTest(ok: false, message: shown.forStaff(secrets.redactor))
        }
    }
}

extension ProviderError {
    /// The message with the facts for staff behind it.
    fileprivate func forStaff(_ redactor: Redactor) -> String {
        let facts = details.sorted { $0.key < $1.key }.map { key, value in
            "\(key): \(value.stringValue ?? value.text)"
        }
        return redactor.redact(facts.isEmpty ? message : "\(message) (\(facts.joined(separator: "; ")))")
    }
}

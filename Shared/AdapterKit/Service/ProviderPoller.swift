import Logging
import Models
import ServiceRuntime

/// Asks a provider for the notices that it has, and has them stored.
struct ProviderPoller: Sendable {
    let runner: AttemptRunner

    /// - Returns: what it came to. Where notices came, they are stored by then.
    /// - Throws: `RequestFailure` where provider or function is not known.
    func poll(_ request: PollProvider, traceparent: String?) async throws -> ProviderPoll {
        guard let provider = runner.providers[request.provider],
            provider.descriptor.supports(request.function)
        else {
            throw RequestFailure(
                .notFound,
                "There is no provider \(request.provider.prefix(64)) with \(request.function.prefix(64)).")
        }
        let entry: ConfigurationCache.Entry
        do throws(ProviderError) {
            entry = try runner.configurations.entry(for: request.configuration, of: provider)
        } catch {
            return ProviderPoll(error, SecretValues().redactor)
        }
        let limit = min(.seconds(max(request.timeoutSeconds, 1)), runner.callLimit)
        let context = runner.context(
            for: request.configuration, of: provider, entry, timeLimit: limit, traceparent: traceparent)
        do throws(ProviderError) {
            let result = try await run(request, entry, context, within: limit)
            let notices = Self.notices(in: result, now: runner.clock.now)
            if !notices.isEmpty { try await runner.notices.store(notices, of: request.configuration.id) }
            context.logger.info("Asked for notices", metadata: [LogKey.count: "\(notices.count)"])
            return ProviderPoll(
                count: notices.count, countRemaining: result["count_remaining"]?.integerValue ?? 0,
                latestAt: notices.map(\.createdAt).max())
        } catch {
            return ProviderPoll(error, context.secrets.redactor)
        }
    }

    private func run(
        _ request: PollProvider, _ entry: ConfigurationCache.Entry, _ context: ProviderContext,
        within limit: Duration
    ) async throws(ProviderError) -> [String: JSONValue] {
        guard
            let function = try entry.provider.bind(
                request.function, parameters: request.parameters, context: context)
        else { throw ProviderError(.unsupported) }
        let (answer, ranOut) = await runner.deadlines.limit(limit) {
            () -> Result<ProviderAnswer<[String: JSONValue]>, ProviderError> in
            do throws(ProviderError) {
                return .success(try await function.run())
            } catch {
                return .failure(error)
            }
        }
        switch answer ?? .failure(ProviderError(.internal)) {
        case .success(.done(let result)): return result
        case .success(.deferred):
            throw ProviderError(.internal, details: ["problem": "Asking for notices is never deferred."])
        case .failure(let error):
            throw ranOut ? ProviderError(.timedOut, details: error.details) : error
        }
    }

    /// The notices of a result in the words of the bus. One without a time that can be read is of now.
    private static func notices(in result: [String: JSONValue], now: Timestamp) -> [Notice] {
        (result["notifications"]?.arrayValue ?? []).compactMap { item in
            guard let id = item["id"]?.stringValue, let type = item["type"]?.stringValue else { return nil }
            let extra = item["extra"]
            return Notice(
                id: id, type: type, message: item["message"]?.stringValue ?? "",
                subjects: (item["domains"]?.arrayValue ?? []).compactMap(\.stringValue),
                createdAt: item["created_at"]?.stringValue.flatMap { Timestamp(written: $0) } ?? now,
                extra: extra == .null ? nil : extra)
        }
    }
}

extension ProviderPoll {
    fileprivate init(_ error: ProviderError, _ redactor: Redactor) {
        self.init(
            count: 0, countRemaining: 0,
            error: ActionError(
                kind: error.kind, message: redactor.redact(error.message),
                details: error.details.mapValues { redactor.redact($0) }))
    }
}

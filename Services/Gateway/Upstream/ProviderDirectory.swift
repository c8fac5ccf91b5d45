import Models
import ServiceRuntime
import Synchronization

/// The providers that adapters have announced, remembered for `Limits.providersAge` and until an adapter changes.
final class ProviderDirectory: Sendable {
    private struct State {
        var known: (providers: [Provider], goodUntil: ContinuousClock.Instant)?
        /// Rises when the list is dropped, so that an answer on its way then is not kept.
        var generation = 0
    }

    private let state = Mutex(State())
    private let upstream: Upstream
    private let now: @Sendable () -> ContinuousClock.Instant

    init(upstream: Upstream, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.upstream = upstream
        self.now = now
    }

    func all(trace: TraceContext) async throws(RequestFailure) -> [Provider] {
        let now = now()
        let (known, generation) = state.withLock { ($0.known, $0.generation) }
        if let known, known.goodUntil > now { return known.providers }
        let providers = try await upstream.fetch(ListProviders(), trace: trace).items
        state.withLock { state in
            guard state.generation == generation else { return }
            state.known = (providers, now.advanced(by: Limits.providersAge))
        }
        return providers
    }

    /// The contract of a provider.
    ///
    /// - Throws: 422 at the field that names what there is not.
    func descriptor(category: String, provider: String, trace: TraceContext) async throws
        -> ProviderDescriptor
    {
        let all = try await all(trace: trace).map(\.descriptor)
        if let found = all.first(where: { $0.category == category && $0.provider == provider }) {
            return found
        }
        if Blueprints.named(category) == nil {
            throw Problem.invalid(
                "/category",
                "is not known; known are \(Blueprints.all.map(\.category).joined(separator: ", "))")
        }
        let known = all.filter { $0.category == category }.map(\.provider)
        throw Problem.invalid(
            "/provider",
            known.isEmpty
                ? "is not known; no adapter of \(category) has announced itself"
                : "is not known; known are \(known.joined(separator: ", "))")
    }

    /// Asks anew at the next need.
    func drop() {
        state.withLock { state in
            state.generation += 1
            state.known = nil
        }
    }
}

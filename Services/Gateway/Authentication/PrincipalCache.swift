import Models
import Synchronization

/// Whom tokens belong to, remembered for `Limits.principalAge` by the token's hash. Only good tokens are remembered.
final class PrincipalCache: Sendable {
    private struct State {
        var entries: [String: (principal: Principal, goodUntil: ContinuousClock.Instant)] = [:]
        /// Rises when something is dropped, so that an answer on its way then is not kept.
        var generation = 0
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> ContinuousClock.Instant

    init(now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.now = now
    }

    /// Whom the token belongs to, and the generation to give to `store` where that is not known.
    func principal(hash: String) -> (principal: Principal?, generation: Int) {
        let now = now()
        return state.withLock { state in
            guard let entry = state.entries[hash], entry.goodUntil > now else {
                return (nil, state.generation)
            }
            return (entry.principal, state.generation)
        }
    }

    /// Remembers an answer, unless something was dropped since it was asked for.
    func store(_ principal: Principal, hash: String, generation: Int) {
        let now = now()
        state.withLock { state in
            guard state.generation == generation else { return }
            if state.entries.count >= Limits.principals {
                state.entries = state.entries.filter { $0.value.goodUntil > now }
                if state.entries.count >= Limits.principals { state.entries = [:] }
            }
            state.entries[hash] = (principal, now.advanced(by: Limits.principalAge))
        }
    }

    /// Forgets one token.
    func drop(hash: String) {
        state.withLock { state in
            state.generation += 1
            state.entries[hash] = nil
        }
    }

    /// Forgets all tokens, as where a revocation may have been missed.
    func dropAll() {
        state.withLock { state in
            state.generation += 1
            state.entries = [:]
        }
    }
}

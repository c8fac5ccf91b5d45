import Synchronization

/// The requests that were taken of late, by 16 bytes of their signatures: about 20 bytes each.
final class SeenRequests: Sendable {
    /// Half a signature, which nobody without the key can choose.
    private struct Mark: Hashable {
        let high: UInt64
        let low: UInt64

        init(_ code: [UInt8]) {
            high = code.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
            low = code.dropFirst(8).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    private struct State {
        var young: Set<Mark> = []
        var old: Set<Mark> = []
        var turn: ContinuousClock.Instant
    }

    private let period: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    /// - Parameter period: how long one is remembered at least; at most twice as long.
    init(within period: Duration, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.period = period
        self.now = now
        state = Mutex(State(turn: now() + period))
    }

    /// Remembers a request.
    ///
    /// - Returns: false where it is remembered already.
    func isNew(_ signature: MessageSignature) -> Bool {
        let mark = Mark(signature.code)
        let now = now()
        return state.withLock { state in
            if now >= state.turn {
                // Nothing came for a whole period: the younger ones are too old as well.
                state.old = now >= state.turn + period ? [] : state.young
                state.young = []
                state.turn = now + period
            }
            return !state.old.contains(mark) && state.young.insert(mark).inserted
        }
    }
}

import Models

/// How many requests a second there may be: of one token or session, and from one address of those who are not known.
struct RequestRates: Sendable {
    /// Nil where there is no limit.
    private let callers: RateLimiter?
    private let addresses: RateLimiter?

    /// - Parameter perSecond: of one token or session; 0 for no limits at all.
    init(perSecond: Int, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        let isLimited = perSecond > 0
        callers =
            isLimited
            ? RateLimiter(perSecond: perSecond, burst: perSecond * Limits.callerBurstFactor, now: now) : nil
        addresses =
            isLimited
            ? RateLimiter(
                perSecond: Limits.addressRequestsPerSecond, burst: Limits.addressBurst, now: now) : nil
    }

    /// Counts a request of someone who is known.
    ///
    /// - Throws: 429 where there were too many.
    func take(_ caller: Principal) throws(Problem) {
        let name = caller.tokenID?.rawValue ?? caller.sessionID?.rawValue ?? caller.limitKey
        try Self.check(callers?.take(name))
    }

    /// Counts a request of someone who is not known.
    ///
    /// - Throws: 429 where there were too many.
    func take(address: ClientAddress) throws(Problem) {
        try Self.check(addresses?.take(address.network))
    }

    /// Refuses to ask who someone is where too many from there were nobody.
    func check(address: ClientAddress) throws(Problem) {
        try Self.check(addresses?.wait(for: address.network))
    }

    private static func check(_ seconds: Int?) throws(Problem) {
        guard let seconds else { return }
        var problem = Problem(.tooMany, "There are too many requests. Slow down.")
        problem.retryAfterSeconds = max(1, seconds)
        throw problem
    }
}

import Synchronization

/// Token buckets by name: each may be used so often a second on average, and in a burst as often as it holds.
final class RateLimiter: Sendable {
    /// How many names are remembered. Beyond, further ones share one bucket.
    static let names = 20_000

    private struct Bucket {
        var level: Double
        var at: ContinuousClock.Instant
    }

    private let perSecond: Double
    private let burst: Double
    private let now: @Sendable () -> ContinuousClock.Instant
    private let buckets = Mutex<[String: Bucket]>([:])

    init(perSecond: Int, burst: Int, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.perSecond = Double(perSecond)
        self.burst = Double(burst)
        self.now = now
    }

    /// Takes one from a bucket.
    ///
    /// - Returns: nil where there was one, otherwise after how many whole seconds there is.
    func take(_ name: String) -> Int? { use(name, taking: 1) }

    /// How many whole seconds a bucket needs until there is one in it; nil where there is.
    func wait(for name: String) -> Int? { use(name, taking: 0) }

    private func use(_ name: String, taking amount: Double) -> Int? {
        let now = now()
        return buckets.withLock { buckets in
            let known = buckets[name]
            if known == nil {
                if amount == 0 { return nil }
                if buckets.count >= Self.names { forgetFull(&buckets, now) }
            }
            let key = known != nil || buckets.count < Self.names ? name : ""
            var bucket = buckets[key] ?? Bucket(level: burst, at: now)
            bucket.level = level(of: bucket, now)
            bucket.at = now
            let isThere = bucket.level >= 1
            if isThere { bucket.level -= amount }
            buckets[key] = bucket
            return isThere ? nil : Int(((1 - bucket.level) / perSecond).rounded(.up))
        }
    }

    private func level(of bucket: Bucket, _ now: ContinuousClock.Instant) -> Double {
        min(burst, bucket.level + max(0, (now - bucket.at) / .seconds(1)) * perSecond)
    }

    /// A bucket that is full again is as good as none.
    private func forgetFull(_ buckets: inout [String: Bucket], _ now: ContinuousClock.Instant) {
        buckets = buckets.filter { level(of: $0.value, now) < burst }
    }
}

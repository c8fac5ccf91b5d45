/// How long to wait before trying again: 0.1 s, doubled with each failure up to 2 s, and of that a random part between
/// one half and all, so that many clients do not come back at once.
struct Backoff: Sendable {
    private static let first: Duration = .milliseconds(100)
    private static let longest: Duration = .seconds(2)

    private var next = Backoff.first

    mutating func delay(using generator: inout some RandomNumberGenerator) -> Duration {
        let whole = next
        next = min(next * 2, Self.longest)
        return whole * Double.random(in: 0.5...1, using: &generator)
    }

    mutating func reset() {
        next = Self.first
    }
}

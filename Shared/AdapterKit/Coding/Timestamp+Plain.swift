package import Models

extension Timestamp {
    /// The last second of the year 9999.
    private static let lastSecond = 253_402_300_799.0

    /// - Parameter seconds: since 1970, as a third party says; brought into the years up to 9999.
    package init(seconds: Double) {
        let seconds = seconds.isNaN ? 0 : min(max(seconds, 0), Self.lastSecond)
        self.init(milliseconds: Int64(seconds * 1_000))
    }

    /// `2026-02-03 10:11:12`, in UTC, as results have it.
    package var plainText: String {
        String(description.prefix(19)).replacing("T", with: " ")
    }
}

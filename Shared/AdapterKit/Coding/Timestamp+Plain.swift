package import Models

extension Timestamp {
    /// - Parameter seconds: since 1970.
    package init(seconds: Int) {
        let (milliseconds, overflows) = Int64(seconds).multipliedReportingOverflow(by: 1_000)
        self.init(milliseconds: overflows ? 0 : milliseconds)
    }

    /// `2026-02-03 10:11:12`, in UTC, as results have it.
    package var plainText: String {
        String(description.prefix(19)).replacing("T", with: " ")
    }
}

import AdapterKit
import Models

extension Timestamp {
    /// The same moment so many years later; the 29th of February becomes the 28th where there is none. Years are kept
    /// between 1 and 9999.
    func adding(years: Int) -> Timestamp {
        let text = description
        let year = min(max((Int(text.prefix(4)) ?? 1970) + min(max(years, -9_999), 9_999), 1), 9_999)
        let moved = String(String(year + 10_000).dropFirst()) + text.dropFirst(4)
        return Timestamp(moved) ?? Timestamp(moved.replacing("-02-29T", with: "-02-28T")) ?? self
    }

    /// The day in UTC, as in `2026-02-03`.
    var day: String { String(description.prefix(10)) }
}

import Models

extension Timestamp {
    /// The day in UTC, as in `2026-02-03`.
    var dayText: String { String(description.prefix(10)) }

    /// The same time of day so many months later, on the same day of the month, or on its last day where it is
    /// shorter: a month after 31 January is 28 or 29 February.
    ///
    /// - Parameter months: 0 to 1,200; what lies outside is brought inside.
    func advanced(byMonths months: Int) -> Timestamp {
        let text = description
        let parts = text.prefix(10).split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3 else { return self }
        let month = parts[0] * 12 + parts[1] - 1 + min(max(months, 0), 1_200)
        let head = "\(Self.padded(month / 12, 4))-\(Self.padded(month % 12 + 1, 2))-"
        for day in stride(from: parts[2], through: 1, by: -1) {
            if let moment = Timestamp(head + Self.padded(day, 2) + text.dropFirst(10)) { return moment }
        }
        return self
    }

    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}

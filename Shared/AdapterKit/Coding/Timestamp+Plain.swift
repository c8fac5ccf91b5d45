package import Models

extension Timestamp {
    /// The last second of the year 9999.
    private static let lastSecond = 253_402_300_799.0

    /// - Parameter seconds: since 1970, as a third party says; brought into the years up to 9999.
    package init(seconds: Double) {
        let seconds = seconds.isNaN ? 0 : min(max(seconds, 0), Self.lastSecond)
        self.init(milliseconds: Int64(seconds * 1_000))
    }

    /// Reads a time as third parties write it: RFC 3339 (`2026-02-03T10:11:12.5Z`, `…+01:00`, `…+0100`), the same
    /// with a space or without an offset (then UTC), or a day alone. Nil for all else, and for `0000-00-00`.
    package init?(written text: String) {
        var text = text.trimmingPrefix { $0 == " " }[...]
        while text.last == " " { text.removeLast() }
        if text.count == 10 { text += "T00:00:00" }
        guard text.count >= 19 else { return nil }
        let date = text.prefix(10)
        var rest = text.dropFirst(11)
        if let sign = rest.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            let offset = rest[rest.index(after: sign)...]
            if offset.count == 4 {
                rest = rest[...sign] + offset.prefix(2) + ":" + offset.suffix(2)
            } else if offset.count == 2 {
                rest += ":00"
            }
        } else if rest.last?.uppercased() != "Z" {
            rest += "Z"
        }
        self.init("\(date)T\(rest)")
    }

    /// `2026-02-03 10:11:12`, in UTC, as results have it.
    package var plainText: String {
        String(description.prefix(19)).replacing("T", with: " ")
    }
}

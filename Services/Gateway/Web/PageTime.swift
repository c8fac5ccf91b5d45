import Models

/// Times for people: `27 Nov 2026, 22:21:05 UTC`. Browsers with scripts show them in their own zone.
enum PageTime {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// - Parameter text: as on the wire; what is no time is given back as it is.
    static func text(_ text: String) -> String {
        guard let time = Timestamp(text) else { return text }
        let parts = time.description.split { "-T:.".contains($0) }
        guard parts.count > 5, let month = Int(parts[1]), let day = Int(parts[2]) else { return text }
        return "\(day) \(months[month - 1]) \(parts[0]), \(parts[3]):\(parts[4]):\(parts[5]) UTC"
    }

    /// A sentence with the times in it for people.
    static func readable(_ sentence: String) -> String {
        sentence.replacing(/\d{4}-\d\d-\d\dT[0-9:.]+Z/) { text(String($0.output)) }
    }

    /// How long from one time to another, as in `1.2 s`; nil where one is missing.
    static func span(_ from: String?, _ to: String?) -> String? {
        guard let from = from.flatMap({ Timestamp($0) }), let to = to.flatMap({ Timestamp($0) }) else {
            return nil
        }
        return span(milliseconds: max(0, to.milliseconds - from.milliseconds))
    }

    static func span(milliseconds: Int64) -> String {
        switch milliseconds {
        case ..<1000: "\(milliseconds) ms"
        case ..<60_000: "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
        case ..<3_600_000: "\(milliseconds / 60_000) min \(milliseconds / 1000 % 60) s"
        case ..<86_400_000: "\(milliseconds / 3_600_000) h \(milliseconds / 60_000 % 60) min"
        default: "\(milliseconds / 86_400_000) d \(milliseconds / 3_600_000 % 24) h"
        }
    }
}

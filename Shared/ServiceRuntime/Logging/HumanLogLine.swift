import Foundation
import Logging
import Models

/// A log entry as people read it at a terminal:
/// `10:11:12.345 INFO   orchestrator  The action succeeded.  action.id=act_… duration_ms=12`.
enum HumanLogLine {
    static func encode(
        event: LogEvent, time: Timestamp, origin: LogOrigin, metadata: MergedMetadata
    ) -> [UInt8] {
        var facts: [(String, String)] = []
        if let error = event.error { facts.append((LogKey.error, "\(error)")) }
        metadata.forEach { key, value in
            if key != LogKey.debug { facts.append((key, value.description)) }
        }
        facts.sort { $0.0 < $1.0 }
        let clock = time.description.dropFirst(11).dropLast()
        let level = event.level.rawValue.uppercased().padding(toLength: 8, withPad: " ", startingAt: 0)
        let service = origin.service.padding(
            toLength: max(14, origin.service.count), withPad: " ", startingAt: 0)
        var line = "\(dim)\(clock)\(plain) \(colour(event.level))\(level)\(plain) "
        line += "\(service) \(printable(event.message.description))"
        for (key, value) in facts {
            line += "  \(dim)\(printable(key))=\(plain)\(printable(value.prefix(200)))"
        }
        return Array(line.utf8)
    }

    /// The text without control characters: a terminal must not be steered by what is logged.
    private static func printable(_ text: some StringProtocol) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    private static let plain = "\u{1B}[0m"
    private static let dim = "\u{1B}[2m"

    private static func colour(_ level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: dim
        case .info: "\u{1B}[32m"
        case .notice: "\u{1B}[36m"
        case .warning: "\u{1B}[33m"
        case .error, .critical: "\u{1B}[31m"
        }
    }
}

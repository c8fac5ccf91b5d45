import ArgumentParser
import Foundation
import Models

struct LogsCommand: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Search and follow the log.",
        discussion: "As in: purser logs -f --category hosting --level error --since 1h --grep timeout")

    /// How many stored entries come before those that are followed.
    private static let tail = 20

    @Flag(name: .shortAndLong, help: "Follow: go on with entries as they come, over disconnections.")
    var follow = false
    @Option(help: "Only of this category.") var category: String?
    @Option(help: "Only of this service, as in orchestrator.") var service: String?
    @Option(help: "This level and those that matter more: debug, info, notice, warning, error.") var level:
        String?
    @Option(help: "Not older: 1h, or 2026-02-03T10:11:12Z.") var since: String?
    @Option(help: "Older: 1h, or 2026-02-03T10:11:12Z.") var until: String?
    @Option(help: "Words that the entry contains.") var grep: String?
    @Option(help: "Only about this action.") var action: String?
    @Option(help: "Only about this contract product.") var product: String?
    @Option(help: "Most entries shown, without -f.") var limit = 200
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        let filter = [
            ("category", category), ("service", service), ("level", level), ("q", grep),
            ("action_id", action),
            ("contract_product_id", product), ("since", try TimeArgument.timestamp(since, direction: -1)),
            ("until", try TimeArgument.timestamp(until, direction: -1)),
        ]
        if follow {
            try await follow(client, filter)
        } else {
            for entry in try await entries(client, filter, limit: limit) { print(line(entry)) }
        }
    }

    /// The newest entries that match, the oldest of them first.
    private func entries(
        _ client: PurserClient, _ filter: [(String, String?)], limit: Int
    ) async throws -> [JSONValue] {
        var entries: [JSONValue] = []
        var before: String?
        repeat {
            let page = [("limit", String(min(limit - entries.count, 1000))), ("before", before)]
            let answer = try await client.get("/v1/logs", filter + page)
            entries += answer.items
            before = answer["next"]?.shown
        } while before != nil && entries.count < limit
        return entries.reversed()
    }

    private func follow(_ client: PurserClient, _ filter: [(String, String?)]) async throws {
        var follower = EventFollower(client: client, path: "/v1/logs/stream" + PurserClient.query(filter))
        if since == nil {
            let entries = try await entries(client, filter, limit: Self.tail)
            for entry in entries { print(line(entry)) }
            follower.lastEventID = entries.last?["id"]?.shown
        }
        try await follower.follow(handle: { event in
            let data = try JSONText.parse(event.data)
            if event.name == "gap" {
                warn("Entries \(data.text("from") ?? "?") to \(data.text("to") ?? "?") are no longer kept.")
            } else {
                say(line(data))
            }
            return .goOn
        })
    }

    private func line(_ entry: JSONValue) -> String {
        common.json ? entry.line : LogText.line(entry)
    }
}

/// Log entries as people read them.
enum LogText {
    private static let styles: [String: Style] = [
        "trace": .dim, "debug": .dim, "notice": .cyan, "warning": .yellow, "error": .red, "critical": .red,
    ]

    static func line(_ entry: JSONValue) -> String {
        let level = Cell.harmless(entry.text("level") ?? "info")
        let time = Cell.harmless(String((entry.text("time") ?? "").dropFirst(11).prefix(12)))
        var facts: [(String, String)] = []
        for name in ["action_id", "function", "provider", "category", "contract_product_id"] {
            if let text = entry.text(name) { facts.append((name, text)) }
        }
        for (name, value) in (entry["metadata"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            facts.append((name, value.shown ?? "null"))
        }
        let service = Cell.harmless(entry.text("service") ?? "")
        var parts = [
            Style.dim.apply(to: time), (styles[level] ?? .plain).apply(to: padded(level, 8)),
            padded(service, 15),
            Cell(entry.text("message")).text,
        ]
        parts += facts.map { Style.dim.apply(to: "\(Cell.harmless($0.0))=") + Cell($0.1).text }
        if let error = entry.text("error") { parts.append(Style.red.apply(to: "error=\(Cell(error).text)")) }
        return parts.joined(separator: " ")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

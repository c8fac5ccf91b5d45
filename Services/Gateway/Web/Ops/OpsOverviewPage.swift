import Hummingbird
import HummingbirdCore
import Models

/// How the system does now: throughput, latency and failures by provider, what is queued, circuits, dead letters.
struct OpsOverviewPage: Sendable {
    let web: Web

    var routes: [HTTPRoute] {
        [.page(.get, "/ops", "opsOverview", access: .staff(.view)) { try await show($0) }]
    }

    private func show(_ call: Call) async throws -> Response {
        async let attempts = web.api.ask("showStatistics", call)
        async let counts = web.api.ask("showOverview", call)
        async let letters = web.api.ask("listDeadLetters", call)
        async let readiness = web.api.ask("readiness", call)
        let (statistics, overview, dead, ready) = try await (attempts, counts, letters, readiness)
        let open = overview["open_actions"]?.objectValue ?? [:]
        let waitingLetters = (dead["items"]?.arrayValue ?? []).count { $0["requeued_at"] == nil }
        let providers = statistics["providers"]?.arrayValue ?? []
        let queued = statistics["queued"]?.objectValue ?? [:]
        let circuits = statistics["circuits"]?.arrayValue ?? []
        let now = Timestamp.now
        return try web.page(
            call, "ops-overview", Heading(title: "Ops console", area: .ops, section: "/ops"),
            [
                "tiles": [
                    Self.tile("Queued", open["queued"]), Self.tile("In progress", open["dispatched"]),
                    Self.tile("Waiting to retry", open["waiting"], tone: "warn"),
                    Self.tile("Unsure", open["unsure"], tone: "bad", "/admin/attention?attention=unsure"),
                    Self.tile("Not yet published", statistics["outbox_waiting"]),
                    Self.tile("Dead letters", .integer(waitingLetters), tone: "bad", "/ops/dead-letters"),
                ],
                "is_ready": ready["ready"] ?? false,
                "missing": .array(
                    (ready["missing"]?.arrayValue ?? []).map { check in
                        ["name": check["name"] ?? .null, "reason": check["reason"] ?? .null]
                    }),
                "since": statistics["since"] ?? .null,
                "providers": .array(providers.map { ProviderPicture($0, now: now).model }),
                "has_providers": .bool(!providers.isEmpty),
                "queued": .array(
                    queued.sorted { $0.key < $1.key }.map { category, count in
                        [
                            "title": .string(Words.category(category)), "count": count,
                            "percent": .integer(
                                (count.integerValue ?? 0) * 100
                                    / max(1, queued.values.compactMap(\.integerValue).max() ?? 1)),
                        ]
                    }), "has_queued": .bool(!queued.isEmpty),
                "circuits": .array(
                    circuits.map { circuit in
                        let words = Words.circuit(circuit["circuit"]?.stringValue)
                        return [
                            "name": circuit["name"] ?? .null, "title": .string(words.title),
                            "tone": .string(words.tone), "reason": circuit["circuit_reason"] ?? .null,
                            "until": circuit["circuit_until"] ?? .null,
                            "href": .string("/admin/configurations/\(circuit["id"]?.stringValue ?? "")"),
                        ]
                    }), "has_circuits": .bool(!circuits.isEmpty),
            ])
    }

    private static func tile(
        _ title: String, _ count: JSONValue?, tone: String = "", _ path: String? = nil
    ) -> JSONValue {
        let count = count ?? 0
        return [
            "title": .string(title), "count": count, "href": path.map(JSONValue.string) ?? .null,
            "tone": .string((count.integerValue ?? 0) > 0 ? tone : ""),
        ]
    }
}

/// The last hour at a provider: a bar a minute, failures on top of successes, and the sums beside it.
struct ProviderPicture: Sendable {
    private static let minutes: Int64 = 60
    /// Of the picture: a minute is 10 wide, the highest bar 60 high.
    private static let width = 10
    private static let height = 60
    /// And the line below it: its highest point is the longest average of a minute.
    private static let lineHeight = 30

    let model: JSONValue

    init(_ statistics: JSONValue, now: Timestamp) {
        let first = now.milliseconds / 60_000 - Self.minutes + 1
        let minutes = (statistics["minutes"]?.arrayValue ?? []).compactMap { Minute($0, first: first) }
        let most = max(1, minutes.map { $0.succeeded + $0.failed }.max() ?? 1)
        let succeeded = minutes.map(\.succeeded).reduce(0, +)
        let failed = minutes.map(\.failed).reduce(0, +)
        let total = succeeded + failed
        let mean = minutes.map { $0.mean * ($0.succeeded + $0.failed) }.reduce(0, +) / max(1, total)
        let share = total == 0 ? 0 : failed * 100 / total
        let category = statistics["category"]?.stringValue ?? ""
        let provider = statistics["provider"]?.stringValue ?? ""
        model = [
            "provider": .string(provider), "category_title": .string(Words.category(category)),
            "succeeded": .integer(succeeded), "failed": .integer(failed), "share": .integer(share),
            "tone": .string(share >= 20 ? "bad" : share > 0 ? "warn" : "good"),
            "mean": .string(PageTime.span(milliseconds: Int64(mean))),
            "slowest": .string(PageTime.span(milliseconds: Int64(minutes.map(\.slowest).max() ?? 0))),
            "most": .integer(most), "points": .string(Self.line(minutes)),
            "longest": .string(PageTime.span(milliseconds: Int64(minutes.map(\.mean).max() ?? 0))),
            "href": .string(
                Address.path(
                    "/admin/actions", ["category": .string(category), "provider": .string(provider)])),
            "bars": .array(
                minutes.flatMap { minute -> [JSONValue] in
                    let good = minute.succeeded * Self.height / most
                    let bad = minute.failed * Self.height / most
                    let all = max(good + bad, 1)
                    return [
                        Self.bar("good", minute.index, top: Self.height - all + bad, height: all - bad),
                        Self.bar("bad", minute.index, top: Self.height - all, height: bad),
                    ]
                }),
        ]
    }

    /// How long attempts took, as the points of a line through the minutes that had any.
    private static func line(_ minutes: [Minute]) -> String {
        let longest = max(1, minutes.map(\.mean).max() ?? 1)
        let points = minutes.sorted { $0.index < $1.index }.map { minute in
            "\(minute.index * width + width / 2),\(lineHeight - minute.mean * (lineHeight - 2) / longest)"
        }
        // One point alone is not drawn; twice, it is a line that has nothing but its round ends.
        return (points.count == 1 ? points + points : points).joined(separator: " ")
    }

    private static func bar(_ tone: String, _ index: Int, top: Int, height: Int) -> JSONValue {
        [
            "tone": .string(tone), "x": .integer(index * width), "y": .integer(top),
            "width": .integer(width - 2),
            "height": .integer(max(0, height)),
        ]
    }

    private struct Minute {
        let index: Int
        let succeeded: Int
        let failed: Int
        let mean: Int
        let slowest: Int

        init?(_ json: JSONValue, first: Int64) {
            guard let time = json["minute"]?.stringValue.flatMap({ Timestamp($0) }) else { return nil }
            index = Int(time.milliseconds / 60_000 - first)
            guard (0..<Int(ProviderPicture.minutes)).contains(index) else { return nil }
            succeeded = json["succeeded"]?.integerValue ?? 0
            failed = json["failed"]?.integerValue ?? 0
            mean = json["mean_ms"]?.integerValue ?? 0
            slowest = json["slowest_ms"]?.integerValue ?? 0
        }
    }
}

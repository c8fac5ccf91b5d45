import Models

/// What happened to an action, in order: from the action itself, and from what else the log says of it.
enum ActionHistory {
    /// Log lines that tell of what the action's attempts tell too.
    private static let told: Set = [
        "Accepted action", "Dispatched action", "Began attempt", "Ended attempt", "Committed outcome",
    ]

    /// - Returns: steps of `time`, `what` and, where there is one, `detail`.
    static func of(_ action: JSONValue, log: [JSONValue]) -> [JSONValue] {
        var steps = [
            step(action["created_at"], "accepted", action.text("requested_by").map { "asked for by \($0)" })
        ]
        for attempt in action["attempts"]?.arrayValue ?? [] { steps += self.steps(of: attempt) }
        for entry in log where !told.contains(entry.text("message") ?? "") {
            let facts = (entry["metadata"]?.objectValue ?? [:]).sorted { $0.key < $1.key }
                .compactMap { key, value in value.shown.map { "\(key)=\($0)" } }
            let detail = (entry.text("error").map { [$0] } ?? []) + facts
            steps.append(
                step(
                    entry["time"], "\(entry.text("service") ?? ""): \(entry.text("message") ?? "")",
                    detail.isEmpty ? nil : detail.joined(separator: " ")))
        }
        if action["finished_at"]?.stringValue != nil {
            steps.append(step(action["finished_at"], action.text("state") ?? "ended", nil))
        }
        // Texts of times sort as the times do. What happened in the same millisecond stays in this order.
        return steps.compactMap(\.self).enumerated().sorted { left, right in
            (left.element.text("time") ?? "", left.offset) < (right.element.text("time") ?? "", right.offset)
        }.map(\.element)
    }

    private static func steps(of attempt: JSONValue) -> [JSONValue?] {
        let number = attempt.text("number") ?? ""
        let error = attempt["error"].map { "\($0.text("kind") ?? ""): \($0.text("message") ?? "")" }
        let looks =
            attempt["possible_duplicate"] == true ? "it may have been done, so it is looked at first" : nil
        return [
            step(attempt["dispatched_at"], "attempt \(number) handed over", looks),
            step(attempt["begun_at"], "attempt \(number) begun", nil),
            step(
                attempt["ended_at"],
                "attempt \(number) \(attempt.text("outcome") ?? "ended without an answer")",
                error),
        ]
    }

    /// Nil where it has no time: it has not happened.
    private static func step(_ time: JSONValue?, _ what: String, _ detail: String?) -> JSONValue? {
        guard let time, time.stringValue != nil else { return nil }
        var members: [String: JSONValue] = ["time": time, "what": .string(what)]
        members["detail"] = detail.map { .string($0) }
        return .object(members)
    }
}

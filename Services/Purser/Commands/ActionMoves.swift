import Models

/// What moves an action on, by itself or by a person, a line each.
enum ActionMoves {
    static func of(_ action: JSONValue) -> [String] {
        let id = action.text("id") ?? ""
        let until = action.text("waiting_until") ?? "its time"
        let category = action.text("category") ?? ""
        switch action.text("state") {
        case "scheduled": return ["It runs by itself at \(until).", cancel(id)]
        case "awaitingApproval": return ["A person has to approve or reject it.", cancel(id)]
        case "queued":
            guard let blocker = ActionWhy.blocker(of: action) else {
                return ["It is handed over by itself, as soon as what it waits for allows.", cancel(id)]
            }
            return [
                "It runs by itself when \(blocker) has ended.", "purser action why \(blocker)", cancel(id),
            ]
        case "dispatched":
            return [
                "It ends by itself when the \(category) adapter answers; purser status shows whether one is online.",
                "Without an answer it is handed over again at \(until), and is looked at before it is done.",
            ]
        case "waiting":
            return [
                "It is tried again by itself at \(until).",
                "purser action retry \(id)  (now, once it can succeed)",
                cancel(id),
            ]
        case "deferred": return ["The provider works on it; it is looked at again by itself at \(until)."]
        case "unsure":
            return [
                "Nothing by itself: look at the provider whether it happened.",
                "purser action adopt \(id) key=value…  (it happened, with this result)",
                "purser action retry \(id)  (it did not happen: run it)",
                "purser action abandon \(id)  (leave it: it counts as failed)",
            ]
        case "failed": return ["It has ended.", "purser action retry \(id)  (once its reason is gone)"]
        default: return ["Nothing: it has ended."]
        }
    }

    private static func cancel(_ id: String) -> String {
        "purser action cancel \(id)  (where nothing of it was begun)"
    }
}

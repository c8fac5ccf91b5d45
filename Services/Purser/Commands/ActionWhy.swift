import ArgumentParser
import Models

struct ActionWhy: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Why an action stands where it does, how it came there, and what moves it."
    )

    /// How many actions that wait for each other are followed.
    private static let chainLimit = 8

    @Argument(help: "Id of the action.") var id: String
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        let action = try await client.get("/v1/actions/\(try pathPart(id))")
        var answer: [String: JSONValue] = [:]
        for name in ["id", "function", "contract_product_id", "state", "error"] {
            answer[name] = action[name]
        }
        answer["because"] = action["waiting_because"]
        answer["until"] = action["waiting_until"]
        answer["moves"] = .array(ActionMoves.of(action).map { .string($0) })
        let chain = try await waitedFor(by: action, client)
        if !chain.isEmpty { answer["waits_for"] = .array(chain) }
        do {
            let log = try await client.get("/v1/logs", [("action_id", id), ("limit", "1000")])
            answer["history"] = .array(ActionHistory.of(action, log: log.items))
        } catch let failure as CommandFailure where failure.status == .unavailable {
            answer["history"] = .array(ActionHistory.of(action, log: []))
            answer["log_missing"] = .string(failure.message)
        }
        show(.object(answer), Self.text)
    }

    /// The actions that this one waits for, the nearest first, each with its own reason.
    private func waitedFor(by action: JSONValue, _ client: PurserClient) async throws -> [JSONValue] {
        var chain: [JSONValue] = []
        var seen: Set<String> = [id]
        var current = action
        while chain.count < Self.chainLimit, let next = Self.blocker(of: current), seen.insert(next).inserted
        {
            current = try await client.get("/v1/actions/\(next)")
            var link: [String: JSONValue] = [:]
            for name in ["id", "function", "state"] { link[name] = current[name] }
            link["because"] = current["waiting_because"]
            link["until"] = current["waiting_until"]
            link["moves"] = .array(ActionMoves.of(current).map { .string($0) })
            chain.append(.object(link))
        }
        return chain
    }

    /// The action that a queued one says it waits for.
    static func blocker(of action: JSONValue) -> String? {
        guard action.text("state") == "queued", let sentence = action.text("waiting_because") else {
            return nil
        }
        return sentence.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
            .first { ActionID(rawValue: $0).isWellFormed && $0 != action.text("id") }
    }

    static func text(_ answer: JSONValue) -> String {
        let error = answer["error"].map { "\($0.text("message") ?? "") (\($0.text("kind") ?? "internal"))" }
        var text = Facts([
            ("action", Cell(answer.text("id"), .bold)), ("function", Cell(answer.text("function"))),
            ("product", Cell(answer.text("contract_product_id"))), ("state", .state(answer.text("state"))),
            ("because", answer.text("because").map { Cell($0) }),
            ("until", answer["until"].map { Cell.time($0) }), ("error", error.map { Cell($0, .red) }),
        ]).text
        for link in answer["waits_for"]?.arrayValue ?? [] {
            let name =
                "\(link.text("id") ?? "") (\(link.text("function") ?? ""), \(link.text("state") ?? ""))"
            text += "\n\n\(Style.bold.apply(to: "WAITS FOR")) \(name)\n  \(Cell(link.text("because")).text)"
            for move in link["moves"]?.arrayValue ?? [] { text += "\n  - \(move.shown ?? "")" }
        }
        text += "\n\n\(Style.bold.apply(to: "WHAT MOVES IT"))"
        for move in answer["moves"]?.arrayValue ?? [] { text += "\n- \(move.shown ?? "")" }
        let history = (answer["history"]?.arrayValue ?? []).map { step in
            [Cell.time(step["time"]), Cell(step.text("what")), Cell(step.text("detail"), .dim)]
        }
        text += "\n\n" + Table(["when", "what", ""], empty: "", history).text
        if let missing = answer.text("log_missing") { text += "\n\nThe log could not be read: \(missing)" }
        return text
    }
}

import ArgumentParser
import Foundation
import Models

/// Submits an action and tells of its states until it has ended.
struct ActionRun: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a function on a contract product and wait for its end.",
        discussion: """
            Parameters are key=text or key:=JSON; customer_address.city=Paris sets a member of an object. Those not given \
            come from the product, its client and the defaults. The action goes on when this command is stopped.
            """)

    @Argument(help: "Id of the contract product.") var product: String
    @Argument(help: "Name of the function, as in suspend.") var function: String
    @Argument(help: "Parameters.") var parameters: [String] = []
    @Option(help: "Not before this time: 1h, or 2026-02-03T10:11:12Z. The end is then not waited for.")
    var runAt: String?
    @Option(
        help:
            "A repeat with the same key runs nothing and shows the first action; made at random if not given."
    )
    var idempotencyKey: String?
    @Option(help: "How many seconds to wait for the end.") var wait = 600
    @Flag(name: .customLong("no-wait"), help: "Do not wait for the end.") var noWait = false
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        var body: [String: JSONValue] = [
            "function": .string(function), "parameters": .object(try Assignments.object(parameters)),
        ]
        body["run_at"] = try TimeArgument.timestamp(runAt, direction: 1).map { .string($0) }
        let submission = Submission(
            client: client, path: "/v1/contract-products/\(try pathPart(product))/actions",
            body: .object(body),
            key: idempotencyKey ?? UUID().uuidString)
        let action: JSONValue
        if noWait || runAt != nil {
            action = try await submission.submit()
            show(action, ActionText.full)
            return
        }
        action = try await end(of: submission)
        show(action, ActionText.full)
        guard ActionStates.ends.contains(action.text("state") ?? "") else {
            warn(
                "purser: The action has not ended within \(wait) s. It goes on; look with: purser action show \(action.text("id") ?? "")"
            )
            throw ExitCode(CommandFailure.Status.actionUnfinished.rawValue)
        }
        if action.text("state") != "succeeded" { throw ExitCode(CommandFailure.Status.actionFailed.rawValue) }
    }

    /// Waits for the end, at most so long; gives the action as it is then.
    private func end(of submission: Submission) async throws -> JSONValue {
        let limit = Duration.seconds(wait)
        let isQuiet = common.json
        return try await withThrowingTaskGroup(of: JSONValue?.self) { group in
            group.addTask { try await submission.follow(isQuiet: isQuiet) }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            if let ended = try await group.next(), let ended { return ended }
            return try await submission.submit()
        }
    }
}

enum ActionStates {
    static let ends: Set<String> = ["succeeded", "failed", "rejected", "cancelled"]
}

/// An action that can be submitted again and again, and runs once.
private struct Submission {
    /// How often it is tried while Purser does not answer.
    private static let attempts = 5

    let client: PurserClient
    let path: String
    let body: JSONValue
    let key: String

    func submit() async throws -> JSONValue {
        for attempt in 1... {
            do {
                return try await client.post(path, body, headers: ["Idempotency-Key": key])
            } catch let failure as CommandFailure
                where failure.status == .unavailable && attempt < Self.attempts
            {
                try await Task.sleep(for: .seconds(attempt))
            }
        }
        throw CommandFailure(.unavailable, "Purser does not answer.")
    }

    /// Submits it once the stream of events is open, so that none is missed, and follows it to its end.
    func follow(isQuiet: Bool) async throws -> JSONValue {
        var progress = ActionProgress(isQuiet: isQuiet)
        var follower = EventFollower(client: client, path: "/v1/events/stream")
        var latest = JSONValue.null
        try await follower.follow(
            connected: {
                latest = try await submit()
                return progress.tell(latest) ? .stop : .goOn
            },
            handle: { event in
                guard event.name == "action.changed",
                    let action = try JSONDecoder().decode(JSONValue.self, from: Data(event.data.utf8))[
                        "action"],
                    action.text("id") == latest.text("id")
                else { return .goOn }
                return progress.tell(action) ? .stop : .goOn
            })
        // Events do not show secrets of the result; this answer does.
        guard let id = latest.text("id") else { return latest }
        return try await client.get("/v1/actions/\(id)")
    }
}

/// Prints an action's states, each once.
private struct ActionProgress {
    let isQuiet: Bool
    private var last = ""

    init(isQuiet: Bool) {
        self.isQuiet = isQuiet
    }

    /// - Returns: whether it has ended.
    mutating func tell(_ action: JSONValue) -> Bool {
        let state = action.text("state") ?? ""
        let because = action.text("waiting_because") ?? action["error"]?.text("message") ?? ""
        if !isQuiet, last != state + because {
            last = state + because
            let time = Cell.time(.string(Timestamp.now.description))
            let cell = Cell.state(state)
            print(
                "\(time.style.apply(to: time.text))  \(cell.style.apply(to: cell.text))  \(Cell(because).text)"
            )
        }
        return ActionStates.ends.contains(state)
    }
}

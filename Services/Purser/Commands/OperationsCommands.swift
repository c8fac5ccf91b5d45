import ArgumentParser
import Foundation
import Models

struct DeadLettersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters", abstract: "Messages that no one could process.",
        subcommands: [DeadLettersList.self, DeadLettersRequeue.self])
}

struct DeadLettersList: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Dead letters, newest first.")

    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        show(try await client.get("/v1/dead-letters")) { answer in
            Table(
                ["id", "received", "type", "queue", "sent again", "reason"],
                empty: "There are no dead letters.",
                answer.items.map { letter in
                    [
                        Cell(letter.text("id")), .time(letter["received_at"]),
                        Cell(letter.text("message_type")),
                        Cell(letter.text("queue")), .time(letter["requeued_at"]),
                        Cell(letter.text("reason"), .red),
                    ]
                }
            ).text
        }
    }
}

struct DeadLettersRequeue: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "requeue", abstract: "Send a dead letter again to where it came from.")

    @Argument(help: "Number of the dead letter.") var id: Int
    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        show(try await client.post("/v1/dead-letters/\(id)/requeue")) { letter in
            "Dead letter \(id) was sent again to \(letter.text("queue") ?? "its queue")."
        }
    }
}

struct StatusCommand: PurserSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Whether Purser is ready, who its adapters are, and what is under way.")

    @OptionGroup var common: CommonOptions

    func run(_ client: PurserClient) async throws {
        let (code, readiness) = try await client.answer("/readyz")
        let missing = readiness["missing"]?.arrayValue ?? []
        guard code == 200 else {
            if common.json { print(readiness.pretty) }
            throw CommandFailure(
                .unavailable, "Purser runs at \(client.url), but is not ready. Missing:",
                details: missing.map { "\($0.text("name") ?? ""): \($0.text("reason") ?? "")" })
        }
        let status = try await client.get("/v1/status")
        show(status) { Self.text($0, client) }
    }

    private static func text(_ status: JSONValue, _ client: PurserClient) -> String {
        let counts = (status["actions_by_state"]?.objectValue ?? [:]).sorted { $0.key < $1.key }
        let open = counts.map { "\($0.value.shown ?? "0") \($0.key)" }.joined(separator: ", ")
        let facts = Facts([
            ("purser", Cell(client.url)), ("state", .state("ready")),
            ("open actions", Cell(open.isEmpty ? "none" : open)),
            ("outbox", Cell("\(status.text("outbox_waiting") ?? "0") waiting")),
        ])
        let adapters = Table(
            ["adapter", "category", "", "last seen"], empty: "No adapter has announced itself yet.",
            (status["adapters"]?.arrayValue ?? []).map { adapter in
                [
                    Cell(adapter.text("instance")), Cell(adapter.text("category")),
                    .state(adapter["online"] == true ? "online" : "offline"), .time(adapter["last_seen_at"]),
                ]
            })
        return facts.text + "\n\n" + adapters.text
    }
}

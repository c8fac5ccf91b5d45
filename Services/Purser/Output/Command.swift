import ArgumentParser
import Foundation
import Models

/// What all commands share.
struct CommonOptions: ParsableArguments {
    @Flag(help: "Print JSON instead of tables.")
    var json = false
}

/// A command that talks to the gateway.
protocol PurserSubcommand: AsyncParsableCommand {
    var common: CommonOptions { get }

    func run(_ client: PurserClient) async throws
}

extension PurserSubcommand {
    func run() async throws {
        do {
            try await run(PurserClient())
        } catch let failure as CommandFailure {
            warn("purser: \(failure)")
            throw ExitCode(failure.status.rawValue)
        }
    }

    /// Prints an answer: as JSON where that was asked for, otherwise as made for people.
    func show(_ answer: JSONValue, _ text: (JSONValue) -> String) {
        print(common.json ? answer.pretty : text(answer))
    }

    /// Prints several pages of a listing as one.
    func list(
        _ client: PurserClient, _ path: String, _ query: [(String, String?)] = [], limit: Int,
        _ text: ([JSONValue]) -> String
    ) async throws {
        var items: [JSONValue] = []
        var cursor: String?
        repeat {
            let page = [("limit", String(min(limit - items.count, 200))), ("cursor", cursor)]
            let answer = try await client.get(path, query + page)
            items += answer.items
            cursor = answer["next_cursor"]?.stringValue
        } while cursor != nil && items.count < limit
        print(common.json ? JSONValue.object(["items": .array(items)]).pretty : text(items))
    }
}

import Hummingbird
import HummingbirdCore
import Models
import ServiceRuntime

extension [HTTPRoute] {
    /// What operators look at.
    static func operations(_ parts: GatewayParts) -> [HTTPRoute] {
        [
            HTTPRoute(
                method: .get, path: "/v1/status", tag: "Operations", name: "showStatus",
                summary: "What the orchestrator knows of itself", access: .staff(.view),
                answers: [.ok("SystemStatus")]
            ) { call in .json(try await parts.upstream.ask(ShowStatus(), trace: call.trace)) },
            HTTPRoute(
                method: .get, path: "/v1/overview", tag: "Operations", name: "showOverview",
                summary: "How much there is of what, and how much of it needs a person",
                access: .staff(.view),
                answers: [.ok("Overview")]
            ) { call in .json(try await parts.upstream.ask(ShowOverview(), trace: call.trace)) },
            HTTPRoute(
                method: .get, path: "/v1/statistics", tag: "Operations", name: "showStatistics",
                summary: "What attempts at providers came to within the last hour, by minute",
                access: .staff(.view),
                answers: [.ok("Statistics")]
            ) { call in
                .json(try await parts.upstream.ask(ShowStatistics(), trace: call.trace).maskingSealed())
            },
            HTTPRoute(
                method: .get, path: "/v1/attention", tag: "Operations", name: "groupAttention",
                summary: "The newest 1000 actions that need a person for one reason, grouped",
                access: .staff(.view),
                query: [Query.attention], answers: [.ok("AttentionGroupList")]
            ) { call in
                let kind = call.query["attention"]?.stringValue.flatMap { Attention(rawValue: $0) }
                let request = GroupAttention(attention: kind ?? .failed)
                return .json(try await parts.upstream.ask(request, trace: call.trace))
            },
            HTTPRoute(
                method: .get, path: "/v1/search", tag: "Operations", name: "findText",
                summary: "Looks for a text in clients, contract products and actions", access: .staff(.view),
                query: [Query.contains, Query.found], answers: [.ok("SearchResults")]
            ) { call in
                let request = FindText(
                    text: call.query["q"]?.stringValue ?? "",
                    limit: call.query["limit"]?.integerValue ?? Query.foundLimit)
                return .json(try await parts.upstream.ask(request, trace: call.trace).maskingSealed())
            },
            HTTPRoute(
                method: .get, path: "/v1/keys", tag: "Operations", name: "showKeys",
                summary: "Which keys are in use, by their ids, and what older ones are still needed for",
                access: .staff(.configure), answers: [.ok("KeyStatus")]
            ) { call in
                let request = ShowKeys(gatewayKeys: parts.sealer.keyIDs)
                return .json(try await parts.upstream.ask(request, trace: call.trace))
            },
            HTTPRoute(
                method: .get, path: "/v1/dead-letters", tag: "Operations", name: "listDeadLetters",
                summary: "Messages that no one could process, newest first, at most 200",
                access: .staff(.view),
                answers: [.ok("DeadLetterList")]
            ) { call in
                .json(try await parts.upstream.ask(ListDeadLetters(), trace: call.trace).maskingSealed())
            },
            HTTPRoute(
                method: .post, path: "/v1/dead-letters/{id}/requeue", tag: "Operations",
                name: "requeueDeadLetter",
                summary: "Sends a dead letter again to where it came from", access: .staff(.runDangerous),
                body: .none(named: "NoContent"), answers: [.ok("DeadLetter", "The dead letter as it is now")]
            ) { call in
                let request = RequeueDeadLetter(id: try call.number())
                return .json(try await parts.upstream.ask(request, trace: call.trace).maskingSealed())
            },
        ]
    }
}

extension Query {
    static let foundLimit = 20

    static let found = FieldDefinition(
        name: "limit", type: .integer, rules: [.min(1), .max(50)], help: "Most results of each kind",
        defaultValue: .integer(foundLimit))
}

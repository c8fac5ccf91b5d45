import Bus
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models
import ServiceRuntime

extension [HTTPRoute] {
    static func logs(_ parts: GatewayParts) -> [HTTPRoute] {
        [
            HTTPRoute(
                method: .get, path: "/v1/logs", tag: "Logs", name: "listLogEntries",
                summary: "Log entries that match, newest first; in order with after", access: .client(.view),
                query: LogFilter.parameters + LogFilter.paging,
                answers: [
                    RouteAnswer(
                        status: .ok, help: "Entries, and where to go on", content: .json(LogRoutes.listSchema)
                    )
                ]
            ) { call in
                let filter = try LogFilter.request(call)
                let list = try await parts.upstream.fetch(filter, of: .logRequests, trace: call.trace)
                let audience = try call.audience
                var answer: [String: JSONValue] = [
                    "items": .array(try list.items.map { try LogView.shown($0, to: audience).decoded() })
                ]
                if list.items.count >= filter.limit {
                    answer["next"] = list.items.last?.id.map { .integer($0) }
                }
                return .json(.object(answer))
            },
            HTTPRoute(
                method: .get, path: "/v1/logs/stream", tag: "Logs", name: "streamLogEntries",
                summary: "Log entries that match, as they come", access: .client(.view),
                query: LogFilter.parameters,
                headers: [ServerSentEvents.lastEventIDHeader],
                answers: [
                    RouteAnswer(
                        status: .ok,
                        help:
                            "One LogEntry an event; with since, stored ones come first. The event gap tells what "
                            + "is no longer kept. Ids rise.",
                        content: .eventStream)
                ]
            ) { call in try await parts.logs.response(call) },
            HTTPRoute(
                method: .get, path: "/v1/logs/{id}/debug", tag: "Logs", name: "showDebugData",
                summary: "Opens the sealed provider traffic of a log entry; who asked is logged",
                access: .staff(.revealDebugData),
                answers: [.ok("DebugData")], furtherProblems: [.conflict]
            ) { call in try await LogRoutes.debug(call, parts) },
        ]
    }
}

enum LogRoutes {
    static let listSchema: JSONValue = [
        "type": "object", "required": ["items"],
        "properties": [
            "items": ["type": "array", "items": ["$ref": "#/components/schemas/LogEntry"]],
            "next": [
                "type": "integer", "description": "What to give as before, or as after, for the next page",
            ],
        ],
    ]

    static func debug(_ call: Call, _ parts: GatewayParts) async throws -> Response {
        let id = try call.number()
        guard id > 0 else { throw Problem.notFound }
        let wanted = ListLogEntries(after: id - 1, limit: 1)
        let list = try await parts.upstream.fetch(wanted, of: .logRequests, trace: call.trace)
        guard let entry = list.items.first, entry.id == id else { throw Problem.notFound }
        guard let sealed = entry.debug, let category = entry.category, let action = entry.actionID else {
            throw Problem(.notFound, "This log entry has no debug data.")
        }
        let request = RevealDebugData(
            category: category, sealed: sealed, actionID: action, revealedBy: try call.actor)
        let data = try await parts.upstream.fetch(request, trace: call.trace)
        return .json(["text": try parts.sealer.open(data.text, context: "debug")])
    }
}

import Bus
import Models
import Synchronization

/// The documents that describe the interface and the bus. Each is made when it is first asked for, and kept.
final class Documents: Sendable {
    /// The version of the interfaces, in both documents.
    static let version = "1.0.0"

    static let asyncAPI = RawJSON(
        [EntitiesContract.catalogue, MessagesContract.catalogue, RequestsContract.catalogue]
            .asyncAPIDocument(version: version, channels: channels))

    var openAPI: RawJSON {
        written.withLock { written in
            let document = written ?? RawJSON(OpenAPIWriter.document(routes: routes))
            written = document
            return document
        }
    }

    private let routes: [HTTPRoute]
    private let written = Mutex<RawJSON?>(nil)

    init(routes: [HTTPRoute]) {
        self.routes = routes
    }

    static let healthSchema: JSONValue = [
        "type": "object", "required": ["status"], "properties": ["status": ["const": "ok"]],
    ]

    static let readinessSchema: JSONValue = [
        "type": "object", "required": ["ready"],
        "properties": [
            "ready": ["type": "boolean"],
            "missing": [
                "type": "array",
                "items": [
                    "type": "object", "required": ["name", "reason"],
                    "properties": ["name": ["type": "string"], "reason": ["type": "string"]],
                ],
            ],
        ],
    ]

    private static let channels: [ChannelDescription] = [
        channel(
            .requests, "Requests with an answer. Keys: orchestrator, log-collector, or a category.",
            requestTypes),
        channel(.actions, "Actions for adapters. Key: the category.", [ExecuteAction.messageType]),
        channel(.outcomes, "What attempts came to.", [ActionOutcome.messageType]),
        channel(
            .events, "Events for whoever subscribes. Key: the topic, as in action.changed.",
            MessagesContract.catalogue.messages.map(\.type).filter { !elsewhere.contains($0) }),
        channel(.logs, "Log entries, kept as a stream.", [LogEntries.messageType]),
    ]

    private static let requestTypes = RequestsContract.catalogue.messages.map(\.type)
    private static let elsewhere = [
        ExecuteAction.messageType, ActionOutcome.messageType, LogEntries.messageType,
    ]

    private static func channel(_ exchange: Exchange, _ help: String, _ types: [String]) -> ChannelDescription
    {
        ChannelDescription(
            name: exchange.name, exchange: exchange.name, kind: exchange.kind.rawValue, help: help,
            messageTypes: types)
    }
}

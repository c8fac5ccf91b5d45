import Hummingbird
import HummingbirdCore
import Models

/// Messages that no one could process.
struct DeadLetterPages: Sendable {
    private static let path = "/ops/dead-letters"

    let web: Web

    var routes: [HTTPRoute] {
        [
            .page(.get, Self.path, "opsDeadLetters", access: .staff(.view)) { call in
                let found = try await web.api.ask("listDeadLetters", call)
                let items = found["items"]?.arrayValue ?? []
                return try web.page(
                    call, "ops-dead-letters", Heading(title: "Dead letters", area: .ops, section: Self.path),
                    [
                        "letters": .array(items.map(Self.row)), "has_letters": .bool(!items.isEmpty),
                        "may_requeue": .bool(web.api.permits("requeueDeadLetter", call)),
                    ])
            },
            .page(.post, Self.path + "/{id}/requeue", "opsRequeue", access: .staff(.runDangerous)) { call in
                try await web.api.ask("requeueDeadLetter", call, path: ["id": try call.part()])
                return .seeOther("\(Self.path)?done=requeued")
            },
        ]
    }

    private static func row(_ letter: JSONValue) -> JSONValue {
        [
            "id": letter["id"] ?? .null, "message_type": letter["message_type"] ?? .null,
            "queue": letter["queue"] ?? .null, "reason": letter["reason"] ?? .null,
            "received_at": letter["received_at"] ?? .null, "requeued_at": letter["requeued_at"] ?? .null,
            "content": letter["body"] ?? .null,
        ]
    }
}

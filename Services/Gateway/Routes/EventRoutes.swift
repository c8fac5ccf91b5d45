import Hummingbird
import HummingbirdCore
import Models

extension [HTTPRoute] {
    static func events(_ parts: GatewayParts) -> [HTTPRoute] {
        [
            HTTPRoute(
                method: .get, path: "/v1/events/stream", tag: "Events", name: "streamEvents",
                summary: "Changes of actions, contract products and adapters as they happen",
                access: .client(.view),
                headers: [ServerSentEvents.lastEventIDHeader],
                answers: [
                    RouteAnswer(
                        status: .ok,
                        help:
                            "Events action.changed, product.changed and adapter.changed with the data of the "
                            + "message of the same name; gap where some are no longer kept. Ids rise.",
                        content: .eventStream)
                ]
            ) { call in try await parts.events.response(call) }
        ]
    }
}

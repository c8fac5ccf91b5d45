import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models
import ServiceRuntime

extension [HTTPRoute] {
    /// Addresses that are told what becomes of actions.
    static func webhooks(_ parts: GatewayParts) -> [HTTPRoute] {
        [
            HTTPRoute(
                method: .post, path: "/v1/webhooks", tag: "Webhooks", name: "createWebhook",
                summary: "Makes a webhook; its secret is shown this once", access: .staff(.configure),
                body: RouteBody(name: "NewWebhookRequest", fields: .of(request: CreateWebhook.messageType)),
                answers: [.created("NewWebhook")]
            ) { call in
                let request = try call.decodeBody(CreateWebhook.self)
                let reply = try await parts.upstream.ask(request, trace: call.trace)
                return try parts.withSecret(reply, status: .created)
            },
            HTTPRoute(
                method: .get, path: "/v1/webhooks", tag: "Webhooks", name: "listWebhooks",
                summary: "All webhooks, newest first, without their secrets", access: .staff(.view),
                answers: [.ok("WebhookList")]
            ) { call in .json(try await parts.upstream.ask(ListWebhooks(), trace: call.trace)) },
            HTTPRoute(
                method: .get, path: "/v1/webhooks/{id}", tag: "Webhooks", name: "showWebhook",
                summary: "One webhook, without its secret", access: .staff(.view), answers: [.ok("Webhook")]
            ) { call in
                .json(try await parts.upstream.ask(ShowWebhook(id: try call.id()), trace: call.trace))
            },
            HTTPRoute(
                method: .patch, path: "/v1/webhooks/{id}", tag: "Webhooks", name: "updateWebhook",
                summary: "Changes a webhook; what is not given stays", access: .staff(.configure),
                body: RouteBody(
                    name: "WebhookChange",
                    fields: .of(request: UpdateWebhook.messageType, without: ["id"])),
                answers: [.ok("Webhook", "The webhook as it is now")]
            ) { call in
                let id: WebhookID = try call.id()
                let change = JSONValue.object(
                    call.body.merging(["id": .string(id.rawValue)]) { _, last in last })
                return .json(
                    try await parts.upstream.ask(try UpdateWebhook(json: change), trace: call.trace))
            },
            HTTPRoute(
                method: .delete, path: "/v1/webhooks/{id}", tag: "Webhooks", name: "deleteWebhook",
                summary: "Removes a webhook and its deliveries", access: .staff(.configure),
                answers: [RouteAnswer(status: .noContent, help: "It is gone", content: .nothing)]
            ) { call in
                _ = try await parts.upstream.ask(DeleteWebhook(id: try call.id()), trace: call.trace)
                return Response(status: .noContent)
            },
            HTTPRoute(
                method: .post, path: "/v1/webhooks/{id}/rotate", tag: "Webhooks", name: "rotateWebhook",
                summary: "Gives a webhook a new secret; the old one signs beside it for 24 hours",
                access: .staff(.configure), body: .none(named: "NoContent"),
                answers: [.ok("NewWebhook", "The webhook with its new secret, shown this once")]
            ) { call in
                let request = RotateWebhook(id: try call.id())
                return try parts.withSecret(try await parts.upstream.ask(request, trace: call.trace))
            },
        ] + deliveries(parts)
    }

    private static func deliveries(_ parts: GatewayParts) -> [HTTPRoute] {
        [
            HTTPRoute(
                method: .post, path: "/v1/webhooks/{id}/test", tag: "Webhooks", name: "testWebhook",
                summary: "Sends a delivery of type webhook.test", access: .staff(.configure),
                body: .none(named: "NoContent"), answers: [.accepted("WebhookDelivery")]
            ) { call in
                let request = TestWebhook(id: try call.id())
                return .json(try await parts.upstream.ask(request, trace: call.trace), status: .accepted)
            },
            HTTPRoute(
                method: .get, path: "/v1/webhooks/{id}/deliveries", tag: "Webhooks",
                name: "listWebhookDeliveries",
                summary: "What a webhook was and is to be told in the last 30 days, newest first",
                access: .staff(.view), query: [Query.deliveryState] + Query.page,
                answers: [.ok("WebhookDeliveryList")]
            ) { call in
                let request = ListWebhookDeliveries(
                    webhookID: try call.id(),
                    state: call.query["state"]?.stringValue.flatMap { WebhookDeliveryState(rawValue: $0) },
                    page: call.page)
                return .json(try await parts.upstream.ask(request, trace: call.trace))
            },
            HTTPRoute(
                method: .post, path: "/v1/webhook-deliveries/{id}/resend", tag: "Webhooks",
                name: "resendWebhookDelivery",
                summary: "Tries a delivery again, now, and as often as a new one", access: .staff(.configure),
                body: .none(named: "NoContent"), answers: [.accepted("WebhookDelivery")]
            ) { call in
                let request = ResendWebhookDelivery(id: try call.id())
                return .json(try await parts.upstream.ask(request, trace: call.trace), status: .accepted)
            },
        ]
    }
}

extension GatewayParts {
    /// A webhook with its secret opened, for the one time that it is shown.
    fileprivate func withSecret(_ reply: RawJSON, status: HTTPResponse.Status = .ok) throws -> Response {
        guard case .object(var members) = try reply.decoded(), let sealed = members["secret"]?.stringValue,
            let id = members["id"]?.stringValue
        else { throw RequestFailure(.internal, "The webhook that was made could not be read.") }
        members["secret"] = try sealer.open(sealed, context: "webhook/secret")
        var response = Response.json(.object(members), status: status)
        if status == .created { response.headers[.location] = "/v1/webhooks/\(id)" }
        return response
    }
}

extension Query {
    static let deliveryState = FieldDefinition(
        name: "state", type: .string, rules: [.in(WebhookDeliveryState.allCases.map(\.rawValue))],
        help: "Only in this state")
}

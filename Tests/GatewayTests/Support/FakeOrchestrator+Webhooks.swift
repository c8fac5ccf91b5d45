import Models
import ServiceRuntime
import Synchronization

extension FakeOrchestrator {
    static let webhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    func addWebhooks(_ router: inout RequestRouter) {
        router.on(CreateWebhook.self) { [self] request, _ in
            let webhook = Webhook(
                id: .make(), url: request.url, eventTypes: request.eventTypes ?? [],
                description: request.description, enabled: true, createdAt: .now, updatedAt: .now)
            state.withLock { $0.webhooks[webhook.id] = webhook }
            return try shown(webhook)
        }
        router.on(ListWebhooks.self) { [self] _, _ in
            WebhookList(items: state.withLock { Array($0.webhooks.values) })
        }
        router.on(ShowWebhook.self) { [self] request, _ in try known(request.id) }
        router.on(UpdateWebhook.self) { [self] request, _ in
            state.withLock { $0.updatedWebhooks.append(request) }
            return try known(request.id)
        }
        router.on(DeleteWebhook.self) { [self] request, _ in
            _ = try known(request.id)
            state.withLock { $0.webhooks[request.id] = nil }
            return NoReply()
        }
        router.on(RotateWebhook.self) { [self] request, _ in try shown(try known(request.id)) }
        router.on(TestWebhook.self) { [self] request, _ in Self.delivery(to: try known(request.id).id) }
        router.on(ListWebhookDeliveries.self) { [self] request, _ in
            let all = [Self.delivery(to: try known(request.webhookID).id)]
            return WebhookDeliveryList(items: all.filter { [nil, $0.state].contains(request.state) })
        }
        router.on(ResendWebhookDelivery.self) { request, _ in
            var delivery = Self.delivery(to: .make())
            delivery.id = request.id
            return delivery
        }
    }

    private func known(_ id: WebhookID) throws -> Webhook {
        guard let webhook = state.withLock({ $0.webhooks[id] }) else {
            throw RequestFailure(.notFound, "There is no such webhook.")
        }
        return webhook
    }

    private func shown(_ webhook: Webhook) throws -> NewWebhook {
        NewWebhook(
            id: webhook.id, url: webhook.url, eventTypes: webhook.eventTypes,
            description: webhook.description, enabled: true, createdAt: .now, updatedAt: .now,
            secret: try sealer.seal(.string(Self.webhookSecret), context: "webhook/secret"))
    }

    private static func delivery(to webhook: WebhookID) -> WebhookDelivery {
        WebhookDelivery(
            id: .make(), webhookID: webhook, type: "webhook.test", state: .pending, attempts: 0,
            createdAt: .now)
    }
}

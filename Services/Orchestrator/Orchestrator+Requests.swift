import Bus
import Foundation
import Logging
import Models
import ServiceRuntime

extension Orchestrator {
    /// Every request that the orchestrator answers.
    static func requestRouter(
        _ parts: Parts, bus: any MessageBus, now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) -> RequestRouter {
        var router = RequestRouter(
            source: source, explain: { RequestFailure(databaseError: $0) }
        ) { type, error in
            logger.error(
                "Could not carry out a request",
                metadata: [LogKey.messageType: "\(type)", LogKey.error: "\(error)"])
        }
        let (actions, products, configurations) = (parts.actions, parts.products, parts.configurations)
        let (clients, tokens, deadLetters) = (parts.clients, parts.tokens, parts.deadLetters)
        let (notices, events) = (parts.notices, parts.businessEvents)

        router.on(SubmitAction.self) { try await actions.submit($0, traceparent: $1.traceparent) }
        router.on(DecideAction.self) { request, _ in try await actions.decide(request) }
        router.on(ShowAction.self) { request, _ in try await actions.show(request) }
        router.on(ListActions.self) { request, _ in try await actions.list(request) }
        router.on(BeginAttempt.self) { request, _ in try await actions.begin(request) }
        router.on(CreateContractProduct.self) { request, _ in try await products.create(request) }
        router.on(UpdateContractProduct.self) { request, _ in try await products.update(request) }
        router.on(ShowContractProduct.self) { request, _ in try await products.show(request) }
        router.on(ListContractProducts.self) { request, _ in try await products.list(request) }
        router.on(ShowProductHistory.self) { request, _ in try await products.history(request) }
        router.on(CreateConfiguration.self) { request, _ in try await configurations.create(request) }
        router.on(UpdateConfiguration.self) { request, _ in try await configurations.update(request) }
        router.on(ShowConfiguration.self) { request, _ in try await configurations.show(request) }
        router.on(ListConfigurations.self) { request, _ in try await configurations.list(request) }
        router.on(TestConfiguration.self) { request, _ in try await configurations.test(request) }
        router.on(StoreNotices.self) { try await notices.store($0, traceparent: $1.traceparent) }
        router.on(ListNotices.self) { request, _ in try await notices.list(request) }
        router.on(SubmitBusinessEvent.self) { try await events.submit($0, traceparent: $1.traceparent) }
        router.on(ShowBusinessEvent.self) { request, _ in try await events.show(request) }
        router.on(ListBusinessEvents.self) { request, _ in try await events.list(request) }
        addWebhooks(parts.webhooks, to: &router)
        router.on(CreateClient.self) { request, _ in try await clients.create(request) }
        router.on(ShowClient.self) { request, _ in try await clients.show(request) }
        router.on(ListClients.self) { request, _ in try await clients.list(request) }
        router.on(AuthenticateToken.self) { request, _ in try await tokens.authenticate(request) }
        router.on(CreateToken.self) { request, _ in try await tokens.create(request) }
        router.on(ListTokens.self) { _, _ in try await tokens.list() }
        router.on(RevokeToken.self) { request, _ in try await tokens.revoke(request) }
        router.on(ListDeadLetters.self) { _, _ in try await deadLetters.list() }
        router.on(RequeueDeadLetter.self) { request, _ in try await deadLetters.requeue(request) }
        router.on(RevealDebugData.self) { request, _ in try actionsDebugData(request, parts.secrets, logger) }
        router.on(ListProviders.self) { request, _ in providers(request, parts.catalogue, now: now()) }
        router.on(ListEvents.self) { request, _ in
            try await parts.store.read { transaction in
                let range = try transaction.eventRange()
                return EventList(
                    items: try transaction.events(
                        after: request.after, client: request.clientID,
                        limit: min(max(request.limit, 1), 1000)),
                    lastSequence: range.last, firstSequence: range.first)
            }
        }
        router.on(ShowStatus.self) { _, _ in
            let adapters = parts.catalogue.adapters(now: now())
            return try await parts.store.read { transaction in
                SystemStatus(
                    categories: Set(adapters.map(\.category)).sorted(), adapters: adapters,
                    outboxWaiting: try transaction.outboxCount(),
                    actionsByState: Dictionary(
                        uniqueKeysWithValues: try transaction.openActionCounts().map {
                            ($0.state, .integer($0.count))
                        }))
            }
        }
        return router
    }

    private static func addWebhooks(_ webhooks: WebhookService, to router: inout RequestRouter) {
        router.on(CreateWebhook.self) { request, _ in try await webhooks.create(request) }
        router.on(ListWebhooks.self) { _, _ in try await webhooks.list() }
        router.on(ShowWebhook.self) { request, _ in try await webhooks.show(request) }
        router.on(UpdateWebhook.self) { request, _ in try await webhooks.update(request) }
        router.on(DeleteWebhook.self) { request, _ in try await webhooks.delete(request) }
        router.on(RotateWebhook.self) { request, _ in try await webhooks.rotate(request) }
        router.on(TestWebhook.self) { request, _ in try await webhooks.test(request) }
        router.on(ListWebhookDeliveries.self) { request, _ in try await webhooks.deliveries(request) }
        router.on(ResendWebhookDelivery.self) { request, _ in try await webhooks.resend(request) }
    }

    private static func providers(_ request: ListProviders, _ catalogue: Catalogue, now: Timestamp)
        -> ProviderList
    {
        let adapters = catalogue.adapters(now: now)
        return ProviderList(
            items: catalogue.providers(of: request.category).map { descriptor in
                Provider(
                    descriptor: descriptor, instances: adapters.filter { $0.category == descriptor.category })
            })
    }

    /// Opens provider traffic for someone entitled to see it; who asked is logged.
    private static func actionsDebugData(
        _ request: RevealDebugData, _ secrets: SecretKeeper, _ logger: Logger
    ) throws -> DebugData {
        do throws(SealingError) {
            let opened = try secrets.category(request.category)
                .open(request.sealed, context: "\(request.actionID)/debug")
            logger.notice(
                "Revealed debug data",
                metadata: [
                    LogKey.actionID: "\(request.actionID)", LogKey.requestedBy: "\(request.revealedBy)",
                ])
            return DebugData(text: try secrets.gateway.seal(opened, context: "debug"))
        } catch {
            throw RequestFailure(.conflict, "The debug data cannot be opened: \(error.message).")
        }
    }
}

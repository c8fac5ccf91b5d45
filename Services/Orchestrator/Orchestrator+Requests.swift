import Bus
import Foundation
import Logging
import Models
import ServiceRuntime

extension Orchestrator {
    /// Every request that the orchestrator answers.
    static func requestRouter(
        _ parts: Parts, gate: RequestGate, bus: any MessageBus, now: @escaping @Sendable () -> Timestamp,
        logger: Logger
    ) -> RequestRouter {
        var router = RequestRouter(
            source: source, gate: gate, explain: { RequestFailure(databaseError: $0) }
        ) { type, error in
            logger.error(
                "Could not carry out a request",
                metadata: [LogKey.messageType: "\(type)", LogKey.error: "\(error)"])
        }
        let (actions, products, configurations) = (parts.actions, parts.products, parts.configurations)
        let (clients, deadLetters) = (parts.clients, parts.deadLetters)
        let (notices, events) = (parts.notices, parts.businessEvents)

        router.on(SubmitAction.self) { try await actions.submit($0, traceparent: $1.traceparent) }
        router.on(DecideAction.self) { request, _ in try await actions.decide(request) }
        router.on(ShowAction.self) { request, _ in try await actions.show(request) }
        router.on(ListActions.self) { request, _ in try await actions.list(request) }
        router.onAdapters(BeginAttempt.self) { request, _, category in
            try await actions.begin(request, from: category)
        }
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
        router.onAdapters(StoreNotices.self) { request, envelope, category in
            guard category == nil || category == request.category else {
                throw RequestFailure(.forbidden, "Notices of another category were refused.")
            }
            return try await notices.store(request, traceparent: envelope.traceparent)
        }
        router.on(ListNotices.self) { request, _ in try await notices.list(request) }
        router.on(SubmitBusinessEvent.self) { try await events.submit($0, traceparent: $1.traceparent) }
        router.on(ShowBusinessEvent.self) { request, _ in try await events.show(request) }
        router.on(ListBusinessEvents.self) { request, _ in try await events.list(request) }
        addWebhooks(parts.webhooks, to: &router)
        addOverview(parts.overview, to: &router)
        addAccess(parts, to: &router)
        router.on(CreateClient.self) { request, _ in try await clients.create(request) }
        router.on(ShowClient.self) { request, _ in try await clients.show(request) }
        router.on(ListClients.self) { request, _ in try await clients.list(request) }
        router.on(ListDeadLetters.self) { _, _ in try await deadLetters.list() }
        router.on(RequeueDeadLetter.self) { request, _ in try await deadLetters.requeue(request) }
        router.on(RevealDebugData.self) { request, _ in try await parts.keys.reveal(request) }
        router.on(ShowKeys.self) { request, _ in try await parts.keys.show(request) }
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

    private static func addOverview(_ overview: OverviewService, to router: inout RequestRouter) {
        router.on(ShowOverview.self) { _, _ in try await overview.overview() }
        router.on(ListNames.self) { request, _ in try await overview.names(request) }
        router.on(FindText.self) { request, _ in try await overview.find(request) }
        router.on(GroupAttention.self) { request, _ in try await overview.groups(request) }
        router.on(ShowStatistics.self) { _, _ in try await overview.show() }
    }

    private static func addAccess(_ parts: Parts, to router: inout RequestRouter) {
        let (tokens, users, sessions) = (parts.tokens, parts.users, parts.sessions)
        let twoFactor = parts.twoFactor
        router.on(AuthenticateToken.self) { request, _ in try await tokens.authenticate(request) }
        router.on(CreateToken.self) { request, _ in try await tokens.create(request) }
        router.on(ListTokens.self) { _, _ in try await tokens.list() }
        router.on(RevokeToken.self) { request, _ in try await tokens.revoke(request) }
        router.on(CreateUser.self) { request, _ in try await users.create(request) }
        router.on(ListUsers.self) { request, _ in try await users.list(request) }
        router.on(ShowUser.self) { request, _ in try await users.show(request) }
        router.on(UpdateUser.self) { request, _ in try await users.update(request) }
        router.on(SetPassword.self) { request, _ in try await users.setPassword(request) }
        router.on(DeleteUser.self) { request, _ in try await users.delete(request) }
        router.on(SignIn.self) { request, _ in try await sessions.signIn(request) }
        router.on(AuthenticateSession.self) { request, _ in try await sessions.authenticate(request) }
        router.on(ShowSession.self) { request, _ in try await sessions.show(request) }
        router.on(EndSessions.self) { request, _ in try await sessions.end(request) }
        router.on(ViewAsClient.self) { request, _ in try await sessions.view(request) }
        router.on(BeginTwoFactor.self) { request, _ in try await twoFactor.begin(request) }
        router.on(ConfirmTwoFactor.self) { request, _ in try await twoFactor.confirm(request) }
        router.on(RemoveTwoFactor.self) { request, _ in try await twoFactor.remove(request) }
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
}

import Bus
import Foundation
package import Models
package import ServiceLifecycle
package import ServiceRuntime

extension Orchestrator {
    /// The composition root.
    ///
    /// - Parameters:
    ///   - now: the wall clock; tests give their own.
    ///   - uptime: the time that passes, whatever the wall clock says.
    ///   - backoff: when failed attempts are tried again.
    /// - Returns: the services in the order in which they depend on each other.
    /// - Throws: where the store cannot be opened or a key is missing.
    package static func build(
        _ context: ServiceContext, now: @escaping @Sendable () -> Timestamp = { .now },
        uptime: @escaping @Sendable () -> Duration = SteadyClock.systemUptime, backoff: Backoff = Backoff()
    ) async throws -> [any Service] {
        try await assemble(context, now: now, uptime: uptime, backoff: backoff).services
    }

    /// The same, with the parts at hand.
    package static func assemble(
        _ context: ServiceContext, now wallClock: @escaping @Sendable () -> Timestamp = { .now },
        uptime: @escaping @Sendable () -> Duration = SteadyClock.systemUptime,
        backoff: Backoff = Backoff(), webhookSchedule: WebhookSchedule = WebhookSchedule()
    ) async throws -> (parts: Parts, services: [any Service]) {
        let logger = context.logger
        let bus = context.bus
        let clock = SteadyClock(wall: wallClock, uptime: uptime)
        let now: @Sendable () -> Timestamp = { clock.now }
        let folder = URL(fileURLWithPath: context.configuration.dataFolder).appending(path: "orchestrator")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let store = try Store(file: folder.appending(path: "purser.sqlite"))
        let secrets = SecretKeeper(master: try context.configuration.loadMasterKey())
        let catalogue = Catalogue(blueprints: Blueprints.all)
        catalogue.load(try await store.read { try $0.descriptors() })
        let topology = Topology.purser(categories: catalogue.categories)

        let events = EventPublisher(bus: bus, logger: logger)
        let outboxWritten = Nudge()
        let alarmSet = Nudge()
        let deliveriesWritten = Nudge()
        let address = WebhookAddress(allowsHTTP: context.configuration.allowsWebhookHTTP)
        let actions = ActionService(
            store: store, catalogue: catalogue, secrets: secrets, backoff: backoff,
            admission: Admission(
                limit: context.configuration.backlogLimit,
                clientLimit: context.configuration.clientBacklogLimit), clock: clock, events: events,
            outboxWritten: outboxWritten, alarmSet: alarmSet, deliveriesWritten: deliveriesWritten,
            logger: logger)
        let configurations = ConfigurationService(
            store: store, catalogue: catalogue, secrets: secrets, bus: bus, actions: actions, now: now)
        let parts = Parts(
            clock: clock, store: store, catalogue: catalogue, actions: actions,
            products: ProductService(store: store, catalogue: catalogue, actions: actions, now: now),
            configurations: configurations,
            notices: NoticeService(
                store: store, catalogue: catalogue, actions: actions, now: now, logger: logger),
            businessEvents: BusinessEventService(
                store: store, catalogue: catalogue, secrets: secrets, actions: actions, now: now,
                logger: logger),
            polls: NoticePolls(
                store: store, catalogue: catalogue, configurations: configurations, bus: bus, now: now,
                logger: logger),
            webhooks: WebhookService(
                store: store, secrets: secrets, address: address, now: now,
                deliveriesWritten: deliveriesWritten, logger: logger),
            clients: ClientService(store: store, now: now),
            tokens: TokenService(store: store, secrets: secrets, now: now, events: events, logger: logger),
            deadLetters: DeadLetterService(
                store: store, bus: bus, outboxWritten: outboxWritten, topology: topology, now: now,
                logger: logger),
            secrets: secrets)
        if let token = context.configuration.adminToken {
            try await parts.tokens.register(adminToken: token.revealed)
        }
        // What was in flight when everything stopped is lost with a bus that lives in the process.
        if try await !actions.restoreFromBackup(), !bus.keepsMessages { try await actions.redispatchLost() }
        let router = requestRouter(parts, bus: bus, now: now, logger: logger)
        return (
            parts,
            [
                events,
                OutboxRelay(
                    store: store, bus: bus, written: outboxWritten, topology: topology, logger: logger),
                Janitor(store: store, now: now, logger: logger),
                StatusGauges(store: store, logger: logger),
                Alarm(actions: actions, set: alarmSet, now: now, logger: logger),
                parts.deadLetters,
                AdapterRegistry(
                    store: store, catalogue: catalogue, bus: bus, events: events, now: now, logger: logger),
                OutcomeConsumer(bus: bus, actions: actions),
                RequestServer(bus: bus, router: router),
                parts.polls,
                ProductSweep(store: store, actions: actions, logger: logger),
                WebhookSender(
                    store: store, secrets: secrets, address: address, schedule: webhookSchedule,
                    written: deliveriesWritten, now: now, logger: logger),
            ]
        )
    }
}

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
        backoff: Backoff = Backoff(), webhookSchedule: WebhookSchedule = WebhookSchedule(),
        passwordCost: PasswordHash.Cost = .standard
    ) async throws -> (parts: Parts, services: [any Service]) {
        let logger = context.logger
        let bus = context.bus
        let clock = SteadyClock(wall: wallClock, uptime: uptime)
        let now: @Sendable () -> Timestamp = { clock.now }
        let folder = URL(fileURLWithPath: context.configuration.dataFolder).appending(path: "orchestrator")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let store = try Store(file: folder.appending(path: "purser.sqlite"))
        let secrets = SecretKeeper(master: try context.configuration.loadMasterKeys(logger: logger))
        let catalogue = Catalogue(blueprints: Blueprints.all)
        catalogue.load(try await store.read { try $0.descriptors() })
        let topology = Topology.purser(categories: catalogue.categories)

        let check = secrets.signatureCheck(
            categories: catalogue.categories, acceptsUnsigned: context.configuration.acceptsUnsigned,
            logger: logger)
        let events = EventPublisher(bus: bus, logger: logger)
        let outboxWritten = Nudge()
        let alarmSet = Nudge()
        let deliveriesWritten = Nudge()
        let address = WebhookAddress(
            allowsHTTP: context.configuration.allowsWebhookHTTP, outbound: context.configuration.outbound)
        let actions = ActionService(
            store: store, catalogue: catalogue, secrets: secrets,
            fingerprints: try await Fingerprints.load(from: store, secrets: secrets), backoff: backoff,
            admission: Admission(
                limit: context.configuration.backlogLimit,
                clientLimit: context.configuration.clientBacklogLimit), clock: clock, events: events,
            outboxWritten: outboxWritten, alarmSet: alarmSet, deliveriesWritten: deliveriesWritten,
            logger: logger)
        let configurations = ConfigurationService(
            store: store, catalogue: catalogue, secrets: secrets, bus: bus, actions: actions, now: now)
        let products = ProductService(store: store, catalogue: catalogue, actions: actions, now: now)
        let passwords = PasswordChecks(cost: passwordCost)
        let throttle = SignInThrottle(now: now)
        let secondFactor = SecondFactor(storage: secrets.storage)
        let rotation = KeyRotation(
            store: store, secrets: secrets, categories: catalogue.categories, now: now, logger: logger)
        let parts = Parts(
            clock: clock, store: store, catalogue: catalogue, actions: actions,
            products: products,
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
            users: UserService(
                store: store, secrets: secrets, passwords: passwords, throttle: throttle, now: now,
                events: events, logger: logger),
            sessions: SessionService(
                store: store, secrets: secrets, passwords: passwords, secondFactor: secondFactor,
                throttle: throttle, now: now, events: events, logger: logger),
            twoFactor: TwoFactorService(
                store: store, secrets: secrets, passwords: passwords, secondFactor: secondFactor,
                throttle: throttle, now: now, events: events, logger: logger),
            deadLetters: DeadLetterService(
                store: store, bus: bus, outboxWritten: outboxWritten, topology: topology,
                check: check, secrets: secrets, now: now, logger: logger),
            overview: OverviewService(
                store: store, actions: actions, products: products, configurations: configurations,
                statistics: actions.statistics, now: now),
            secrets: secrets, keyRotation: rotation,
            keys: KeyService(
                store: store, catalogue: catalogue, secrets: secrets, rotation: rotation, events: events,
                now: now, logger: logger))
        if let token = context.configuration.adminToken {
            try await parts.tokens.register(adminToken: token.revealed)
        }
        // What was in flight when everything stopped is lost with a bus that lives in the process.
        if try await !actions.restoreFromBackup(), !bus.keepsMessages { try await actions.redispatchLost() }
        let gate = RequestGate(check, of: .orchestratorRequests, from: .gateway)
        let router = requestRouter(parts, gate: gate, bus: bus, now: now, logger: logger)
        return (
            parts,
            [
                events,
                OutboxRelay(
                    store: store, bus: bus, secrets: secrets, written: outboxWritten, topology: topology,
                    logger: logger),
                Janitor(store: store, now: now, logger: logger),
                rotation,
                StatusGauges(store: store, logger: logger),
                Alarm(actions: actions, set: alarmSet, now: now, logger: logger),
                parts.deadLetters,
                AdapterRegistry(
                    store: store, catalogue: catalogue, bus: bus, events: events, check: check, now: now,
                    logger: logger),
                OutcomeConsumer(bus: bus, actions: actions, check: check),
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

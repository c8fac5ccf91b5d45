import Bus
import Logging
import Models
import ServiceLifecycle
import ServiceRuntime

/// Listens to adapters announcing themselves, and notices those that fall silent.
package struct AdapterRegistry: Service {
    private static let topic = "adapter.announced"
    /// How often it looks for silent ones.
    private static let checkInterval: Duration = .seconds(5)

    let store: Store
    let catalogue: Catalogue
    let bus: any MessageBus
    let events: EventPublisher
    let check: SignatureCheck
    let now: @Sendable () -> Timestamp
    let logger: Logger

    package func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await listen() }
            group.addTask { await watch() }
        }
    }

    private func listen() async {
        let announcements = bus.events(matching: [Self.topic])
        events.publish(AdaptersAsked(), topic: "adapters.asked", subject: nil)
        for await event in announcements.cancelOnGracefulShutdown() {
            switch event {
            case .interrupted:
                events.publish(AdaptersAsked(), topic: "adapters.asked", subject: nil)
            case .event(_, let message):
                do {
                    let announcement = try Envelope<AdapterAnnounced>(decoding: message.body).data
                    _ = try check.sender(of: message, on: .event(Self.topic), at: Self.topic) {
                        $0.category == announcement.category
                    }
                    try await note(announcement)
                } catch {
                    logger.warning("Could not note an adapter", metadata: [LogKey.error: "\(error)"])
                }
            }
        }
    }

    private func note(_ announcement: AdapterAnnounced) async throws {
        let now = now()
        let (changed, isNews) = catalogue.note(announcement, now: now)
        if isNews || changed != nil {
            try await store.write { try $0.note(announcement, at: now) }
        }
        if let changed { try await tell(changed) }
    }

    private func watch() async {
        while await Pause.wait(Self.checkInterval) {
            for adapter in catalogue.expire(now: now()) {
                do {
                    try await tell(adapter)
                } catch {
                    logger.warning(
                        "Could not tell that an adapter left", metadata: [LogKey.error: "\(error)"])
                }
            }
        }
    }

    private func tell(_ adapter: AdapterStatus) async throws {
        let now = now()
        let sequence = try await store.write { transaction in
            try transaction.insertEvent(type: "adapter.changed", client: nil, data: adapter, at: now)
        }
        events.publish(
            AdapterChanged(sequence: sequence, adapter: adapter), topic: "adapter.changed",
            subject: adapter.instance)
        logger.notice(
            adapter.online ? "Adapter came online" : "Adapter went offline",
            metadata: [LogKey.instance: "\(adapter.instance)", LogKey.category: "\(adapter.category)"])
    }
}

import Bus
import Logging
import Models
import ServiceRuntime

/// Tells everyone that this instance is there and which providers it has: at its start, every 10 s, when
/// asked, and a last time when it leaves.
struct Announcer: Sendable {
    /// How often it is told: every 10 s.
    static let interval = Duration.seconds(10)

    let bus: any MessageBus
    let instance: String
    let category: String
    let providers: [ProviderDescriptor]
    let source: String
    /// Signs, and whose keys are told, by their ids.
    let signer: Sealer
    let clock: any AdapterClock
    let logger: Logger

    private static let topic = "adapter.announced"
    private static let askedTopic = "adapters.asked"

    /// Announces until the task is cancelled.
    func run() async {
        // Both end when the task is cancelled, and only then.
        await withDiscardingTaskGroup { group in
            group.addTask { await announceRegularly() }
            group.addTask {
                for await _ in bus.events(matching: [Self.askedTopic]) { await announce(leaving: false) }
            }
        }
    }

    private func announceRegularly() async {
        do {
            while true {
                await announce(leaving: false)
                try await clock.sleep(for: Self.interval)
            }
        } catch {
            return
        }
    }

    /// Announces once. What does not get through is told again in 10 s.
    func announce(leaving: Bool) async {
        let announcement = AdapterAnnounced(
            instance: instance, category: category, providers: providers, leaving: leaving,
            keys: signer.keyIDs)
        do throws(BusError) {
            try await bus.publish(
                announcement, to: .event(Self.topic), source: source, subject: instance, signer: signer)
        } catch {
            logger.debug("Could not announce adapter", metadata: [LogKey.error: "\(error)"])
        }
    }
}

import Bus
import Logging
import Models
import ServiceLifecycle
import ServiceRuntime
import Synchronization

/// Tells the world which entries are stored, `log.committed.v1`, at most once in 50 ms.
final class CommitAnnouncer: Service {
    /// The topic of the event.
    static let topic = "log.committed"

    private let bus: any MessageBus
    private let source: String
    private let interval: Duration
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let lastID = Mutex(0)
    private let pulse = Pulse()

    init(bus: any MessageBus, source: String, interval: Duration, clock: any Clock<Duration>, logger: Logger)
    {
        self.bus = bus
        self.source = source
        self.interval = interval
        self.clock = clock
        self.logger = logger
    }

    /// Entries up to this number are stored.
    func committed(through id: Int) {
        lastID.withLock { $0 = id }
        pulse.set()
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { await self.announce() }
    }

    private func announce() async {
        var isFailing = false
        while true {
            await pulse.wait()
            if Task.isCancelled { return }
            do throws(BusError) {
                let event = LogCommitted(lastID: lastID.withLock { $0 })
                try await bus.publish(event, to: .event(Self.topic), source: source)
                isFailing = false
            } catch {
                // Told once: readers hear of these entries with the next event, and the bus tells that it is away.
                if !isFailing { logger.warning("Could not announce stored log entries", error: error) }
                isFailing = true
            }
            await Pulse().wait(atMost: interval, clock: clock)
        }
    }
}

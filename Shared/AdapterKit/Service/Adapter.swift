import Bus
import Logging
import Models
import ServiceLifecycle
import ServiceRuntime

/// The service of one category: takes actions, carries them out at providers, and tells what they came to.
///
/// At a graceful shutdown it takes no further actions, lets those under way end and their outcomes be told,
/// announces that it leaves, and ends. Deliveries that are not settled by then go to another instance as
/// possible repeats.
package struct Adapter: Service {
    let dispatcher: Dispatcher
    let announcer: Announcer
    let requests: RequestRouter
    let deadlines: Deadlines
    let bus: any MessageBus
    package let category: String
    let network: any HTTPTransport
    let sessions: SessionPool
    let logger: Logger

    /// How many requests are answered beside each other.
    static let requestConcurrency = 16

    private enum Part {
        case dispatch, other
    }

    package func run() async throws {
        logger.notice("Started adapter", metadata: [LogKey.category: "\(category)"])
        do {
            try await runParts()
        } catch {
            await close()
            throw error
        }
        await close()
        logger.notice("Stopped adapter", metadata: [LogKey.category: "\(category)"])
    }

    private func runParts() async throws {
        try await withThrowingTaskGroup(of: Part.self) { group in
            group.addTask {
                await deadlines.run()
                return .other
            }
            group.addTask {
                await announcer.run()
                return .other
            }
            group.addTask {
                await sessions.run()
                return .other
            }
            group.addTask {
                let requests = requests
                try await bus.serve(
                    .adapterRequests(category: category), concurrency: Self.requestConcurrency
                ) { await requests.answer($0) }
                return .other
            }
            group.addTask {
                try await cancelWhenGracefulShutdown { try await dispatcher.run() }
                return .dispatch
            }
            // All others run for as long as this task is not cancelled.
            while let part = try await group.next(), part != .dispatch {}
            await announcer.announce(leaving: true)
            // While deadlines are still kept: taking leave has a limit.
            await sessions.shutDown()
            group.cancelAll()
        }
    }

    private func close() async {
        guard let network = network as? HTTPClientTransport else { return }
        do {
            try await network.shutdown()
        } catch {
            logger.warning("Could not close connections", metadata: [LogKey.error: "\(error)"])
        }
    }
}

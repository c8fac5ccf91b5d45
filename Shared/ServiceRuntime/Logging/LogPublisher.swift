import Bus
import Foundation
import Logging
import Models
import ServiceLifecycle

/// Publishes what is logged, in order, in batches: up to 256 entries, or what came within 20 ms.
///
/// While the bus is away, batches go to a spill file and are sent from there afterwards, also by a later process. At a
/// shutdown what is left is published once, or else spilled. A batch is sent again under the same message id until it
/// is confirmed, so whoever stores entries can tell a repeat.
package struct LogPublisher: Service {
    /// The most entries of a batch.
    static let batchLimit = 256
    /// How long the first entry waits for others.
    static let window: Duration = .milliseconds(20)
    /// How many bytes a batch has at most, but for its last entry.
    static let batchBytes = 512 << 10
    /// Between attempts at a bus that is away: from 200 ms, doubled up to 5 s.
    static let firstDelay: Duration = .milliseconds(200)
    static let longestDelay: Duration = .seconds(5)

    private let pipeline: LogPipeline
    private let bus: any MessageBus
    private let outbox: LogOutbox
    private let clock: any Clock<Duration>
    private let logger: Logger

    init(
        pipeline: LogPipeline, bus: any MessageBus, spillFolder: String?, clock: any Clock<Duration>,
        spillLimit: Int = LogSpill.byteLimit
    ) {
        self.pipeline = pipeline
        self.bus = bus
        self.clock = clock
        logger = pipeline.logger(service: pipeline.origin.service)
        outbox = LogOutbox(
            spillFolder: spillFolder, instance: pipeline.origin.instance, spillLimit: spillLimit,
            logger: logger)
    }

    package func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.gather() }
                group.addTask { await self.send() }
            }
        } onCancelOrGracefulShutdown: {
            pipeline.buffer.close()
        }
        outbox.close()
    }

    // MARK: From the buffer to the outbox

    private func gather() async {
        let buffer = pipeline.buffer
        while !buffer.isClosed {
            await buffer.filled.wait()
            if !buffer.isClosed { await buffer.full.wait(atMost: Self.window, clock: clock) }
            put(buffer.take())
        }
        put(buffer.take())
        outbox.finish()
    }

    /// Cuts what was taken into batches. What the outbox refuses is counted, and told with the next contents.
    private func put(_ contents: LogBuffer.Contents) {
        var entries = contents.entries[...]
        if contents.dropped > 0 { entries.append(pipeline.entry(tellingOfDropped: contents.dropped)) }
        var refused = 0
        while !entries.isEmpty {
            var bytes = 0
            let batch = entries.prefix(Self.batchLimit).prefix { entry in
                defer { bytes += entry.bytes.count }
                return bytes < Self.batchBytes
            }
            entries = entries.dropFirst(batch.count)
            // The last entry of the last batch tells of the dropped ones.
            let told = entries.isEmpty ? contents.dropped : 0
            let real = batch.count - (told > 0 ? 1 : 0)
            let made = LogBatch(
                entries: batch, count: real + told, source: pipeline.origin.service, time: .now)
            if outbox.add(made) { continue }
            pipeline.countDropped(real)
            refused += made.count
        }
        pipeline.buffer.addDropped(refused)
    }

    // MARK: From the outbox to the bus

    private func send() async {
        var delay = Self.firstDelay
        while let batch = await outbox.first() {
            do throws(BusError) {
                // A publish would wait for a connection that may be long in coming, also at a shutdown.
                if case .disconnected(let reason) = bus.status { throw BusError(.notConnected, reason) }
                try await publish(batch)
                outbox.removeFirst(batch)
                delay = Self.firstDelay
                if pipeline.buffer.hasUntold { pipeline.buffer.filled.set() }
            } catch {
                guard error.kind != .tooLarge else {
                    outbox.removeFirst(batch)
                    pipeline.countDropped(batch.count)
                    pipeline.buffer.addDropped(batch.count)
                    pipeline.buffer.filled.set()
                    continue
                }
                // At a start the connection may only just be in the making.
                if error.kind != .notConnected || delay > Self.firstDelay { outbox.spillAll() }
                if pipeline.buffer.isClosed || error.kind == .closed { return }
                await outbox.stopping.wait(atMost: delay, clock: clock)
                delay = min(delay * 2, Self.longestDelay)
            }
        }
    }

    private func publish(_ batch: LogBatch) async throws(BusError) {
        let message = BusMessage(id: batch.id, type: LogEntries.messageType, body: Data(batch.body))
        do {
            try await LogPipeline.$isPublishing.withValue(true) {
                try await bus.publish(message, to: Queue.logs.route)
            }
        } catch let error as BusError {
            throw error
        } catch {
            throw BusError(.notConnected, "The message was not published.")
        }
    }
}

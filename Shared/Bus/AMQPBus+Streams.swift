import AMQP
import Logging
import Synchronization

extension AMQPBus {
    /// How long the broker may take to hand over an entry that it must have.
    private static let firstEntryLimit: Duration = .seconds(5)

    package func read(
        _ stream: Queue, from start: StreamStart, batchLimit: Int,
        handler: @escaping @Sendable ([StreamEntry]) async throws -> Void
    ) async throws {
        guard stream.kind == .stream else {
            throw BusError(.refused, "\(stream.name) is not a stream.")
        }
        let limit = min(max(batchLimit, 1), 1_000)
        var start = start
        var backoff = Backoff()
        var generator = SystemRandomNumberGenerator()
        while !Task.isCancelled {
            do {
                let connection = try await consuming.connection()
                let arrivals = StreamArrivals()
                // Two batches: one is handled while the other comes.
                let consumer = AMQPConsumer(
                    queue: stream.name, prefetch: limit * 2, arguments: ["x-stream-offset": start.argument],
                    onDelivery: { arrivals.add($0) }, onEnd: { _ in arrivals.finish() })
                let channel = try await subscribe(consumer, to: stream, on: connection)
                backoff.reset()
                if start.isBehindAnEntry, await arrivals.isEmpty(after: Self.firstEntryLimit) {
                    logger.warning(
                        "A stream ends before the offset to go on at; it is read from its oldest entry.",
                        metadata: ["queue": "\(stream.name)"])
                    start = .first
                    await close(channel, on: connection)
                    continue
                }
                let failure = await handle(arrivals, limit: limit, on: connection, from: &start, handler)
                await close(channel, on: connection)
                if let failure { throw HandlerFailure(cause: failure) }
            } catch let failure as HandlerFailure {
                throw failure.cause
            } catch let error as BusError where [.closed, .refused].contains(error.kind) && !Task.isCancelled
            {
                throw error
            } catch {
                logger.debug("The reading of a stream was interrupted.", metadata: ["error": "\(error)"])
            }
            // Cut short by cancellation, which the loop's condition sees.
            try? await Task.sleep(for: backoff.delay(using: &generator))
        }
    }

    /// Hands the arrivals to the handler until the channel has ended or the task is cancelled.
    ///
    /// - Parameter start: set behind what has been handled.
    /// - Returns: the handler's error, if it threw one.
    private func handle(
        _ arrivals: StreamArrivals, limit: Int, on connection: AMQPConnection, from start: inout StreamStart,
        _ handler: @Sendable ([StreamEntry]) async throws -> Void
    ) async -> (any Error)? {
        while let batch = await arrivals.next(limit: limit) {
            // The entry before the wanted one comes too.
            let entries = batch.compactMap { $0.streamEntry }.filter { start.includes($0.offset) }
            if let last = entries.last {
                do {
                    try await handler(entries)
                } catch {
                    return error
                }
                start = .offset(last.offset + 1)
            }
            for delivery in batch { connection.acknowledge(delivery) }
        }
        return nil
    }

    private func close(_ channel: AMQPChannel, on connection: AMQPConnection) async {
        do throws(AMQPError) {
            try await connection.close(channel)
        } catch {
            logger.debug("A channel was not closed in order.", metadata: ["error": "\(error)"])
        }
    }

    private struct HandlerFailure: Error {
        let cause: any Error
    }
}

/// What has come from a stream and has not been handed over.
private final class StreamArrivals: Sendable {
    private struct State {
        var waiting = FIFO<AMQPDelivery>()
        var isFinished = false
        var arrived: Signal?
    }

    private let state = Mutex(State())

    func add(_ delivery: AMQPDelivery) {
        let arrived = state.withLock { state in
            state.waiting.append(delivery)
            return state.arrived.take()
        }
        arrived?.set()
    }

    func finish() {
        let arrived = state.withLock { state in
            state.isFinished = true
            return state.arrived.take()
        }
        arrived?.set()
    }

    /// Whether nothing has come after that time, though the channel is still open.
    func isEmpty(after limit: Duration) async -> Bool {
        let arrived = state.withLock { state -> Signal? in
            if state.isFinished || !state.waiting.isEmpty { return nil }
            let signal = state.arrived ?? Signal()
            state.arrived = signal
            return signal
        }
        await arrived?.wait(atMost: limit)
        return state.withLock { !$0.isFinished && $0.waiting.isEmpty } && !Task.isCancelled
    }

    /// At least one delivery, waited for; nil when there will be none, or the task is cancelled.
    func next(limit: Int) async -> [AMQPDelivery]? {
        while !Task.isCancelled {
            let (batch, arrived) = state.withLock { state -> ([AMQPDelivery]?, Signal?) in
                if state.isFinished { return (nil, nil) }
                if !state.waiting.isEmpty {
                    let count = min(limit, state.waiting.count)
                    return ((0..<count).compactMap { _ in state.waiting.popFirst() }, nil)
                }
                let signal = state.arrived ?? Signal()
                state.arrived = signal
                return (nil, signal)
            }
            guard let arrived else { return batch }
            await arrived.wait()
        }
        return nil
    }
}

extension AMQPDelivery {
    fileprivate var streamEntry: StreamEntry? {
        streamOffset.map { StreamEntry(offset: $0, message: BusMessage(message)) }
    }
}

extension StreamStart {
    /// The value of the argument `x-stream-offset`: the entry before the wanted one, which must be there, for past the
    /// end the broker would wait without a word.
    fileprivate var argument: AMQPValue {
        switch self {
        case .first: .string("first")
        case .offset(let offset): .integer(Int64(clamping: max(offset, 1) - 1))
        }
    }

    /// Whether an entry before it must be there.
    fileprivate var isBehindAnEntry: Bool {
        switch self {
        case .first, .offset(0): false
        case .offset: true
        }
    }

    fileprivate func includes(_ offset: UInt64) -> Bool {
        switch self {
        case .first: true
        case .offset(let first): offset >= first
        }
    }
}

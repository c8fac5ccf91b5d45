import NIOCore
import Synchronization

/// One open stream: what wakes it, and how long its reader has been taking.
final class OpenStream: Sendable {
    private struct State {
        var topic: StreamTopic?
        var writingSince: ContinuousClock.Instant?
        var nextWake: ContinuousClock.Instant?
    }

    /// Yields when there may be something to send. Wakes that come while one waits are one.
    let wakes: AsyncStream<Void>

    private let continuation: AsyncStream<Void>.Continuation
    private let state = Mutex(State())
    private let number: Int
    private let channel: any Channel
    private let slots: StreamSlots

    init(number: Int, channel: any Channel, slots: StreamSlots) {
        self.number = number
        self.channel = channel
        self.slots = slots
        (wakes, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        let continuation = continuation
        channel.closeFuture.whenComplete { _ in continuation.finish() }
    }

    deinit {
        continuation.finish()
        slots.close(number)
    }

    var topic: StreamTopic? {
        get { state.withLock(\.topic) }
        set { state.withLock { $0.topic = newValue } }
    }

    func wake() { continuation.yield() }

    func finish() { continuation.finish() }

    /// Wakes it at this time by itself.
    func wake(at time: ContinuousClock.Instant) { state.withLock { $0.nextWake = time } }

    func beginWrite(now: ContinuousClock.Instant) { state.withLock { $0.writingSince = now } }

    func endWrite() { state.withLock { $0.writingSince = nil } }

    /// Wakes it where that is due. A reader that has not taken a write within `Limits.streamWriteLimit` is cut off: it
    /// goes on where it was by `Last-Event-ID`.
    func sweep(now: ContinuousClock.Instant) {
        let (isDue, isStalled) = state.withLock { state in
            let isDue = state.nextWake.map { $0 <= now } ?? false
            if isDue { state.nextWake = nil }
            return (
                isDue, state.writingSince.map { $0.advanced(by: Limits.streamWriteLimit) <= now } ?? false
            )
        }
        if isStalled { channel.close(mode: .all, promise: nil) }
        if isDue { wake() }
    }
}

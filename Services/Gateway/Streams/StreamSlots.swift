import NIOCore
import Synchronization

/// The event and log streams that are open: how many there may be, which of them wait, and which of them stall.
final class StreamSlots: Sendable {
    private struct State {
        var open: [Int: Entry] = [:]
        var lastNumber = 0
        var isStopping = false
    }

    private struct Entry {
        weak var stream: OpenStream?
    }

    private let state = Mutex(State())

    /// A place for one more stream; it is given back when the stream is let go.
    ///
    /// - Throws: 429 where `Limits.streams` are open, 503 while the process is stopping.
    func open(channel: any Channel) throws(Problem) -> OpenStream {
        let number = state.withLock { state -> Int? in
            if state.isStopping || state.open.count >= Limits.streams { return nil }
            state.lastNumber += 1
            state.open[state.lastNumber] = Entry()
            return state.lastNumber
        }
        guard let number else {
            throw state.withLock(\.isStopping)
                ? Problem(.unavailable, "This gateway is stopping. Connect again.")
                : Problem(.tooMany, "\(Limits.streams) streams are open already. Try again later.")
        }
        let stream = OpenStream(number: number, channel: channel, slots: self)
        state.withLock { $0.open[number] = Entry(stream: stream) }
        return stream
    }

    func close(_ number: Int) {
        _ = state.withLock { $0.open.removeValue(forKey: number) }
    }

    /// Whether any stream is open.
    var areUsed: Bool { state.withLock { !$0.open.isEmpty } }

    /// Lets all streams of a kind look for something new.
    func wake(_ topic: StreamTopic) {
        for stream in all where stream.topic == topic { stream.wake() }
    }

    /// Lets those that are due look again, and closes the connections of readers that stopped reading.
    func sweep(now: ContinuousClock.Instant) {
        for stream in all { stream.sweep(now: now) }
    }

    /// Ends all streams, and those to come.
    func stop() {
        state.withLock { $0.isStopping = true }
        for stream in all { stream.finish() }
    }

    private var all: [OpenStream] { state.withLock { $0.open.values.compactMap(\.stream) } }
}

/// What a stream tells of.
enum StreamTopic: Sendable {
    case events, logs
}

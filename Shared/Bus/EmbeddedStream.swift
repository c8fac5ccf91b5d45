import AMQP
import Synchronization

/// A stream kept in memory: at most 100,000 entries and 64 MiB of bodies, the oldest cut first.
final class EmbeddedStream: Sendable {
    static let entryLimit = 100_000
    static let byteLimit = 64 << 20

    private struct State {
        var messages = FIFO<BusMessage>()
        var bytes = 0
        /// The offset of the first message kept.
        var firstOffset: UInt64
        /// Set, and replaced, at the next append.
        var appended: Signal?
        var isClosed = false

        var nextOffset: UInt64 { firstOffset + UInt64(messages.count) }
    }

    private let state: Mutex<State>

    /// - Parameter firstOffset: the first entry's offset. Later streams must begin higher, for readers remember it.
    init(firstOffset: UInt64) {
        state = Mutex(State(firstOffset: firstOffset))
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// The offset that the next entry will have.
    var nextOffset: UInt64 { state.withLock { $0.nextOffset } }

    func append(_ message: BusMessage) {
        let appended = state.withLock { state in
            state.messages.append(message)
            state.bytes += message.body.count
            while state.messages.count > Self.entryLimit || state.bytes > Self.byteLimit {
                guard let oldest = state.messages.popFirst() else { break }
                state.bytes -= oldest.body.count
                state.firstOffset += 1
            }
            return state.appended.take()
        }
        appended?.set()
    }

    func close() {
        let appended = state.withLock { state in
            state.isClosed = true
            return state.appended.take()
        }
        appended?.set()
    }

    /// The entries from `offset` on, waiting for one; none when the stream is closed or the task cancelled.
    func entries(from offset: UInt64, limit: Int) async -> [StreamEntry] {
        while !Task.isCancelled {
            let (entries, appended) = state.withLock { state -> ([StreamEntry], Signal?) in
                let entries = Self.entries(in: state, from: offset, limit: limit)
                if !entries.isEmpty || state.isClosed { return (entries, nil) }
                let signal = state.appended ?? Signal()
                state.appended = signal
                return ([], signal)
            }
            guard let appended else { return entries }
            await appended.wait()
        }
        return []
    }

    private static func entries(
        in state: borrowing State, from offset: UInt64, limit: Int
    ) -> [StreamEntry] {
        let first = max(offset, state.firstOffset)
        guard first < state.nextOffset else { return [] }
        let count = min(UInt64(limit), state.nextOffset - first)
        return (first..<first + count).compactMap { offset in
            state.messages[Int(offset - state.firstOffset)].map { StreamEntry(offset: offset, message: $0) }
        }
    }
}

import Bus
import Synchronization

/// The reading of a kept stream, on behind the entry that was stored last.
///
/// It begins at that entry, not behind it, so that a stream that was made anew is recognised: it has another entry
/// there, or none.
final class StreamResumption: Sendable {
    /// How long the entry is waited for. A broker has it at hand, so it takes milliseconds.
    static let limit: Duration = .seconds(10)

    /// The stream does not have the entry.
    struct PositionNotFound: Error {}

    private let bus: any MessageBus
    private let position: StreamPosition
    private let clock: any Clock<Duration>
    private let isFound = Mutex(false)

    init(_ bus: any MessageBus, at position: StreamPosition, clock: any Clock<Duration>) {
        self.bus = bus
        self.position = position
        self.clock = clock
    }

    /// Reads until the task is cancelled or the handler throws.
    ///
    /// - Throws: `PositionNotFound`, also where nothing comes although the bus is connected.
    func read(
        batchLimit: Int, handler: @escaping @Sendable (ArraySlice<StreamEntry>) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await self.bus.read(.logs, from: .offset(self.position.offset), batchLimit: batchLimit) {
                    let further = try self.further($0)
                    if !further.isEmpty { try await handler(further) }
                }
            }
            group.addTask { try await self.watch() }
            defer { group.cancelAll() }
            while try await group.next() != nil {}
        }
    }

    /// The entries without the one that was stored.
    private func further(_ entries: [StreamEntry]) throws -> ArraySlice<StreamEntry> {
        let isFirst = isFound.withLock { isFound in
            defer { isFound = true }
            return !isFound
        }
        guard isFirst else { return entries[...] }
        guard let entry = entries.first, entry.offset == position.offset,
            entry.message.id == position.messageID
        else { throw PositionNotFound() }
        return entries.dropFirst()
    }

    private func watch() async throws {
        repeat {
            try await clock.sleep(for: Self.limit)
            if isFound.withLock({ $0 }) { return }
        } while bus.status != .connected
        throw PositionNotFound()
    }
}

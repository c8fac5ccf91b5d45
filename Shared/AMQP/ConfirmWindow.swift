/// A message on its way to the broker, and whom to tell.
final class Publishing: Sendable {
    let publication: AMQPPublication
    /// When the sender gives up.
    let deadline: ContinuousClock.Instant
    /// Called once, on the connection's thread, with nil when the broker has taken the message. Without it the
    /// message goes by a channel without confirms.
    let completion: (@Sendable (AMQPError?) -> Void)?

    init(
        _ publication: AMQPPublication, deadline: ContinuousClock.Instant,
        completion: (@Sendable (AMQPError?) -> Void)?
    ) {
        self.publication = publication
        self.deadline = deadline
        self.completion = completion
    }

    var bytes: Int { publication.message.body.count + ConfirmWindow.overheadBytes }
}

/// Keeps what has been published and not been confirmed: a value without I/O.
///
/// The bytes under way are bounded well below the socket's buffer, because a write has no deadline: under an alarm the
/// broker stops reading, and the connection's thread would hang in it.
struct ConfirmWindow {
    /// How many unconfirmed bytes may be under way; a longer message goes alone.
    static let byteLimit = 3 << 19
    /// What a message counts for beside its body.
    static let overheadBytes = 512

    private struct Entry {
        let publishing: Publishing
        /// Whether the sender has been told already that its time is up.
        var isExpired = false
        var isReturned = false
    }

    /// The sequence number of the oldest entry, at least; the broker counts from 1.
    private var oldest: UInt64 = 1
    private var next: UInt64 = 1
    private var entries: [UInt64: Entry] = [:]
    private(set) var bytes = 0

    var isEmpty: Bool { entries.isEmpty }

    /// Whether a message may be sent now.
    func admits(_ publishing: Publishing) -> Bool {
        entries.isEmpty || bytes + publishing.bytes <= Self.byteLimit
    }

    mutating func sent(_ publishing: Publishing) {
        entries[next] = Entry(publishing: publishing)
        bytes += publishing.bytes
        next += 1
    }

    /// The broker has settled a message, or all up to it.
    ///
    /// - Parameter tell: called for each whose sender still waits, with the error or nil.
    mutating func settle(
        _ sequence: UInt64, multiple: Bool, isTaken: Bool, tell: (Publishing, AMQPError?) -> Void
    ) {
        let first = multiple ? oldest : sequence
        // 0 with `multiple` stands for all; numbers that were never sent are the broker's mistake and change nothing.
        let last = multiple && sequence == 0 ? next - 1 : min(sequence, next - 1)
        guard first <= last else { return }
        for number in first...last {
            guard let entry = entries.removeValue(forKey: number) else { continue }
            bytes -= entry.publishing.bytes
            if !entry.isExpired { tell(entry.publishing, Self.error(for: entry, isTaken: isTaken)) }
        }
        while oldest < next, entries[oldest] == nil { oldest += 1 }
    }

    /// The broker gave a mandatory message back, just before it confirms it.
    mutating func returned(messageID: String, exchange: String, routingKey: String) {
        // Messages of one route all come back, so it does not matter which of several with one id is marked first.
        for number in oldest..<next {
            guard let entry = entries[number], !entry.isReturned else { continue }
            let publication = entry.publishing.publication
            guard publication.isMandatory, publication.message.id == messageID,
                publication.exchange == exchange, publication.routingKey == routingKey
            else { continue }
            entries[number]?.isReturned = true
            return
        }
    }

    /// Finds the senders whose time is up. Their messages stay under way.
    mutating func expire(at now: ContinuousClock.Instant) -> [Publishing] {
        var expired: [Publishing] = []
        for (number, entry) in entries where entry.publishing.deadline <= now && !entry.isExpired {
            expired.append(entry.publishing)
            entries[number]?.isExpired = true
        }
        return expired
    }

    /// Takes out everything whose sender still waits, as when the connection is gone.
    mutating func removeAll() -> [Publishing] {
        let waiting = entries.sorted { $0.key < $1.key }.filter { !$0.value.isExpired }
        entries = [:]
        bytes = 0
        return waiting.map(\.value.publishing)
    }

    private static func error(for entry: Entry, isTaken: Bool) -> AMQPError? {
        let publication = entry.publishing.publication
        if entry.isReturned {
            return AMQPError(
                .unroutable, "No queue takes \(publication.routingKey) from \(publication.exchange).")
        }
        if isTaken { return nil }
        return AMQPError(
            .rejected, "A queue for \(publication.routingKey) from \(publication.exchange) is full.")
    }
}

/// Gathers the acknowledgements of one channel, so that many go to the broker as one: a value without I/O.
struct AckWindow {
    /// An acknowledgement to be sent.
    struct Ack: Equatable {
        let tag: UInt64
        /// Whether it stands for all earlier ones too.
        let multiple: Bool
    }

    /// The lowest tag that is not settled; tags count from 1.
    private var lowest: UInt64 = 1
    /// Acknowledged by the consumer, not yet sent.
    private var gathered: Set<UInt64> = []
    /// Sent out of order, above `lowest`.
    private var sent: Set<UInt64> = []

    var isEmpty: Bool { gathered.isEmpty }

    mutating func acknowledge(_ tag: UInt64) {
        if tag >= lowest, !sent.contains(tag) { gathered.insert(tag) }
    }

    /// Notes that a tag was settled in another way (given back).
    mutating func settled(_ tag: UInt64) {
        gathered.remove(tag)
        if tag >= lowest { sent.insert(tag) }
    }

    /// The fewest acknowledgements that say what was gathered.
    mutating func flush() -> [Ack] {
        var last: UInt64?
        var run = 0
        while true {
            if gathered.remove(lowest) != nil {
                last = lowest
                run += 1
            } else if sent.remove(lowest) == nil {
                break
            }
            lowest += 1
        }
        var acks = last.map { [Ack(tag: $0, multiple: run > 1)] } ?? []
        if !gathered.isEmpty {
            acks += gathered.sorted().map { Ack(tag: $0, multiple: false) }
            sent.formUnion(gathered)
            gathered.removeAll(keepingCapacity: true)
        }
        return acks
    }
}

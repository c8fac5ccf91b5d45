/// The order in which the queued actions of a configuration are handed over where not all of them can be: a round robin
/// between clients, by the order of acceptance within each. The action with the lowest turn is next.
///
/// So an action waits for at most one action of each other client that was there before it, however many these have
/// queued. It is start-time fair queueing with every action of the same weight: one number an action, nothing to keep for
/// a client.
///
/// - SeeAlso: Goyal, Vin, Cheng: Start-time Fair Queueing, 1996.
package enum Turn {
    /// The turn of an action that begins to wait.
    ///
    /// - Parameters:
    ///   - lowest: the lowest turn of those that wait with the same configuration; nil where none does.
    ///   - own: the highest turn of those of them that are of the same client; nil where there is none.
    package static func next(lowest: Int64?, own: Int64?) -> Int64 {
        max(lowest ?? 0, own.map { $0 + 1 } ?? 0)
    }
}

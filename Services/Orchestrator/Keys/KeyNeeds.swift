import Models
import ServiceRuntime

/// What keys that do not seal any more are still needed for.
struct KeyNeeds {
    let records: [String: SealingKeyRecord]
    let ring: MasterKeyRing
    let sealers: [SealingRecipient: Sealer]
    let holders: [KeyHolder]
    let now: Timestamp
    let transaction: Transaction

    /// - Returns: a sentence for each need; none of a key that seals, or has not sealed yet.
    func of(_ id: String, _ recipient: SealingRecipient) throws -> [String] {
        guard let sealer = sealers[recipient], sealer.current.id != id else { return [] }
        guard let supersededAt = records[id]?.supersededAt else {
            return ring.comingIDs(for: recipient).contains(id)
                ? [] : ["The change has only just begun (\(recipient.name))."]
        }
        if case .storage = recipient {
            return records[id]?.rewrappedAt == nil
                ? ["Stored records, which are being sealed anew or are looked through once more."] : []
        }
        let settledAt = supersededAt.advanced(by: KeyRotation.settling)
        var needs = holderNeeds(id, of: recipient, current: sealer.current.id)
        if now < settledAt {
            needs.append("What may be on its way between services (\(recipient.name)) until \(settledAt).")
        }
        guard case .category(let category) = recipient else { return needs }
        let dispatched = try transaction.dispatchedCount(of: category, by: settledAt)
        if dispatched > 0 {
            needs.append("Actions of \(category) that were handed over with it: \(dispatched).")
        }
        let waiting = try transaction.outboxCount(sealedWith: id)
        if waiting > 0 { needs.append("Messages to \(category) that are still to be published: \(waiting).") }
        return needs
    }

    private func holderNeeds(_ id: String, of recipient: SealingRecipient, current: String) -> [String] {
        holders.filter { $0.recipient == recipient.name }.compactMap { holder in
            if holder.keys.isEmpty { return "\(holder.instance) does not say which keys it has." }
            if holder.keys.first == id { return "\(holder.instance) still seals with it." }
            if !holder.keys.contains(current) {
                return "\(holder.instance) has not got the key that seals now (\(current))."
            }
            return nil
        }
    }
}

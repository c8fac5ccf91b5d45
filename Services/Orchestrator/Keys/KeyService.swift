import Bus
import Logging
package import Models
import ServiceRuntime

/// Tells which keys are in use and what older ones are still needed for, and opens debug data.
package struct KeyService: Sendable {
    let store: Store
    let catalogue: Catalogue
    let secrets: SecretKeeper
    let rotation: KeyRotation
    let events: EventPublisher
    let now: @Sendable () -> Timestamp
    let logger: Logger

    /// - Returns: the master keys; of every recipient the key that seals; and the categories' other generations.
    package func show(_ request: ShowKeys) async throws -> KeyStatus {
        // They tell which keys they have when they are asked, and whoever waits for that asks again.
        events.publish(AdaptersAsked(), topic: "adapters.asked", subject: nil)
        let holders = holders(gateway: request.gatewayKeys)
        // Whoever has just changed the keys' file asks about that.
        let ring = secrets.masterRingAnew()
        let sealers = secrets.sealers(categories: catalogue.categories)
        return try await store.read { transaction in
            let needs = KeyNeeds(
                records: Dictionary(try transaction.sealingKeys().map { ($0.id, $0) }) { first, _ in first },
                ring: ring, sealers: sealers, holders: holders, now: now(), transaction: transaction)
            let recipients = sealers.keys.sorted { $0.name < $1.name }
            let masters = ring.keys + (ring.next.map { [$0] } ?? [])
            var keys = try masters.enumerated().map { index, key in
                let ids = recipients.flatMap { recipient in
                    ring.generations(of: recipient).map {
                        (key.derived(for: recipient, generation: $0).id, recipient)
                    }
                }
                return KeyState(
                    id: key.id, recipient: "master", seals: index == 0,
                    neededBy: try index == 0 ? [] : ids.flatMap { try needs.of($0, $1) })
            }
            for recipient in recipients {
                keys += try states(of: recipient, in: ring, needs)
            }
            return KeyStatus(
                keys: keys, holders: holders, rewrapped: rotation.rewrapped,
                rewrapping: needs.records.values.contains {
                    $0.recipient == SealingRecipient.storage.name && $0.supersededAt != nil
                        && $0.rewrappedAt == nil
                })
        }
    }

    private func states(
        of recipient: SealingRecipient, in ring: MasterKeyRing, _ needs: KeyNeeds
    ) throws -> [KeyState] {
        let isCategory = if case .category = recipient { true } else { false }
        return try ring.generations(of: recipient).enumerated().map { index, generation in
            let ids = ring.keys.map { $0.derived(for: recipient, generation: generation).id }
            return KeyState(
                id: ids[0], recipient: recipient.name, generation: isCategory ? generation : nil,
                seals: index == 0, neededBy: try index == 0 ? [] : ids.flatMap { try needs.of($0, recipient) }
            )
        }
    }

    private func holders(gateway: [String]) -> [KeyHolder] {
        let adapters = catalogue.adapters(now: now()).filter(\.online).map {
            KeyHolder(
                instance: $0.instance, recipient: SealingRecipient.category($0.category).name,
                keys: $0.keys ?? [])
        }
        return [KeyHolder(instance: "gateway", recipient: SealingRecipient.gateway.name, keys: gateway)]
            + adapters
    }

    /// Opens provider traffic for someone entitled to see it; who asked is logged.
    ///
    /// - Throws: `RequestFailure` (`conflict`) where it does not open.
    package func reveal(_ request: RevealDebugData) async throws -> DebugData {
        let opened: JSONValue
        do {
            opened = try await secrets.openDebugData(
                request.sealed, of: request.actionID, category: request.category
            ) { id in try await store.read { try $0.sealingKey(id) } }
        } catch let error as SealingError {
            throw RequestFailure(.conflict, "The debug data cannot be opened: \(error.message).")
        }
        logger.security(
            .debugDataRevealed,
            [LogKey.actionID: "\(request.actionID)", LogKey.requestedBy: "\(request.revealedBy)"])
        return DebugData(text: try secrets.gateway.seal(opened, context: "debug"))
    }
}

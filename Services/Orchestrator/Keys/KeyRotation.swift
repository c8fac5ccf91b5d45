package import Logging
package import Models
import ServiceLifecycle
import ServiceRuntime
import Synchronization

/// Follows the keys: notes which ones seal and since when, and seals everything stored anew when another one does.
///
/// That happens a few records at a time, beside the work. Where it got to is stored, so that it goes on there after a
/// crash. When nothing old is found any more, on a look from the beginning that was begun `settling` after the change,
/// storage's old key is not needed.
package final class KeyRotation: Service {
    /// How often the keys are looked at: every second.
    package static let interval: Duration = .seconds(1)
    /// How many records are sealed anew in one transaction at most.
    static let batchLimit = 100
    /// How long after a change something may still be on its way that was sealed before: 30 s, as long as the longest wait
    /// for an answer.
    package static let settling: Duration = .seconds(30)
    /// How long a category's key is kept for debug data after another one began to seal: 32 days, longer than the log.
    package static let keptForDebugData: Duration = .seconds(32 * 86_400)

    private struct Progress {
        /// The ids as they were noted last, by recipient.
        var noted: [String: [String]] = [:]
        /// With which key everything was sealed at least once since this process began.
        var passedWith: String?
        var rewrapped = 0
    }

    private let store: Store
    private let keys: [SealingRecipient: Sealer]
    private let secrets: SecretKeeper
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let progress = Mutex(Progress())

    package init(
        store: Store, secrets: SecretKeeper, categories: [String], now: @escaping @Sendable () -> Timestamp,
        logger: Logger
    ) {
        self.store = store
        self.secrets = secrets
        self.now = now
        self.logger = logger
        keys = secrets.sealers(categories: categories)
    }

    /// How many records were sealed anew since the start.
    package var rewrapped: Int { progress.withLock { $0.rewrapped } }

    package func run() async throws {
        repeat {
            do {
                try await round()
            } catch is CancellationError {
                return
            } catch {
                logger.warning("Could not seal records anew", metadata: [LogKey.error: "\(error)"])
            }
        } while await Pause.wait(Self.interval)
    }

    /// Looks at the keys once, and does what follows.
    package func round() async throws {
        try await note()
        let sealer = secrets.storage
        guard sealer.keyIDs.count > 1 else { return }
        let current = sealer.current.id
        let older = try await store.read { transaction in
            try transaction.sealingKeys().filter {
                $0.recipient == SealingRecipient.storage.name && $0.id != current && $0.rewrappedAt == nil
            }
        }
        guard !older.isEmpty else { return }
        if progress.withLock({ $0.passedWith }) != current {
            try await pass(current)
            progress.withLock { $0.passedWith = current }
        }
        let begun = now()
        guard older.allSatisfy({ $0.supersededAt.map { $0.duration(to: begun) >= Self.settling } ?? false })
        else { return }
        try await store.write { try $0.forgetRewrapPositions() }
        guard try await pass(current) == 0, secrets.storage.current.id == current else { return }
        try await store.write { transaction in
            for var key in older {
                key.rewrappedAt = begun
                try transaction.store(key)
            }
            try transaction.forgetRewrapPositions()
        }
        logger.notice(
            "Sealed all stored records anew",
            metadata: [LogKey.keyID: "\(current)", LogKey.count: "\(rewrapped)"])
    }

    // MARK: Noting

    /// Notes which keys seal, where that has changed.
    private func note() async throws {
        let ring = secrets.masterRing
        for (recipient, sealer) in keys {
            let ids = sealer.keyIDs
            guard progress.withLock({ $0.noted[recipient.name] }) != ids else { continue }
            let coming = ring.comingIDs(for: recipient)
            try await note(sealer, of: recipient, coming: coming)
            progress.withLock { $0.noted[recipient.name] = ids }
        }
    }

    private func note(_ sealer: Sealer, of recipient: SealingRecipient, coming: Set<String>) async throws {
        let (now, storage, current) = (now(), secrets.storage, sealer.current.id)
        let keys = sealer.keyIDs.compactMap { sealer.known[$0] }.filter { !coming.contains($0.id) }
        let superseded = try await store.write { transaction in
            var superseded: [String] = []
            let before = Dictionary(
                try transaction.sealingKeys().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            for key in keys {
                let isCurrent = key.id == current
                if let known = before[key.id], (known.supersededAt == nil) == isCurrent { continue }
                var record = before[key.id] ?? SealingKeyRecord(id: key.id, recipient: recipient.name)
                if record.sealed == nil, case .category = recipient {
                    record.sealed = try storage.seal(
                        .string(key.text), context: SecretKeeper.context(ofKey: key.id))
                }
                record.supersededAt = isCurrent ? nil : now
                record.rewrappedAt = nil
                try transaction.store(record)
                if !isCurrent { superseded.append(key.id) }
            }
            return superseded
        }
        for id in superseded {
            logger.notice(
                "Began to seal with another key",
                metadata: [
                    LogKey.recipient: "\(recipient.name)", LogKey.keyID: "\(current)",
                    LogKey.previousKeyID: "\(id)",
                ])
        }
    }

    // MARK: Rewrapping

    /// Goes through everything that is stored, from where it got to.
    ///
    /// - Returns: how many records were sealed anew.
    @discardableResult
    private func pass(_ key: String) async throws -> Int {
        var (count, unopened) = (0, 0)
        for column in SealedColumn.all {
            var position = try await store.read { try $0.rewrapPosition(of: column, key: key) }
            while !Task.isCancelled, !Task.isShuttingDownGracefully {
                let (from, sealer) = (position, secrets.storage)
                let found = try await store.read {
                    try $0.sealedTexts(in: column, after: from, limit: Self.batchLimit)
                }
                guard let last = found.last?.id else { break }
                let ids = found.filter { $0.text.map(sealer.mayHaveOlder) ?? false }.map(\.id)
                if !ids.isEmpty {
                    let batch = try await rewrap(ids, in: column, key: key, upTo: last)
                    count += batch.changed
                    unopened += batch.unopened
                    progress.withLock { $0.rewrapped += batch.changed }
                }
                position = last
            }
            try Task.checkCancellation()
        }
        if Task.isShuttingDownGracefully { throw CancellationError() }
        if unopened > 0 {
            logger.warning(
                "Left sealed texts as they are that do not open", metadata: [LogKey.count: "\(unopened)"])
        }
        return count
    }

    /// Seals records of a column anew, as they are by now, in one transaction with how far that got.
    private func rewrap(
        _ ids: [String], in column: SealedColumn, key: String, upTo last: String
    ) async throws -> (changed: Int, unopened: Int) {
        let sealer = secrets.storage
        return try await store.write { transaction in
            var (changed, unopened) = (0, 0)
            for id in ids {
                guard let text = try transaction.sealedText(of: id, in: column) else { continue }
                let result = try sealer.rewrap(text, of: id, in: column)
                unopened += result.unopened
                guard let anew = result.text else { continue }
                try transaction.store(anew, of: id, in: column)
                changed += 1
            }
            try transaction.noteRewrapped(column, key: key, upTo: last)
            return (changed, unopened)
        }
    }
}

extension MasterKeyRing {
    /// The ids of keys that have not sealed anything yet, because they are to be the first only later.
    func comingIDs(for recipient: SealingRecipient) -> Set<String> {
        let generations = generations(of: recipient)
        var ids: Set<String> = []
        for key in keys {
            for generation in generations.dropFirst() where generation > generations[0] {
                ids.insert(key.derived(for: recipient, generation: generation).id)
            }
        }
        if let next {
            for generation in generations {
                ids.insert(next.derived(for: recipient, generation: generation).id)
            }
        }
        return ids
    }
}

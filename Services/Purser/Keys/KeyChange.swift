import Models
import ServiceRuntime

/// How the text of the key files changes, step by step.
enum KeyChange {
    case master
    case category(String)

    static func of(category name: String) throws -> KeyChange {
        guard Blueprints.named(name) != nil else {
            let known = Blueprints.all.map(\.category).joined(separator: ", ")
            throw CommandFailure(.usage, "There is no category \(name). Known are \(known).")
        }
        return .category(name)
    }

    /// The keys with a new one that only opens; as they are where there is one already.
    func adding(to ring: MasterKeyRing) throws -> MasterKeyRing {
        try Self.checked {
            switch self {
            case .master:
                guard ring.next == nil else { return ring }
                return try MasterKeyRing(
                    keys: ring.keys, next: MasterKey(), generations: ring.generations)
            case .category(let name):
                let numbers = ring.generations(of: .category(name))
                let highest = numbers.max() ?? 1
                guard highest == numbers[0] else { return ring }
                return try ring.with(generations: numbers + [highest + 1], of: name)
            }
        }
    }

    /// The keys with the new one before all others, so that it seals.
    func switching(_ ring: MasterKeyRing) throws -> MasterKeyRing {
        try Self.checked {
            switch self {
            case .master:
                guard let next = ring.next else { return ring }
                return try MasterKeyRing(keys: [next] + ring.keys, generations: ring.generations)
            case .category(let name):
                let numbers = ring.generations(of: .category(name))
                let highest = numbers.max() ?? 1
                return try ring.with(generations: [highest] + numbers.filter { $0 != highest }, of: name)
            }
        }
    }

    /// Which new key each service must have, by recipient; the orchestrator's under its own name.
    func comingIDs(in ring: MasterKeyRing) throws -> [String: String] {
        switch self {
        case .master:
            guard let next = ring.next else { return [:] }
            var ids = ["orchestrator": next.id]
            for name in KeyFiles.recipients {
                let recipient = try KeyFiles.recipient(name)
                let generation = ring.generations(of: recipient)[0]
                ids[recipient.name] = next.derived(for: recipient, generation: generation).id
            }
            return ids
        case .category(let name):
            let recipient = SealingRecipient.category(name)
            let id = ring.keys[0].derived(
                for: recipient, generation: ring.generations(of: recipient).max() ?? 1
            ).id
            return ["orchestrator": id, recipient.name: id]
        }
    }

    /// The key that seals now.
    func newID(in ring: MasterKeyRing) -> String { id(in: ring, at: 0) }

    /// The one that sealed before.
    func oldID(in ring: MasterKeyRing) -> String { id(in: ring, at: 1) }

    private func id(in ring: MasterKeyRing, at place: Int) -> String {
        switch self {
        case .master: return ring.keys[min(place, ring.keys.count - 1)].id
        case .category(let name):
            let numbers = ring.generations(of: .category(name))
            return ring.keys[0].derived(
                for: .category(name), generation: numbers[min(place, numbers.count - 1)]
            ).id
        }
    }

    /// The keys without an older one; nil where there is none with that id.
    static func removing(_ id: String, from ring: MasterKeyRing) throws -> MasterKeyRing? {
        try checked {
            let keys = ring.keys.dropFirst().filter { $0.id != id }
            let next = ring.next.flatMap { $0.id == id ? nil : $0 }
            if keys.count < ring.keys.count - 1 || (next == nil) != (ring.next == nil) {
                return try MasterKeyRing(
                    keys: [ring.keys[0]] + keys, next: next, generations: ring.generations)
            }
            for (name, numbers) in ring.generations {
                let rest = numbers.dropFirst().filter {
                    ring.keys[0].derived(for: .category(name), generation: $0).id != id
                }
                if rest.count < numbers.count - 1 {
                    return try ring.with(generations: [numbers[0]] + rest, of: name)
                }
            }
            return nil
        }
    }

    private static func checked<Value>(_ make: () throws -> Value) throws -> Value {
        do {
            return try make()
        } catch let error as SealingError {
            throw CommandFailure(
                .refused, "The keys cannot be changed so: \(error.message). Retire an old one first.")
        }
    }
}

extension MasterKeyRing {
    fileprivate func with(generations numbers: [Int], of category: String) throws(SealingError)
        -> MasterKeyRing
    {
        var all = generations
        all[category] = numbers
        return try MasterKeyRing(keys: keys, next: next, generations: all)
    }
}

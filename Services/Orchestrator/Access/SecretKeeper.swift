package import Models
package import ServiceRuntime
import Synchronization

/// Moves secrets from the key of one place to the key of another, without anyone else seeing them.
package final class SecretKeeper: Sendable {
    /// For the database.
    package let storage: Sealer
    /// For the gateway, in both directions.
    package let gateway: Sealer
    private let master: MasterKeys
    private let categories = Mutex<[String: Sealer]>([:])

    package convenience init(master: MasterKey) {
        self.init(master: MasterKeys(MasterKeyRing(master)))
    }

    /// - Parameter master: may change while the process runs; what is sealed then is sealed with the new keys.
    package init(master: MasterKeys) {
        self.master = master
        storage = Sealer(master.derived(for: .storage))
        gateway = Sealer(master.derived(for: .gateway))
    }

    /// For the adapters of a category, in both directions.
    package func category(_ name: String) -> Sealer {
        categories.withLock { sealers in
            if let sealer = sealers[name] { return sealer }
            let sealer = Sealer(master.derived(for: .category(name)))
            sealers[name] = sealer
            return sealer
        }
    }

    /// The master keys as they are now.
    package var masterRing: MasterKeyRing { master.ring }

    /// The same, however short ago they were looked up.
    package func masterRingAnew() -> MasterKeyRing { master.ringAnew() }

    /// Where a secret is sealed: with which key, for which context.
    package struct Place {
        let sealer: Sealer
        let context: String

        package init(_ sealer: Sealer, _ context: String) {
            self.sealer = sealer
            self.context = context
        }
    }

    /// Opens the secrets of an object that the gateway sent.
    ///
    /// - Throws: `RequestFailure` (`invalid`) where one does not open: it was sealed for another place or with a key that is
    ///   not kept any more.
    package func open(
        sent object: [String: JSONValue], fields: [FieldDefinition], context: String
    ) throws -> [String: JSONValue] {
        do {
            return try gateway.open(secretsOf: object, fields: fields, context: context)
        } catch let error as SealingError {
            throw RequestFailure(.invalid, "A secret of the request cannot be opened: \(error.message).")
        }
    }

    /// Seals the secrets of an object that the gateway sent for another place.
    package func move(
        sent object: [String: JSONValue], fields: [FieldDefinition], context: String, to: Place
    ) throws -> [String: JSONValue] {
        let open = try open(sent: object, fields: fields, context: context)
        return try to.sealer.seal(secretsOf: open, fields: fields, context: to.context)
    }

    /// Opens the secrets of an object in one place and seals them for another.
    package func move(
        _ object: [String: JSONValue], fields: [FieldDefinition], from: Place, to: Place
    ) throws -> [String: JSONValue] {
        guard fields.contains(where: \.hasSecrets) else { return object }
        let open = try from.sealer.open(secretsOf: object, fields: fields, context: from.context)
        return try to.sealer.seal(secretsOf: open, fields: fields, context: to.context)
    }
}

extension JSONValue {
    /// The value with `Secret.mask` in the place of everything that is sealed.
    package var maskingSealed: JSONValue {
        switch self {
        case .string(let text): Sealer.isSealed(text) ? .string(Secret.mask) : self
        case .array(let values): .array(values.map(\.maskingSealed))
        case .object(let members): .object(members.mapValues(\.maskingSealed))
        case .null, .bool, .integer, .number: self
        }
    }
}

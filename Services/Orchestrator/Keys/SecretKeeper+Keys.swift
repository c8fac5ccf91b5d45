import Models
import ServiceRuntime

extension SecretKeeper {
    /// What a category's key is sealed for storage under.
    static func context(ofKey id: String) -> String { "key/\(id)" }

    /// The sealers of all recipients.
    func sealers(categories: [String]) -> [SealingRecipient: Sealer] {
        var sealers: [SealingRecipient: Sealer] = [.storage: storage, .gateway: gateway]
        for name in categories { sealers[.category(name)] = category(name) }
        return sealers
    }

    /// Opens an action's debug data: with a key of its category, or with a retired one that is kept for that alone.
    ///
    /// - Parameter kept: finds a retired key by its id.
    func openDebugData(
        _ text: String, of action: ActionID, category name: String,
        kept: (String) async throws -> SealingKeyRecord?
    ) async throws -> JSONValue {
        let context = "\(action)/debug"
        do throws(SealingError) {
            return try category(name).open(text, context: context)
        } catch {
            guard error.kind == .unknownKey, let id = Sealer.keyID(of: text), let record = try await kept(id),
                record.recipient == SealingRecipient.category(name).name, let sealed = record.sealed,
                let key = try storage.open(sealed, context: Self.context(ofKey: id)).stringValue
            else { throw error }
            return try Sealer(try SealingKey(text: key)).open(text, context: context)
        }
    }
}

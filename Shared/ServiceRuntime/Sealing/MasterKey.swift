import Crypto
import Foundation
import Models

/// The key that all others are derived from. Only the orchestrator has it; gateway and adapters get a derived one.
package struct MasterKey: Sendable, Equatable, CustomStringConvertible {
    /// Its length: 256 bits.
    package static let byteCount = 32

    private let key: SymmetricKey

    /// A new key from the system's random source.
    package init() {
        key = SymmetricKey(size: .bits256)
    }

    /// Reads a key as `text` writes it.
    ///
    /// - Throws: `SealingError` where it is not the base64 form of 32 bytes.
    package init(text: String) throws(SealingError) {
        key = try SymmetricKey(purserText: text)
    }

    /// Made as the id of a sealing key is; nothing is sealed with a master key itself.
    package var id: String { key.purserID }

    /// The key in base64, for the file or secret store that keeps it.
    package var text: String { key.purserText }

    /// The key for one recipient, by HKDF-SHA256.
    ///
    /// - Parameter generation: of a category's key, from 1. The first has no number in what it is derived from, as before
    ///   there were generations.
    /// - SeeAlso: RFC 5869.
    package func derived(for recipient: SealingRecipient, generation: Int = 1) -> SealingKey {
        if recipient == .logCollector { return derived(for: .gateway).forLogCollector }
        let suffix = generation == 1 ? "" : "/\(generation)"
        return SealingKey(
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: key, info: Data("purser/v1/\(recipient.name)\(suffix)".utf8),
                outputByteCount: Self.byteCount))
    }

    package var description: String { Secret.mask }
}

/// Who may open what is sealed.
package enum SealingRecipient: Sendable, Hashable {
    /// The orchestrator's database.
    case storage
    /// The gateway and the orchestrator, between each other.
    case gateway
    /// The orchestrator and the adapters of a category, between each other.
    case category(String)
    /// The log collector, which only the gateway asks: its key is derived from the gateway's.
    case logCollector

    package var name: String {
        switch self {
        case .storage: "storage"
        case .gateway: "gateway"
        case .category(let category): "category/\(category)"
        case .logCollector: "log-collector"
        }
    }
}

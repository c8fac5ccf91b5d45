import Crypto
import Foundation
import Models

/// The key that all others are derived from. Only the orchestrator has it; gateway and adapters get a derived one.
package struct MasterKey: Sendable, CustomStringConvertible {
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

    /// The key in base64, for the file or secret store that keeps it.
    package var text: String { key.purserText }

    /// The key for one recipient, by HKDF-SHA256.
    ///
    /// - SeeAlso: RFC 5869.
    package func derived(for recipient: SealingRecipient) -> SealingKey {
        SealingKey(
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: key, info: Data("purser/v1/\(recipient.name)".utf8),
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

    package var name: String {
        switch self {
        case .storage: "storage"
        case .gateway: "gateway"
        case .category(let category): "category/\(category)"
        }
    }
}

extension SymmetricKey {
    init(purserText text: String) throws(SealingError) {
        guard let bytes = Data(base64Encoded: text.trimmingCharacters(in: .whitespacesAndNewlines)),
            bytes.count == MasterKey.byteCount
        else { throw SealingError(.malformedKey, "a key is the base64 form of \(MasterKey.byteCount) bytes") }
        self.init(data: bytes)
    }

    var purserText: String { withUnsafeBytes { Data($0) }.base64EncodedString() }
}

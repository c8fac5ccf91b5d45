import Crypto
import Foundation

/// A key that seals for one recipient, and its id.
package struct SealingKey: Sendable, CustomStringConvertible {
    let key: SymmetricKey
    /// What messages are signed with.
    let signing: SymmetricKey
    /// The first 8 hexadecimal digits of the key's SHA-256 under a label of its own; tells keys apart in rotation.
    package let id: String

    init(_ key: SymmetricKey) {
        self.key = key
        signing = Self.signingKey(from: key)
        id = key.purserID
    }

    /// Reads a key as `text` writes it.
    ///
    /// - Throws: `SealingError` where it is not the base64 form of 32 bytes.
    package init(text: String) throws(SealingError) {
        self.init(try SymmetricKey(purserText: text))
    }

    /// The key in base64, for the secret store of the service that gets it.
    package var text: String { key.purserText }

    package var description: String { "key \(id)" }
}

extension SymmetricKey {
    init(purserText text: some StringProtocol) throws(SealingError) {
        guard let bytes = Data(base64Encoded: text.trimmingCharacters(in: .whitespacesAndNewlines)),
            bytes.count == MasterKey.byteCount
        else { throw SealingError(.malformedKey, "a key is the base64 form of \(MasterKey.byteCount) bytes") }
        self.init(data: bytes)
    }

    var purserText: String { withUnsafeBytes { Data($0) }.base64EncodedString() }

    var purserID: String {
        let digest = withUnsafeBytes { SHA256.hash(data: Data("purser key id".utf8) + Data($0)) }
        return digest.prefix(4).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}

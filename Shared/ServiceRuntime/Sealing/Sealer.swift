import Crypto
import Foundation
package import Models

/// A key that seals for one recipient, and its id.
package struct SealingKey: Sendable, CustomStringConvertible {
    let key: SymmetricKey
    /// The first 8 hexadecimal digits of the key's SHA-256 under a label of its own; tells keys apart in rotation.
    package let id: String

    init(_ key: SymmetricKey) {
        self.key = key
        let digest = key.withUnsafeBytes { SHA256.hash(data: Data("purser key id".utf8) + Data($0)) }
        id = digest.prefix(4).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }

    /// Reads a key as `text` writes it.
    package init(text: String) throws(SealingError) {
        self.init(try SymmetricKey(purserText: text))
    }

    /// The key in base64, for the secret store of the service that gets it.
    package var text: String { key.purserText }

    package var description: String { "key \(id)" }
}

/// Seals values so that only holders of the key can read them, and only in the place that they were sealed for.
///
/// The sealed form is `sealed:v1:<key id>:<base64url of nonce, ciphertext and tag>`, AES-256-GCM with a random 96-bit
/// nonce. The context (record and field, as in `act_…/result/login_url`) is the associated data: a sealed value that
/// was moved elsewhere does not open.
package struct Sealer: Sendable {
    private static let prefix = "sealed:v1:"

    private let current: SealingKey
    private let known: [String: SealingKey]

    /// - Parameters:
    ///   - key: seals, and opens what it sealed.
    ///   - older: open what was sealed before a rotation.
    package init(_ key: SealingKey, older: [SealingKey] = []) {
        current = key
        known = Dictionary((older + [key]).map { ($0.id, $0) }) { _, last in last }
    }

    /// Whether a text is in the sealed form.
    package static func isSealed(_ text: String) -> Bool { text.hasPrefix(prefix) }

    /// Seals any JSON value.
    package func seal(_ value: JSONValue, context: String) throws(SealingError) -> String {
        do {
            let plain = try JSONEncoder().encode(value)
            let box = try AES.GCM.seal(plain, using: current.key, authenticating: Data(context.utf8))
            guard let combined = box.combined else {
                throw SealingError(.internal, "the nonce has not its usual length")
            }
            return Self.prefix + current.id + ":"
                + combined.base64EncodedString()
                .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        } catch let error as SealingError {
            throw error
        } catch {
            throw SealingError(.internal, "the value could not be sealed")
        }
    }

    /// Opens what was sealed for this context.
    ///
    /// - Throws: `malformed`, `unknownKey`, or `refused` where key or context do not fit or it was changed.
    package func open(_ text: String, context: String) throws(SealingError) -> JSONValue {
        guard text.hasPrefix(Self.prefix) else { throw SealingError(.malformed, "the value is not sealed") }
        let parts = text.dropFirst(Self.prefix.count).split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let combined = Self.bytes(base64URL: parts[1]) else {
            throw SealingError(.malformed, "the sealed value is damaged")
        }
        guard let key = known[String(parts[0])] else {
            throw SealingError(.unknownKey, "the value was sealed with another key")
        }
        do {
            let box = try AES.GCM.SealedBox(combined: combined)
            let plain = try AES.GCM.open(box, using: key.key, authenticating: Data(context.utf8))
            return try JSONDecoder().decode(JSONValue.self, from: plain)
        } catch {
            throw SealingError(.refused, "the sealed value does not open in this place")
        }
    }

    private static func bytes(base64URL text: Substring) -> Data? {
        var base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.count % 4) % 4)
        return Data(base64Encoded: String(base64))
    }
}

/// Why a value could not be sealed or opened. Never shows the value or a key.
package struct SealingError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: String, Sendable {
        case malformedKey, malformed, unknownKey, refused, `internal`
    }

    package let kind: Kind
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }
}

import Crypto
import Foundation
package import Models

/// Seals values so that only holders of the key can read them, and only in the place that they were sealed for.
///
/// The sealed form is `sealed:v1:<key id>:<base64url of nonce, ciphertext and tag>`, AES-256-GCM with a random 96-bit
/// nonce. The context (record and field, as in `act_…/result/login_url`) is the associated data: a sealed value that
/// was moved elsewhere does not open.
package struct Sealer: Sendable {
    private static let prefix = "sealed:v1:"

    let keys: any SealingKeys

    /// - Parameter keys: one of them seals, all of them open.
    package init(_ keys: any SealingKeys) {
        self.keys = keys
    }

    /// - Parameters:
    ///   - key: seals, and opens what it sealed.
    ///   - older: open what was sealed before a rotation.
    package init(_ key: SealingKey, older: [SealingKey] = []) {
        self.init(KeyRing(key, others: older))
    }

    /// The key that seals now.
    package var current: SealingKey { keys.ring.current }

    /// The keys that open, by id.
    package var known: [String: SealingKey] { keys.ring.known }

    /// The ids of the keys that open, the one that seals first.
    package var keyIDs: [String] { keys.ring.ids }

    /// A key by its id. One that is not known is looked for anew: it may have come just now.
    package func key(_ id: String) -> SealingKey? {
        keys.ring.known[id] ?? keys.ringAnew().known[id]
    }

    /// Whether a text is in the sealed form.
    package static func isSealed(_ text: String) -> Bool { text.hasPrefix(prefix) }

    /// What a text that was sealed with a key begins with.
    package static func prefix(ofKey id: String) -> String { prefix + id + ":" }

    /// The id of the key that a text was sealed with; nil where it is not sealed.
    package static func keyID(of text: String) -> String? {
        guard isSealed(text) else { return nil }
        return String(text.dropFirst(prefix.count).prefix { $0 != ":" })
    }

    /// Seals any JSON value.
    package func seal(_ value: JSONValue, context: String) throws(SealingError) -> String {
        let current = current
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
        guard let key = key(String(parts[0])) else {
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

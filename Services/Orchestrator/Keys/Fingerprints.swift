import Crypto
import Foundation
import Models
import ServiceRuntime

/// Tells repeats from other requests, without keeping what a weak secret among their parameters could be found by.
///
/// A plain hash of a request is one that an attacker with a copy of the database can try passwords against. So what is
/// kept is an HMAC under a key of its own, which is made at the first start, kept sealed for storage, and stays the same
/// when the other keys change.
package struct Fingerprints: Sendable {
    /// What the key is known by among the kept keys.
    static let keyID = "fingerprints"

    private let key: SymmetricKey
    private let gateway: Sealer

    /// Reads the key, or makes it at the first start.
    static func load(from store: Store, secrets: SecretKeeper) async throws -> Fingerprints {
        let storage = secrets.storage
        let context = SecretKeeper.context(ofKey: keyID)
        let text: String = try await store.write { transaction in
            if let sealed = try transaction.sealingKey(keyID)?.sealed {
                guard let text = try storage.open(sealed, context: context).stringValue else {
                    throw StoreError.damaged("sealing_keys.sealed")
                }
                return text
            }
            let made = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }.base64EncodedString()
            try transaction.store(
                SealingKeyRecord(
                    id: keyID, recipient: keyID, sealed: try storage.seal(.string(made), context: context)))
            return made
        }
        guard let bytes = Data(base64Encoded: text) else { throw StoreError.damaged("sealing_keys.sealed") }
        return Fingerprints(key: SymmetricKey(data: bytes), gateway: secrets.gateway)
    }

    /// What is kept of a request's fingerprint.
    ///
    /// - Parameters:
    ///   - given: as the gateway sent it: sealed where the request has secrets.
    ///   - context: what it was sealed for.
    func kept(_ given: String, context: String) throws -> String {
        let plain = try plain(given, context: context)
        let code = HMAC<SHA256>.authenticationCode(for: Data(plain.utf8), using: key)
        return Data(code).base64EncodedString()
    }

    /// Whether a request has the fingerprint that was kept. Earlier versions kept it as it is.
    func matches(_ kept: String, _ given: String, context: String) throws -> Bool {
        try kept == self.kept(given, context: context) || kept == plain(given, context: context)
    }

    private func plain(_ given: String, context: String) throws -> String {
        guard Sealer.isSealed(given) else { return given }
        do {
            return try gateway.open(given, context: context).stringValue ?? ""
        } catch {
            throw RequestFailure(.invalid, "The request's fingerprint cannot be opened: \(error.message).")
        }
    }
}

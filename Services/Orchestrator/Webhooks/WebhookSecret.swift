import Crypto
import Foundation

/// What deliveries are signed with.
///
/// - SeeAlso: Standard Webhooks, "Signature scheme": `v1` is HMAC-SHA256.
enum WebhookSecret {
    static let prefix = "whsec_"

    /// A new secret: `whsec_` and the base64 form of 32 random bytes.
    static func make() -> String {
        prefix + SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }.base64EncodedString()
    }

    /// The signature of a delivery, as it stands in the header: `v1,` and base64.
    ///
    /// - Parameter seconds: since 1970, as in the header `webhook-timestamp`.
    /// - Returns: nil where the text is no secret.
    static func signature(_ secret: String, id: String, seconds: Int64, body: String) -> String? {
        guard secret.hasPrefix(prefix), let key = Data(base64Encoded: String(secret.dropFirst(prefix.count)))
        else { return nil }
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("\(id).\(seconds).\(body)".utf8), using: SymmetricKey(data: key))
        return "v1," + Data(code).base64EncodedString()
    }
}

import AdapterKit
import Crypto
import Foundation
import Models

/// The signed token in a login address: a JSON Web Token that names the order and ends soon.
///
/// - SeeAlso: RFC 7519; RFC 7515, section 7.1 (compact form); RFC 7518, section 3.2 (HS256).
enum TitanMailToken {
    /// How long a login address works: 5 min.
    static let validity = Duration.seconds(300)
    private static let header = #"{"typ":"JWT","alg":"HS256"}"#

    /// - Parameter orderID: the vendor's id of the order.
    static func make(orderID: String, at now: Timestamp, secret: String) -> String {
        let end = now.advanced(by: validity).milliseconds / 1_000
        let claims: JSONValue = ["titanOrderId": .string(orderID), "exp": .integer(Int(end))]
        let text = encoded(Data(header.utf8)) + "." + encoded(Data(claims.text.utf8))
        let signature = HMAC<SHA256>.authenticationCode(
            for: Data(text.utf8), using: SymmetricKey(data: Data(secret.utf8)))
        return text + "." + encoded(Data(signature))
    }

    /// Base64 for addresses, without padding.
    ///
    /// - SeeAlso: RFC 4648, section 5.
    private static func encoded(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }
}

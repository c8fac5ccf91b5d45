import Crypto
import Foundation
import HTTPTypes
import HummingbirdCore
import Models
import ServiceRuntime

/// What a session's cookie holds: `psr_session_` and 43 characters for 256 random bits. It goes nowhere, only its SHA-256.
struct SessionSecret: Sendable, CustomStringConvertible {
    static let prefix = "psr_session_"
    private static let characters = prefix.utf8.count + 43

    private let text: String

    /// Nil where the text cannot be one.
    init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), text.utf8.count == Self.characters,
            text.utf8.allSatisfy({ Self.isAllowed($0) })
        else { return nil }
        self.text = text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// For the cookie alone.
    var revealed: String { text }

    /// What the orchestrator knows it by: SHA-256 in hexadecimal digits.
    var hash: String { Hexadecimal.text(of: SHA256.hash(data: Data(text.utf8))) }

    /// What requests of the session's cookie that change something send along. It follows from the secret (HMAC-SHA-256), so
    /// that nothing is stored, and tells nothing of it.
    var csrfToken: String { Base64URL.text(of: Data(csrfCode)) }

    /// Whether this is the session's `csrfToken`, compared in constant time.
    func accepts(csrfToken given: String) -> Bool {
        guard let code = Base64URL.bytes(given) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Self.csrfLabel, using: csrfKey)
    }

    private static let csrfLabel = Data("purser csrf token".utf8)
    private var csrfKey: SymmetricKey { SymmetricKey(data: Data(text.utf8)) }
    private var csrfCode: HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Self.csrfLabel, using: csrfKey)
    }

    var description: String { Secret.mask }
}

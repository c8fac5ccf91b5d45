import Crypto
import Foundation
package import Models

/// The text of a bearer token: `psr_<role>_`, 43 characters for 256 random bits, and a checksum of 6: the CRC-32 of what
/// is before it, in digits of base 62. By the checksum a mistyped token, or one that a scanner found in a public place, can
/// be told from text that only looks like one, without asking anyone.
package enum TokenText {
    private static let prefix = "psr_"
    private static let randomCharacters = 43
    private static let checksumCharacters = 6
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// A new token.
    package static func make(role: Role) -> String {
        let text = "\(prefix)\(role.rawValue)_\(random())"
        return text + checksum(of: text)
    }

    /// 256 random bits in base64url, without padding.
    package static func random() -> String {
        SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }.base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// Whether the text has the form of a token and a checksum that is not its own. Tokens of before there were checksums,
    /// and those that operators chose, have another form.
    package static func isMistyped(_ given: some StringProtocol) -> Bool {
        let text = String(given)
        guard text.hasPrefix(prefix) else { return false }
        let parts = text.dropFirst(prefix.count).split(
            separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, Role(rawValue: String(parts[0])) != nil,
            parts[1].utf8.count == randomCharacters + checksumCharacters
        else { return false }
        return checksum(of: String(text.dropLast(checksumCharacters))) != text.suffix(checksumCharacters)
    }

    private static func checksum(of text: String) -> String {
        var rest = crc32(text.utf8)
        var reversed: [UInt8] = []
        for _ in 0..<checksumCharacters {
            reversed.append(digits[Int(rest % 62)])
            rest /= 62
        }
        return String(decoding: reversed.reversed(), as: UTF8.self)
    }

    /// CRC-32 as in ISO/IEC 3309 (reflected, polynomial 0xEDB88320).
    static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var crc = UInt32.max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }
}

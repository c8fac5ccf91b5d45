import Crypto
import Foundation
import Models

/// Codes of authenticator apps: 6 digits, another one every 30 s.
///
/// - SeeAlso: RFC 6238 (TOTP) with SHA-1, which every app knows, on RFC 4226 (HOTP).
enum OneTimePassword {
    static let stepSeconds: Int64 = 30
    static let digits = 6
    /// How far an app's clock may be off, in steps.
    static let tolerance = 1
    /// 160 bits, as RFC 4226 recommends.
    static let secretBytes = 20

    static func step(at time: Timestamp) -> Int { Int(time.milliseconds / 1000 / stepSeconds) }

    /// The code of a step.
    static func code(of secret: Data, step: Int, digits: Int = digits) -> String {
        let counter = withUnsafeBytes(of: UInt64(max(0, step)).bigEndian) { Data($0) }
        let mac = Array(
            HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret)))
        let offset = Int(mac[19] & 0xF)
        let number = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let text = String(Int(number) % (0..<digits).reduce(1) { power, _ in power * 10 })
        return String(repeating: "0", count: digits - text.count) + text
    }

    /// The step that the code is of, near the time and behind `lastStep`; nil where there is none. Takes the same time
    /// whichever it is.
    static func step(
        of code: String, secret: Data, at time: Timestamp, after lastStep: Int?
    ) -> Int? {
        let given = Array(code.utf8.filter { $0 != UInt8(ascii: " ") })
        let now = step(at: time)
        var found: Int?
        for step in now - tolerance...now + tolerance {
            let expected = Array(self.code(of: secret, step: step).utf8)
            var difference: UInt8 = given.count == expected.count ? 0 : 1
            for (left, right) in zip(given, expected) { difference |= left ^ right }
            if difference == 0, step > lastStep ?? -1 { found = step }
        }
        return found
    }

    /// The address that an app is set up with.
    ///
    /// - SeeAlso: the Key URI Format of Google Authenticator's wiki.
    static func address(secret: String, email: String) -> String {
        var address = URLComponents()
        address.scheme = "otpauth"
        address.host = "totp"
        address.path = "/Purser:\(email)"
        address.queryItems = [
            URLQueryItem(name: "secret", value: secret), URLQueryItem(name: "issuer", value: "Purser"),
            URLQueryItem(name: "algorithm", value: "SHA1"), URLQueryItem(name: "digits", value: "\(digits)"),
            URLQueryItem(name: "period", value: "\(stepSeconds)"),
        ]
        return address.string ?? ""
    }
}

/// Bytes in base 32 without padding (RFC 4648, section 6).
enum Base32 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    static func text(of bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(digits[Int(buffer >> UInt32(bits) & 31)])
            }
        }
        if bits > 0 { text.append(digits[Int(buffer << UInt32(5 - bits) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil where the text is none.
    static func bytes(_ text: String) -> Data? {
        var bytes = Data()
        var buffer: UInt32 = 0
        var bits = 0
        for character in text.utf8 {
            guard let digit = digits.firstIndex(of: character) else { return nil }
            buffer = (buffer << 5 | UInt32(digit)) & 0xFFFF
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(buffer >> UInt32(bits) & 0xFF))
            }
        }
        return bytes
    }
}

package import Foundation

/// The signature of a message: the first member of its envelope, without white space before or within it, as in
/// `{"signature":"v1.<key id>.<64 hexadecimal digits>","specversion":"1.0", …`.
///
/// It stands in the body, as an extension attribute, and not in a header of the broker: so it goes with the message into
/// the outbox and the dead letters. What is signed are the bytes that were sent, without this member; nothing is encoded
/// anew to check it.
///
/// - SeeAlso: CloudEvents 1.0.2, section 3 (extension context attributes).
package struct MessageSignature: Sendable, Equatable {
    private static let opening = Array(#"{"signature":"v1."#.utf8)
    private static let closing = Array(#"","#.utf8)
    /// How long the id of a key may be.
    private static let keyIDLimit = 64
    /// HMAC-SHA256: 32 bytes.
    private static let codeBytes = 32
    /// How many bytes a signature takes at most.
    private static let longest = opening.count + keyIDLimit + 1 + codeBytes * 2 + closing.count

    /// The id of the key that it was made with.
    package let keyID: String
    /// The code, 32 bytes.
    package let code: [UInt8]
    /// How many bytes of the body it takes: the brace, and all up to the comma behind it.
    let length: Int

    init(keyID: String, code: [UInt8]) {
        self.keyID = keyID
        self.code = code
        length = Self.opening.count + keyID.utf8.count + 1 + code.count * 2 + Self.closing.count
    }

    /// Reads the signature of an envelope; nil where it begins with none.
    package init?(of body: Data) {
        let bytes = Array(body.prefix(Self.longest))
        guard bytes.starts(with: Self.opening) else { return nil }
        let rest = bytes.dropFirst(Self.opening.count)
        guard let dot = rest.prefix(Self.keyIDLimit + 1).firstIndex(of: UInt8(ascii: ".")) else { return nil }
        let digits = rest[(dot + 1)...].prefix(Self.codeBytes * 2)
        guard let code = Self.bytes(hexadecimal: digits), code.count == Self.codeBytes,
            rest[digits.endIndex...].starts(with: Self.closing)
        else { return nil }
        self.init(keyID: String(decoding: rest[..<dot], as: UTF8.self), code: code)
    }

    /// The envelope without its signature; what has none is left as it is.
    package static func removed(from body: Data) -> Data {
        guard let signature = MessageSignature(of: body) else { return body }
        var bytes = Data(capacity: body.count - signature.length + 1)
        bytes.append(UInt8(ascii: "{"))
        bytes.append(body.dropFirst(signature.length))
        return bytes
    }

    /// The envelope with this signature.
    ///
    /// - Parameter body: an object with a member at least, without a signature.
    func added(to body: Data) -> Data {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length + body.count)
        bytes.append(contentsOf: Self.opening)
        bytes.append(contentsOf: keyID.utf8)
        bytes.append(UInt8(ascii: "."))
        for byte in code {
            bytes.append(Self.digits[Int(byte >> 4)])
            bytes.append(Self.digits[Int(byte & 15)])
        }
        bytes.append(contentsOf: Self.closing)
        bytes.append(contentsOf: body.dropFirst())
        return Data(bytes)
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private static func bytes(hexadecimal text: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var high: UInt8?
        for character in text {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return high == nil ? bytes : nil
    }
}

/// Writes JSON into bytes, without an encoder's containers: messages and log entries are written thousands of times a second.
///
/// - SeeAlso: RFC 8259, section 7 (strings).
extension [UInt8] {
    private static let hexDigits = Array("0123456789abcdef".utf8)
    private static let ellipsis = Array("…".utf8)

    package mutating func append(literal text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends the text as a JSON string.
    ///
    /// - Parameter limit: how many bytes of the text's UTF-8 are kept; what is longer ends with an ellipsis.
    package mutating func append(jsonString text: String, limit: Int = .max) {
        append(34)
        var text = text
        text.withUTF8 { bytes in
            if bytes.count <= limit {
                append(escaping: bytes)
            } else {
                var end = limit
                while end > 0, bytes[end] & 0b1100_0000 == 0b1000_0000 { end -= 1 }
                append(escaping: UnsafeBufferPointer(rebasing: bytes[..<end]))
                append(contentsOf: Self.ellipsis)
            }
        }
        append(34)
    }

    /// Copies what needs no escape in runs.
    private mutating func append(escaping bytes: UnsafeBufferPointer<UInt8>) {
        var start = 0
        for index in bytes.indices {
            let byte = bytes[index]
            guard byte < 32 || byte == 34 || byte == 92 else { continue }
            append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<index]))
            append(escape: byte)
            start = index + 1
        }
        append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...]))
    }

    private mutating func append(escape byte: UInt8) {
        switch byte {
        case 34: append(literal: #"\""#)
        case 92: append(literal: #"\\"#)
        case 10: append(literal: #"\n"#)
        case 13: append(literal: #"\r"#)
        case 9: append(literal: #"\t"#)
        default:
            append(literal: #"\u00"#)
            append(Self.hexDigits[Int(byte >> 4)])
            append(Self.hexDigits[Int(byte & 15)])
        }
    }
}

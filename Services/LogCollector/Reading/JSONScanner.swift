import Foundation

/// Bytes that are not the JSON that was expected.
struct JSONScanError: Error {}

/// Reads JSON from front to back without building a value of all of it: the collector reads thousands of entries a
/// second and stores most of each as the text that it is.
///
/// - SeeAlso: RFC 8259.
struct JSONScanner {
    /// How deep values may be nested.
    private static let depthLimit = 64

    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var index = 0

    /// - Parameter bytes: must live as long as the scanner.
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// The next byte that is no white space; nil at the end.
    mutating func peek() -> UInt8? {
        while index < bytes.count {
            switch bytes[index] {
            case 32, 9, 10, 13: index += 1
            case let byte: return byte
            }
        }
        return nil
    }

    mutating func expect(_ byte: UInt8) throws(JSONScanError) {
        guard peek() == byte else { throw JSONScanError() }
        index += 1
    }

    /// Goes to an object's next member, after its colon.
    ///
    /// - Parameter isFirst: whether the opening brace was read last; set to false.
    /// - Returns: the member's name as it is written, or nil after the closing brace.
    mutating func nextMember(_ isFirst: inout Bool) throws(JSONScanError) -> UnsafeBufferPointer<UInt8>? {
        if try ends(with: UInt8(ascii: "}"), &isFirst) { return nil }
        let name = try rawString().text
        try expect(UInt8(ascii: ":"))
        return name
    }

    /// Goes to an array's next element.
    ///
    /// - Returns: false after the closing bracket.
    mutating func nextElement(_ isFirst: inout Bool) throws(JSONScanError) -> Bool {
        try !ends(with: UInt8(ascii: "]"), &isFirst)
    }

    /// A string value. A null character, at which the database would cut the text, is replaced.
    mutating func string() throws(JSONScanError) -> String {
        let (raw, hasEscapes) = try rawString()
        guard hasEscapes else { return String(decoding: raw, as: UTF8.self) }
        let token = Data([34] + Array(raw) + [34])
        do {
            return try JSONDecoder().decode(String.self, from: token).replacing("\0", with: "\u{FFFD}")
        } catch {
            throw JSONScanError()
        }
    }

    /// The text of any value.
    mutating func value() throws(JSONScanError) -> UnsafeBufferPointer<UInt8> {
        guard peek() != nil else { throw JSONScanError() }
        let start = index
        try skipValue(depth: 0)
        return UnsafeBufferPointer(rebasing: bytes[start..<index])
    }

    // MARK: Parts

    private mutating func ends(with closing: UInt8, _ isFirst: inout Bool) throws(JSONScanError) -> Bool {
        if peek() == closing {
            index += 1
            return true
        }
        if !isFirst { try expect(UInt8(ascii: ",")) }
        isFirst = false
        return false
    }

    /// What stands between the quotes.
    private mutating func rawString() throws(JSONScanError) -> (
        text: UnsafeBufferPointer<UInt8>, hasEscapes: Bool
    ) {
        try expect(UInt8(ascii: "\""))
        let start = index
        var hasEscapes = false
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                return (UnsafeBufferPointer(rebasing: bytes[start..<index - 1]), hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try skipEscape()
            case 0..<32: throw JSONScanError()
            default: break
            }
        }
        throw JSONScanError()
    }

    private mutating func skipEscape() throws(JSONScanError) {
        guard index < bytes.count else { throw JSONScanError() }
        let byte = bytes[index]
        index += 1
        if byte == UInt8(ascii: "u") {
            guard index + 4 <= bytes.count, bytes[index..<index + 4].allSatisfy(Self.isHex) else {
                throw JSONScanError()
            }
            index += 4
        } else if !#"\"/bfnrt"#.utf8.contains(byte) {
            throw JSONScanError()
        }
    }

    private mutating func skipValue(depth: Int) throws(JSONScanError) {
        guard depth < Self.depthLimit, let byte = peek() else { throw JSONScanError() }
        var isFirst = true
        switch byte {
        case UInt8(ascii: "\""): _ = try rawString()
        case UInt8(ascii: "{"):
            index += 1
            while try nextMember(&isFirst) != nil { try skipValue(depth: depth + 1) }
        case UInt8(ascii: "["):
            index += 1
            while try nextElement(&isFirst) { try skipValue(depth: depth + 1) }
        case UInt8(ascii: "t"): try skip("true")
        case UInt8(ascii: "f"): try skip("false")
        case UInt8(ascii: "n"): try skip("null")
        default: try skipNumber()
        }
    }

    private mutating func skip(_ literal: StaticString) throws(JSONScanError) {
        let count = literal.utf8CodeUnitCount
        guard index + count <= bytes.count,
            bytes[index..<index + count].elementsEqual(
                UnsafeBufferPointer(start: literal.utf8Start, count: count))
        else { throw JSONScanError() }
        index += count
    }

    private mutating func skipNumber() throws(JSONScanError) {
        skipByte { $0 == UInt8(ascii: "-") }
        if !skipByte({ $0 == UInt8(ascii: "0") }) { try skipDigits() }
        if skipByte({ $0 == UInt8(ascii: ".") }) { try skipDigits() }
        if skipByte({ $0 | 32 == UInt8(ascii: "e") }) {
            skipByte { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
            try skipDigits()
        }
    }

    private mutating func skipDigits() throws(JSONScanError) {
        guard skipByte(Self.isDigit) else { throw JSONScanError() }
        while skipByte(Self.isDigit) {}
    }

    @discardableResult
    private mutating func skipByte(_ matches: (UInt8) -> Bool) -> Bool {
        guard index < bytes.count, matches(bytes[index]) else { return false }
        index += 1
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    private static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (97...102).contains(byte | 32) }
}

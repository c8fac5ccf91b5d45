import Foundation
import Models

/// Bytes that are not the JSON that was expected.
struct JSONScanError: Error {}

/// Reads JSON from front to back without building a value of all of it: the collector reads thousands of entries a
/// second and stores most of each as the text that it is.
///
/// It takes nothing that `JSONParser` refuses, so that two readers of one message never differ: no half characters, no
/// bytes that are no UTF-8, no numbers that no `Double` holds, and no two members of one name.
///
/// - SeeAlso: RFC 8259.
struct JSONScanner {
    /// How deep a value may be nested: half of what the parser takes, as there is a message around it.
    private static let depthLimit = JSONParser.depthLimit / 2

    /// What stands between the quotes of a string.
    fileprivate struct RawString {
        let text: UnsafeBufferPointer<UInt8>
        let hasEscapes: Bool
    }

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
    /// - Returns: the member's name, or nil after the closing brace.
    /// - Throws: also where the name is written with escapes: it could be one that is known.
    mutating func nextMember(_ isFirst: inout Bool) throws(JSONScanError) -> UnsafeBufferPointer<UInt8>? {
        guard let name = try nextName(&isFirst) else { return nil }
        guard !name.hasEscapes else { throw JSONScanError() }
        return name.text
    }

    /// Goes to an array's next element.
    ///
    /// - Returns: false after the closing bracket.
    mutating func nextElement(_ isFirst: inout Bool) throws(JSONScanError) -> Bool {
        try !ends(with: UInt8(ascii: "]"), &isFirst)
    }

    /// A string value. A null character, at which the database would cut the text, is replaced.
    mutating func string() throws(JSONScanError) -> String {
        let text = try Self.text(try rawString())
        return text.utf8.contains(0) ? text.replacing("\0", with: "\u{FFFD}") : text
    }

    fileprivate static func text(_ raw: RawString) throws(JSONScanError) -> String {
        guard raw.hasEscapes else { return String(decoding: raw.text, as: UTF8.self) }
        do {
            return try JSONDecoder().decode(String.self, from: Data([34] + Array(raw.text) + [34]))
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

    private mutating func nextName(_ isFirst: inout Bool) throws(JSONScanError) -> RawString? {
        if try ends(with: UInt8(ascii: "}"), &isFirst) { return nil }
        let name = try rawString()
        try expect(UInt8(ascii: ":"))
        return name
    }

    private mutating func rawString() throws(JSONScanError) -> RawString {
        try expect(UInt8(ascii: "\""))
        let start = index
        var hasEscapes = false
        var isASCII = true
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                let text = UnsafeBufferPointer(rebasing: bytes[start..<index - 1])
                guard isASCII || String(validating: text, as: UTF8.self) != nil else { throw JSONScanError() }
                return RawString(text: text, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try skipEscape()
            case 0..<32: throw JSONScanError()
            case 128...: isASCII = false
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
            try skipCharacter()
        } else if !#"\"/bfnrt"#.utf8.contains(byte) {
            throw JSONScanError()
        }
    }

    /// The digits of a character, and of its second half where it has two.
    private mutating func skipCharacter() throws(JSONScanError) {
        switch try codeUnit() {
        case 0xD800..<0xDC00:
            guard index + 2 <= bytes.count, bytes[index] == UInt8(ascii: "\\"),
                bytes[index + 1] == UInt8(ascii: "u")
            else { throw JSONScanError() }
            index += 2
            guard (0xDC00..<0xE000).contains(try codeUnit()) else { throw JSONScanError() }
        case 0xDC00..<0xE000: throw JSONScanError()
        default: break
        }
    }

    private mutating func codeUnit() throws(JSONScanError) -> UInt16 {
        guard index + 4 <= bytes.count, bytes[index..<index + 4].allSatisfy(Self.isHex),
            let unit = UInt16(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
        else { throw JSONScanError() }
        index += 4
        return unit
    }

    private mutating func skipValue(depth: Int) throws(JSONScanError) {
        guard depth < Self.depthLimit, let byte = peek() else { throw JSONScanError() }
        var isFirst = true
        switch byte {
        case UInt8(ascii: "\""): _ = try rawString()
        case UInt8(ascii: "{"):
            index += 1
            var names = Names()
            while let name = try nextName(&isFirst) {
                try names.add(name)
                try skipValue(depth: depth + 1)
            }
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
        let start = index
        skipByte { $0 == UInt8(ascii: "-") }
        if !skipByte({ $0 == UInt8(ascii: "0") }) { try skipDigits() }
        if skipByte({ $0 == UInt8(ascii: ".") }) { try skipDigits() }
        if skipByte({ $0 | 32 == UInt8(ascii: "e") }) {
            skipByte { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
            try skipDigits()
        } else if index - start < Self.finiteDigits {
            return
        }
        guard Double(String(decoding: bytes[start..<index], as: UTF8.self))?.isFinite == true else {
            throw JSONScanError()
        }
    }

    /// Fewer digits than this, without an exponent, are in reach of a `Double`.
    private static let finiteDigits = 300

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

    // MARK: Names

    /// The names of one object, none of which may be there twice.
    struct Names {
        /// Names as they are written; while all are plain, and few, they are compared one by one.
        private var plain: [UnsafeBufferPointer<UInt8>] = []
        private var texts: Set<String> = []

        private static let fewNames = 24

        /// - Parameter name: without escapes.
        mutating func add(_ name: UnsafeBufferPointer<UInt8>) throws(JSONScanError) {
            try add(RawString(text: name, hasEscapes: false))
        }

        fileprivate mutating func add(_ name: RawString) throws(JSONScanError) {
            let isPlain = !name.hasEscapes && name.text.allSatisfy { $0 < 128 }
            guard isPlain, texts.isEmpty, plain.count < Self.fewNames else { return try add(text: name) }
            guard !plain.contains(where: { $0.count == name.text.count && $0.elementsEqual(name.text) })
            else {
                throw JSONScanError()
            }
            plain.append(name.text)
        }

        private mutating func add(text name: RawString) throws(JSONScanError) {
            if texts.isEmpty { texts = Set(plain.map { String(decoding: $0, as: UTF8.self) }) }
            guard texts.insert(try JSONScanner.text(name)).inserted else { throw JSONScanError() }
        }
    }
}

/// Reads JSON text strictly (RFC 8259).
///
/// Besides what the grammar refuses, it refuses nesting deeper than `JSONParser.depthLimit`, a member named twice in one
/// object, lone surrogates, bytes that are no UTF-8, and numbers that no `Double` holds.
package struct JSONParser {
    /// How deep values may be nested.
    package static let depthLimit = 64

    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0
    private var depth = 0

    /// - Throws: `JSONParsingError`, whose message says where.
    package static func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONParsingError) -> JSONValue {
        var parser = JSONParser(bytes: bytes)
        parser.skipSpace()
        let value = try parser.value()
        parser.skipSpace()
        guard parser.index == bytes.count else { throw parser.error("the text goes on behind its end") }
        return value
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    private func error(_ reason: String) -> JSONParsingError {
        JSONParsingError(message: "\(reason) (byte \(index))")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    // MARK: Values

    private mutating func value() throws(JSONParsingError) -> JSONValue {
        switch byte {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte): return try number()
        case nil: throw error("it ends too early")
        default: throw error("a value was expected")
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONParsingError) -> JSONValue
    {
        let count = text.utf8CodeUnitCount
        guard bytes.count - index >= count,
            bytes[index..<index + count].elementsEqual(
                UnsafeBufferPointer(start: text.utf8Start, count: count))
        else { throw error("a value was expected") }
        index += count
        return value
    }

    private mutating func enter() throws(JSONParsingError) {
        depth += 1
        index += 1
        guard depth <= Self.depthLimit else { throw error("it is nested deeper than \(Self.depthLimit) levels") }
        skipSpace()
    }

    private mutating func object() throws(JSONParsingError) -> JSONValue {
        try enter()
        var members: [String: JSONValue] = [:]
        if byte == UInt8(ascii: "}") {
            leave()
            return .object(members)
        }
        while true {
            guard byte == UInt8(ascii: "\"") else { throw error("a member's name was expected") }
            let name = try string()
            skipSpace()
            guard byte == UInt8(ascii: ":") else { throw error("a colon was expected") }
            index += 1
            skipSpace()
            guard members.updateValue(try value(), forKey: name) == nil else {
                throw error("an object has two members of one name")
            }
            if try !goesOn(until: UInt8(ascii: "}")) { return .object(members) }
        }
    }

    private mutating func array() throws(JSONParsingError) -> JSONValue {
        try enter()
        var elements: [JSONValue] = []
        if byte == UInt8(ascii: "]") {
            leave()
            return .array(elements)
        }
        while true {
            elements.append(try value())
            if try !goesOn(until: UInt8(ascii: "]")) { return .array(elements) }
        }
    }

    private mutating func leave() {
        depth -= 1
        index += 1
    }

    /// Whether a comma follows; otherwise the end must.
    private mutating func goesOn(until end: UInt8) throws(JSONParsingError) -> Bool {
        skipSpace()
        if byte == UInt8(ascii: ",") {
            index += 1
            skipSpace()
            return true
        }
        guard byte == end else { throw error("a comma or an end was expected") }
        leave()
        return false
    }

    // MARK: Numbers

    /// Whole numbers that fit 64 bits become integers, as `1.0` and `1e2` do (JSON Schema 2020-12, 6.1.1).
    private mutating func number() throws(JSONParsingError) -> JSONValue {
        let start = index
        if byte == UInt8(ascii: "-") { index += 1 }
        let first = byte
        let whole = skipDigits()
        guard whole > 0, whole == 1 || first != UInt8(ascii: "0") else {
            throw error("a number was expected")
        }
        var isWhole = true
        if byte == UInt8(ascii: ".") {
            isWhole = false
            index += 1
            guard skipDigits() > 0 else { throw error("a digit was expected") }
        }
        if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            isWhole = false
            index += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { index += 1 }
            guard skipDigits() > 0 else { throw error("a digit was expected") }
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if isWhole, let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw error("a number is too large") }
        if let integer = Int(exactly: number) { return .integer(integer) }
        return .number(number)
    }

    private mutating func skipDigits() -> Int {
        let start = index
        while let byte, Self.isDigit(byte) { index += 1 }
        return index - start
    }

    // MARK: Strings

    private mutating func string() throws(JSONParsingError) -> String {
        index += 1
        let start = index
        while let byte {
            switch byte {
            case UInt8(ascii: "\""):
                let text = String(validating: bytes[start..<index], as: UTF8.self)
                index += 1
                guard let text else { throw error("a text is not UTF-8") }
                return text
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case 0..<0x20: throw error("a text has a control character")
            default: index += 1
            }
        }
        throw error("a text does not end")
    }

    private mutating func escapedString(from start: Int) throws(JSONParsingError) -> String {
        var text = Array(bytes[start..<index])
        while let byte {
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: text, as: UTF8.self) else {
                    throw error("a text is not UTF-8")
                }
                return text
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw error("a text has a control character")
            default: text.append(byte)
            }
        }
        throw error("a text does not end")
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F, UInt8(ascii: "b"): 0x08,
        UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
    ]

    private mutating func escape(into text: inout [UInt8]) throws(JSONParsingError) {
        guard let byte else { throw error("a text does not end") }
        index += 1
        guard byte == UInt8(ascii: "u") else {
            guard let plain = Self.escapes[byte] else { throw error("an escape is unknown") }
            text.append(plain)
            return
        }
        var scalar = try hexadecimal()
        if (0xD800..<0xDC00).contains(scalar) {
            guard bytes.count - index >= 2, bytes[index] == UInt8(ascii: "\\"),
                bytes[index + 1] == UInt8(ascii: "u")
            else { throw error("half a character was escaped") }
            index += 2
            let low = try hexadecimal()
            guard (0xDC00..<0xE000).contains(low) else { throw error("half a character was escaped") }
            scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let character = Unicode.Scalar(scalar) else { throw error("half a character was escaped") }
        text.append(contentsOf: UTF8.encode(character) ?? UTF8.encodedReplacementCharacter)
    }

    private mutating func hexadecimal() throws(JSONParsingError) -> UInt32 {
        guard bytes.count - index >= 4 else { throw error("a text does not end") }
        var value: UInt32 = 0
        for byte in bytes[index..<index + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("an escape is unknown")
            }
            value = value << 4 | UInt32(digit)
        }
        index += 4
        return value
    }
}

/// Why a text is not JSON. Never shows the text.
package struct JSONParsingError: Error, Equatable {
    /// What was expected or found, and where, as in `a colon was expected (byte 12)`.
    package let message: String
}

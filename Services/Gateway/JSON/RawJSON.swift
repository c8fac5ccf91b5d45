import Foundation
import Models

/// A JSON text that another service wrote, passed on without decoding it.
///
/// Members are found by skipping over what lies before them. Names are compared as they are written, so a name that is
/// written with escapes is not found; services write none. A text that is no JSON has no members.
struct RawJSON: Sendable {
    let bytes: Data

    init(_ bytes: Data) {
        self.bytes = bytes
    }

    /// The value of an object's member.
    subscript(_ name: StaticString) -> RawJSON? {
        members([name])[0]
    }

    /// The values of several members, found in one pass; nil for each that is not there.
    func members(_ names: [StaticString]) -> [RawJSON?] {
        let ranges = bytes.withUnsafeBytes { buffer in
            var scanner = JSONScanner(bytes: buffer.bindMemory(to: UInt8.self))
            return scanner.members(names)
        }
        return ranges.map { range in
            range.map { RawJSON(bytes[bytes.startIndex + $0.lowerBound..<bytes.startIndex + $0.upperBound]) }
        }
    }

    /// The text, where this is a string without escapes.
    var string: String? {
        guard bytes.count >= 2, bytes.first == UInt8(ascii: "\""), !bytes.contains(UInt8(ascii: "\\")) else {
            return nil
        }
        return String(validating: bytes.dropFirst().dropLast(), as: UTF8.self)
    }

    /// The whole number, where this is one.
    var integer: Int? { Int(String(decoding: bytes, as: UTF8.self)) }

    /// The truth value, where this is one.
    var bool: Bool? {
        bytes.elementsEqual("true".utf8) ? true : bytes.elementsEqual("false".utf8) ? false : nil
    }

    /// Whether a sealed value may be within.
    var mayHaveSealed: Bool {
        bytes.withUnsafeBytes { JSONScanner.find("sealed:v1:", in: $0.bindMemory(to: UInt8.self)) }
    }

    /// The value within.
    func decoded() throws(JSONParsingError) -> JSONValue { try JSONText.parse(bytes) }
}

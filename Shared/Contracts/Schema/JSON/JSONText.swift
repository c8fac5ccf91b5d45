package import Foundation

/// JSON text in UTF-8, read and written.
package enum JSONText {
    /// - Throws: `JSONParsingError` where the bytes are no JSON.
    package static func parse(_ data: Data) throws(JSONParsingError) -> JSONValue {
        let result = data.withUnsafeBytes { buffer in
            Result { () throws(JSONParsingError) in try JSONParser.parse(buffer.bindMemory(to: UInt8.self)) }
        }
        return try result.get()
    }

    /// - Throws: `JSONParsingError` where the text is no JSON.
    package static func parse(_ text: String) throws(JSONParsingError) -> JSONValue {
        var text = text
        let result = text.withUTF8 { buffer in
            Result { () throws(JSONParsingError) in try JSONParser.parse(buffer) }
        }
        return try result.get()
    }

    /// The value as JSON text.
    package static func bytes(_ value: some JSONConvertible) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        value.write(to: &bytes)
        return bytes
    }
}

import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models
import NIOCore

/// Reads the body of a request as a JSON object, or where that is expected from a form.
enum BodyReader {
    static let formContent = "application/x-www-form-urlencoded"

    /// - Throws: `Problem`: 413 as soon as more than `Limits.bodyBytes` came, 415 where a body is not declared as JSON,
    ///   400 where it is not JSON, 422 where it is no object or has a NUL character in a text.
    static func object(of request: Request, _ expected: RouteBody) async throws -> [String: JSONValue] {
        let buffer = try await bytes(of: request)
        if buffer.readableBytes == 0 {
            if expected.isOptional { return [:] }
            throw Problem(.notJSON, "The body is empty; a JSON object was expected.")
        }
        let contentType = request.headers[.contentType]
        if expected.takesForm, names(contentType, formContent) {
            return try QueryReader.values(
                String(buffer: buffer), parameters: expected.fields + [formToken], at: "")
        }
        guard names(contentType, Response.jsonContent) else {
            throw Problem(.notJSONContent, "Send the body with the header Content-Type: application/json.")
        }
        guard ["identity", nil].contains(request.headers[.contentEncoding]?.lowercased()) else {
            throw Problem(.notJSONContent, "Send the body as it is, without a Content-Encoding.")
        }
        let value = try buffer.withUnsafeReadableBytes { bytes in
            try JSONParser.parse(bytes.bindMemory(to: UInt8.self))
        }
        guard case .object(let object) = value else {
            throw Problem.invalid("", "must be a JSON object")
        }
        // A NUL character can only come from its escape.
        if buffer.withUnsafeReadableBytes({ JSONScanner.find("\\u0000", in: $0.bindMemory(to: UInt8.self)) }),
            let pointer = value.pointerToNUL(at: "")
        {
            throw Problem.invalid(pointer, "must not have the character U+0000")
        }
        return object
    }

    static func bytes(of request: Request) async throws -> ByteBuffer {
        let tooLarge = Problem(.bodyTooLarge, "A body may have \(Limits.bodyBytes) bytes at most.")
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Limits.bodyBytes {
            throw tooLarge
        }
        do {
            return try await request.body.collect(upTo: Limits.bodyBytes)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        } catch let error where !(error is CancellationError) {
            // Its chunks are none, or the connection broke off within it.
            throw Problem(.notJSON, "The body could not be read to its end.")
        }
    }

    /// What a page's form brings beside the fields.
    private static let formToken = FieldDefinition(name: RequestOrigin.formField, type: .string)

    private static func names(_ contentType: String?, _ expected: String) -> Bool {
        guard let contentType else { return false }
        let parts = contentType.split(separator: ";")
        guard let type = parts.first,
            type.trimmingCharacters(in: .whitespaces).lowercased() == expected
        else { return false }
        return parts.dropFirst().allSatisfy { parameter in
            let pair = parameter.lowercased().filter { $0 != " " && $0 != "\"" }
            return !pair.hasPrefix("charset=") || pair == "charset=utf-8"
        }
    }
}

extension JSONValue {
    /// Where the first text with a NUL character is; nil where there is none.
    func pointerToNUL(at pointer: String) -> String? {
        switch self {
        case .string(let text): return text.utf8.contains(0) ? pointer : nil
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                if let found = element.pointerToNUL(at: "\(pointer)/\(index)") { return found }
            }
            return nil
        case .object(let members):
            for (name, value) in members {
                if name.utf8.contains(0) { return pointer }
                if let found = value.pointerToNUL(at: "\(pointer)/\(JSONPointer.escaped(name))") {
                    return found
                }
            }
            return nil
        default: return nil
        }
    }
}

/// JSON pointers (RFC 6901).
enum JSONPointer {
    /// A member's name as part of a pointer.
    static func escaped(_ name: String) -> String {
        name.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}

/// What can be read from a JSON value and written as JSON text.
///
/// Messages cross the bus many thousands of times a second, so they are read and written by generated code instead of
/// `Codable`, which costs about eight times as much. Both give the same JSON.
package protocol JSONConvertible {
    /// - Throws: `JSONShapeError` where the value is of another shape.
    init(json value: JSONValue) throws(JSONShapeError)

    /// Appends the value as JSON text.
    func write(to bytes: inout [UInt8])
}

/// A JSON value of another shape than was expected. Never shows a value.
package struct JSONShapeError: Error, Sendable, Equatable {
    /// JSON pointer to the value, or to the object that lacks a member.
    package var pointer: String
    /// What is wrong with it, as in `is not text` or `has no member id`.
    package let reason: String

    package init(_ reason: String, at pointer: String = "") {
        self.reason = reason
        self.pointer = pointer
    }

    /// The same error, as seen from the object or array around.
    package func inside(_ name: String) -> JSONShapeError {
        JSONShapeError(reason, at: "/\(name)\(pointer)")
    }
}

/// The members of an object that is being read.
package struct JSONMembers {
    private let members: [String: JSONValue]

    package init(_ value: JSONValue) throws(JSONShapeError) {
        guard case .object(let members) = value else { throw JSONShapeError("is not an object") }
        self.members = members
    }

    /// The value of a member that must be there.
    package func required<Value: JSONConvertible>(_ name: String) throws(JSONShapeError) -> Value {
        guard let value = members[name] else { throw JSONShapeError("has no member \(name)") }
        if case .null = value, Value.self != JSONValue.self { throw JSONShapeError("is null", at: "/\(name)") }
        do {
            return try Value(json: value)
        } catch {
            throw error.inside(name)
        }
    }

    /// The value of a member; nil where it is absent or null.
    package func optional<Value: JSONConvertible>(_ name: String) throws(JSONShapeError) -> Value? {
        guard let value = members[name], value != .null else { return nil }
        do {
            return try Value(json: value)
        } catch {
            throw error.inside(name)
        }
    }
}

// MARK: Writing members

extension JSONConvertible {
    /// Appends a member to the object that was begun last.
    ///
    /// - Parameter key: the name in quotes and the colon behind it, as in `"id":`.
    @inline(__always)
    package func writeMember(_ key: StaticString, to bytes: inout [UInt8]) {
        if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
        bytes.append(literal: key)
        write(to: &bytes)
    }
}

extension Optional where Wrapped: JSONConvertible {
    /// Appends a member, where there is a value.
    @inline(__always)
    package func writeMember(_ key: StaticString, to bytes: inout [UInt8]) {
        if let self { self.writeMember(key, to: &bytes) }
    }
}

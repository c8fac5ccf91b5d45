extension JSONValue: JSONConvertible {
    package init(json value: JSONValue) throws(JSONShapeError) { self = value }
}

extension String: JSONConvertible {
    package init(json value: JSONValue) throws(JSONShapeError) {
        guard case .string(let text) = value else { throw JSONShapeError("is not text") }
        self = text
    }

    package func write(to bytes: inout [UInt8]) { bytes.append(jsonString: self) }
}

extension Bool: JSONConvertible {
    package init(json value: JSONValue) throws(JSONShapeError) {
        guard case .bool(let flag) = value else { throw JSONShapeError("is not true or false") }
        self = flag
    }

    package func write(to bytes: inout [UInt8]) { bytes.append(literal: self ? "true" : "false") }
}

extension Int: JSONConvertible {
    package init(json value: JSONValue) throws(JSONShapeError) {
        guard case .integer(let number) = value else { throw JSONShapeError("is not a whole number") }
        self = number
    }

    package func write(to bytes: inout [UInt8]) { bytes.append(contentsOf: String(self).utf8) }
}

extension Double: JSONConvertible {
    package init(json value: JSONValue) throws(JSONShapeError) {
        switch value {
        case .number(let number): self = number
        case .integer(let number): self = Double(number)
        default: throw JSONShapeError("is not a number")
        }
    }

    package func write(to bytes: inout [UInt8]) { JSONValue.number(self).write(to: &bytes) }
}

extension Array: JSONConvertible where Element: JSONConvertible {
    package init(json value: JSONValue) throws(JSONShapeError) {
        guard case .array(let elements) = value else { throw JSONShapeError("is not a list") }
        self = []
        reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            do {
                append(try Element(json: element))
            } catch {
                throw error.inside(String(index))
            }
        }
    }

    package func write(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "["))
        for (index, element) in enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            element.write(to: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }
}

extension Dictionary: JSONConvertible where Key == String, Value == JSONValue {
    package init(json value: JSONValue) throws(JSONShapeError) {
        guard case .object(let members) = value else { throw JSONShapeError("is not an object") }
        self = members
    }

    package func write(to bytes: inout [UInt8]) { JSONValue.object(self).write(to: &bytes) }
}

extension JSONConvertible where Self: RawRepresentable, RawValue == String {
    package init(json value: JSONValue) throws(JSONShapeError) {
        guard case .string(let text) = value else { throw JSONShapeError("is not text") }
        guard let known = Self(rawValue: text) else { throw JSONShapeError("has a value that is not allowed") }
        self = known
    }

    package func write(to bytes: inout [UInt8]) { bytes.append(jsonString: rawValue) }
}

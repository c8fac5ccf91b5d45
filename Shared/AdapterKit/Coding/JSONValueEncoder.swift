package import Models

/// Makes a `JSONValue` from a typed value without going through text.
///
/// Absent optionals are left out. A number that is not finite is refused, as JSON has none.
package enum JSONValueEncoder {
    package static func encode<Value: Encodable>(_ value: Value) throws -> JSONValue {
        if let value = value as? JSONValue { return value }
        let encoder = ValueEncoder(codingPath: [])
        try value.encode(to: encoder)
        return encoder.node.value
    }
}

/// A place that a container writes into; containers are values, so the place they share is an object.
private final class Node {
    var single: JSONValue?
    var members: [String: Node]?
    var elements: [Node]?

    var value: JSONValue {
        if let single { return single }
        if let members { return .object(members.mapValues(\.value)) }
        if let elements { return .array(elements.map(\.value)) }
        return .object([:])
    }
}

private struct ValueEncoder: Encoder {
    let codingPath: [any CodingKey]
    let node: Node
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(codingPath: [any CodingKey], node: Node = Node()) {
        self.codingPath = codingPath
        self.node = node
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if node.members == nil { node.members = [:] }
        return KeyedEncodingContainer(MemberEncoder(codingPath: codingPath, node: node))
    }
    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if node.elements == nil { node.elements = [] }
        return ElementEncoder(codingPath: codingPath, node: node)
    }
    func singleValueContainer() -> any SingleValueEncodingContainer {
        PlainEncoder(codingPath: codingPath, node: node)
    }
}

private struct PlainEncoder: SingleValueEncodingContainer {
    let codingPath: [any CodingKey]
    let node: Node

    mutating func encodeNil() { node.single = .null }
    mutating func encode(_ value: Bool) { node.single = .bool(value) }
    mutating func encode(_ value: String) { node.single = .string(value) }
    mutating func encode(_ value: Double) throws {
        guard value.isFinite else {
            throw EncodingError.invalidValue(
                value, .init(codingPath: codingPath, debugDescription: "JSON has no such number"))
        }
        node.single = Int(exactly: value).map { .integer($0) } ?? .number(value)
    }
    mutating func encode(_ value: Float) throws { try encode(Double(value)) }
    mutating func encode(_ value: Int) { node.single = .integer(value) }
    mutating func encode(_ value: Int8) { encode(Int(value)) }
    mutating func encode(_ value: Int16) { encode(Int(value)) }
    mutating func encode(_ value: Int32) { encode(Int(value)) }
    mutating func encode(_ value: Int64) { encode(Int(value)) }
    mutating func encode(_ value: UInt) {
        node.single = Int(exactly: value).map { .integer($0) } ?? .number(Double(value))
    }
    mutating func encode(_ value: UInt8) { encode(Int(value)) }
    mutating func encode(_ value: UInt16) { encode(Int(value)) }
    mutating func encode(_ value: UInt32) { encode(Int(value)) }
    mutating func encode(_ value: UInt64) { encode(UInt(value)) }
    mutating func encode<Value: Encodable>(_ value: Value) throws {
        if let value = value as? JSONValue {
            node.single = value
        } else {
            try value.encode(to: ValueEncoder(codingPath: codingPath, node: node))
        }
    }
}

private struct MemberEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let codingPath: [any CodingKey]
    let node: Node

    private func place(_ key: Key) -> PlainEncoder {
        let child = Node()
        node.members?[key.stringValue] = child
        return PlainEncoder(codingPath: codingPath + [key], node: child)
    }

    mutating func encodeNil(forKey key: Key) {
        var place = place(key)
        place.encodeNil()
    }
    mutating func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        var place = place(key)
        try place.encode(value)
    }
    mutating func encode(_ value: String, forKey key: Key) {
        var place = place(key)
        place.encode(value)
    }
    mutating func encode(_ value: Bool, forKey key: Key) {
        var place = place(key)
        place.encode(value)
    }
    mutating func encode(_ value: Int, forKey key: Key) {
        var place = place(key)
        place.encode(value)
    }
    mutating func encode(_ value: Double, forKey key: Key) throws {
        var place = place(key)
        try place.encode(value)
    }
    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        let place = place(key)
        return ValueEncoder(codingPath: place.codingPath, node: place.node).container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        let place = place(key)
        return ValueEncoder(codingPath: place.codingPath, node: place.node).unkeyedContainer()
    }
    mutating func superEncoder() -> any Encoder { ValueEncoder(codingPath: codingPath, node: node) }
    mutating func superEncoder(forKey key: Key) -> any Encoder {
        let place = place(key)
        return ValueEncoder(codingPath: place.codingPath, node: place.node)
    }
}

private struct ElementEncoder: UnkeyedEncodingContainer {
    let codingPath: [any CodingKey]
    let node: Node
    var count: Int { node.elements?.count ?? 0 }

    private func place() -> PlainEncoder {
        let child = Node()
        let path = codingPath + [PathKey(intValue: count)]
        node.elements?.append(child)
        return PlainEncoder(codingPath: path, node: child)
    }

    mutating func encodeNil() {
        var place = place()
        place.encodeNil()
    }
    mutating func encode<Value: Encodable>(_ value: Value) throws {
        var place = place()
        try place.encode(value)
    }
    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) -> KeyedEncodingContainer<Nested> {
        let place = place()
        return ValueEncoder(codingPath: place.codingPath, node: place.node).container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        let place = place()
        return ValueEncoder(codingPath: place.codingPath, node: place.node).unkeyedContainer()
    }
    mutating func superEncoder() -> any Encoder {
        let place = place()
        return ValueEncoder(codingPath: place.codingPath, node: place.node)
    }
}

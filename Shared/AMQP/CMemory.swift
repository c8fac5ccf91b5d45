import CRabbitMQ
import Foundation

/// Owns the C strings and tables of one call to librabbitmq.
///
/// librabbitmq keeps pointers to what it is given, so Swift's own storage, which may move, cannot be handed over.
/// Not Sendable: it belongs to the connection's thread, like the call.
final class CMemory {
    private static let chunkBytes = 16 << 10

    private var chunks: [UnsafeMutableRawPointer] = []
    private var sizes: [Int] = []
    private var current = 0
    private var used = 0

    deinit {
        for chunk in chunks { chunk.deallocate() }
    }

    /// Forgets everything that was made; pointers to it are invalid from now on.
    func reset() {
        current = 0
        used = 0
    }

    func bytes(_ text: String) -> amqp_bytes_t {
        if text.isEmpty { return amqp_empty_bytes }
        var text = text
        return text.withUTF8 { utf8 in
            let copy = allocate(utf8.count)
            if let base = utf8.baseAddress { copy.copyMemory(from: base, byteCount: utf8.count) }
            return amqp_bytes_t(len: utf8.count, bytes: copy)
        }
    }

    func table(_ values: [String: AMQPValue]) -> amqp_table_t {
        if values.isEmpty { return amqp_empty_table }
        let size = MemoryLayout<amqp_table_entry_t>.stride
        let entries = allocate(size * values.count).bindMemory(
            to: amqp_table_entry_t.self, capacity: values.count)
        for (index, (key, value)) in values.enumerated() {
            (entries + index).initialize(to: amqp_table_entry_t(key: bytes(key), value: field(value)))
        }
        return amqp_table_t(num_entries: Int32(values.count), entries: entries)
    }

    private func field(_ value: AMQPValue) -> amqp_field_value_t {
        var field = amqp_field_value_t()
        switch value {
        case .bool(let value):
            field.kind = UInt8(AMQP_FIELD_KIND_BOOLEAN.rawValue)
            field.value.boolean = value ? 1 : 0
        case .integer(let value):
            field.kind = UInt8(AMQP_FIELD_KIND_I64.rawValue)
            field.value.i64 = value
        case .string(let value):
            field.kind = UInt8(AMQP_FIELD_KIND_UTF8.rawValue)
            field.value.bytes = bytes(value)
        case .table(let values):
            field.kind = UInt8(AMQP_FIELD_KIND_TABLE.rawValue)
            field.value.table = table(values)
        case .array(let values):
            field.kind = UInt8(AMQP_FIELD_KIND_ARRAY.rawValue)
            field.value.array = array(values)
        }
        return field
    }

    private func array(_ values: [AMQPValue]) -> amqp_array_t {
        if values.isEmpty { return amqp_empty_array }
        let size = MemoryLayout<amqp_field_value_t>.stride
        let entries = allocate(size * values.count).bindMemory(
            to: amqp_field_value_t.self, capacity: values.count)
        for (index, value) in values.enumerated() { (entries + index).initialize(to: field(value)) }
        return amqp_array_t(num_entries: Int32(values.count), entries: entries)
    }

    /// Memory aligned to 16 bytes, until the next `reset`.
    private func allocate(_ count: Int) -> UnsafeMutableRawPointer {
        let size = (count + 15) & ~15
        while current < chunks.count {
            if used + size <= sizes[current] {
                defer { used += size }
                return chunks[current] + used
            }
            current += 1
            used = 0
        }
        let capacity = max(size, Self.chunkBytes)
        let chunk = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        chunks.append(chunk)
        sizes.append(capacity)
        used = size
        return chunk
    }
}

extension String {
    /// A copy of bytes that librabbitmq owns.
    init(_ bytes: amqp_bytes_t) {
        self.init(decoding: UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len), as: UTF8.self)
    }
}

extension AMQPValue {
    /// How deep tables and arrays may lie within each other, a message's table of headers the first: 8. A frame has room
    /// for more than 20,000, which anyone may send who may send at all, and which would end this process.
    static let depthLimit = 8

    /// A copy of a value that librabbitmq owns; nil for kinds that we have no use for, and for what lies too deep.
    init?(_ field: amqp_field_value_t, depth: Int) {
        let value = field.value
        switch amqp_field_value_kind_t(UInt32(field.kind)) {
        case AMQP_FIELD_KIND_BOOLEAN: self = .bool(value.boolean != 0)
        case AMQP_FIELD_KIND_I8: self = .integer(Int64(value.i8))
        case AMQP_FIELD_KIND_U8: self = .integer(Int64(value.u8))
        case AMQP_FIELD_KIND_I16: self = .integer(Int64(value.i16))
        case AMQP_FIELD_KIND_U16: self = .integer(Int64(value.u16))
        case AMQP_FIELD_KIND_I32: self = .integer(Int64(value.i32))
        case AMQP_FIELD_KIND_U32: self = .integer(Int64(value.u32))
        case AMQP_FIELD_KIND_I64: self = .integer(value.i64)
        case AMQP_FIELD_KIND_U64, AMQP_FIELD_KIND_TIMESTAMP: self = .integer(Int64(clamping: value.u64))
        case AMQP_FIELD_KIND_UTF8, AMQP_FIELD_KIND_BYTES: self = .string(String(value.bytes))
        case AMQP_FIELD_KIND_TABLE:
            guard depth < Self.depthLimit else { return nil }
            self = .table(Self.table(value.table, depth: depth + 1))
        case AMQP_FIELD_KIND_ARRAY:
            guard depth < Self.depthLimit else { return nil }
            let entries = UnsafeBufferPointer(start: value.array.entries, count: Int(value.array.num_entries))
            self = .array(entries.compactMap { AMQPValue($0, depth: depth + 1) })
        default: return nil
        }
    }

    /// A copy of a table that librabbitmq owns.
    static func table(_ table: amqp_table_t, depth: Int = 1) -> [String: AMQPValue] {
        let entries = UnsafeBufferPointer(start: table.entries, count: Int(table.num_entries))
        var values: [String: AMQPValue] = [:]
        for entry in entries { values[String(entry.key)] = AMQPValue(entry.value, depth: depth) }
        return values
    }
}

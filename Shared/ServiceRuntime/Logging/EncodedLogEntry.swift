import Logging
import Models

/// A log entry in its JSON form, made once and used for standard error and for the bus.
struct EncodedLogEntry: Sendable {
    /// The whole entry, one line.
    let bytes: [UInt8]
    /// Where `,"debug":…}` begins, which is not written to standard error; nil where the entry has none.
    let debugStart: Int?

    /// The entry without its debug data and without the closing brace.
    var shown: ArraySlice<UInt8> { bytes[..<(debugStart ?? bytes.count - 1)] }
}

/// Who writes entries: the fields that are the same in all of them, as JSON members.
struct LogOrigin: Sendable {
    let service: String
    let instance: String
    let json: [UInt8]

    init(service: String, instance: String) {
        self.service = service
        self.instance = instance
        var json: [UInt8] = []
        json.append(literal: #","service":"#)
        json.append(jsonString: service)
        json.append(literal: #","instance":"#)
        json.append(jsonString: instance)
        self.json = json
    }
}

extension EncodedLogEntry {
    /// How many bytes of a text are kept: 16 KiB.
    static let textLimit = 16 << 10
    /// The longest entry: 384 KiB, so that it always fits a message. Longer debug data is left out.
    static let byteLimit = 384 << 10

    init(event: LogEvent, time: Timestamp, origin: LogOrigin, metadata: MergedMetadata) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(640)
        bytes.append(literal: #"{"time":""#)
        bytes.append(contentsOf: time.description.utf8)
        bytes.append(literal: #"","level":""#)
        bytes.append(contentsOf: event.level.rawValue.utf8)
        bytes.append(literal: #"""#)
        bytes.append(contentsOf: origin.json)
        bytes.append(literal: #","message":"#)
        bytes.append(jsonString: event.message.description, limit: Self.textLimit)

        var others: [UInt8] = []
        var error = event.error.map { "\($0)" }
        var debug: String?
        metadata.forEach { key, value in
            if let field = Self.field(of: key) {
                bytes.append(contentsOf: field.utf8Start, count: field.utf8CodeUnitCount)
                bytes.append(jsonString: value.description, limit: Self.textLimit)
            } else if key == LogKey.error {
                error = error ?? value.description
            } else if key == LogKey.debug {
                debug = value.description
            } else if others.count < Self.byteLimit / 2 {
                if !others.isEmpty { others.append(44) }
                others.append(jsonString: key, limit: Self.textLimit)
                others.append(58)
                others.append(metadata: value)
            }
        }
        if let error {
            bytes.append(literal: #","error":"#)
            bytes.append(jsonString: error, limit: Self.textLimit)
        }
        bytes.append(literal: #","metadata":{"#)
        bytes.append(contentsOf: others)
        bytes.append(125)
        var debugStart: Int?
        if let debug, bytes.count + debug.utf8.count < Self.byteLimit {
            debugStart = bytes.count
            bytes.append(literal: #","debug":"#)
            bytes.append(jsonString: debug)
        }
        bytes.append(125)
        self.bytes = bytes
        self.debugStart = debugStart
    }

    /// The JSON member that a key fills, with what stands before its value.
    private static func field(of key: String) -> StaticString? {
        switch key {
        case LogKey.actionID: #","action_id":"#
        case LogKey.productID: #","contract_product_id":"#
        case LogKey.clientID: #","client_id":"#
        case LogKey.category: #","category":"#
        case LogKey.provider: #","provider":"#
        case LogKey.function: #","function":"#
        case LogKey.traceID: #","trace_id":"#
        default: nil
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(contentsOf start: UnsafePointer<UInt8>, count: Int) {
        append(contentsOf: UnsafeBufferPointer(start: start, count: count))
    }

    fileprivate mutating func append(metadata value: Logger.MetadataValue) {
        switch value {
        case .string(let text): append(jsonString: text, limit: EncodedLogEntry.textLimit)
        case .stringConvertible(let value): append(convertible: value)
        case .array(let values):
            append(91)
            for (index, value) in values.enumerated() {
                if index > 0 { append(44) }
                append(metadata: value)
            }
            append(93)
        case .dictionary(let members):
            append(123)
            for (index, member) in members.enumerated() {
                if index > 0 { append(44) }
                append(jsonString: member.key, limit: EncodedLogEntry.textLimit)
                append(58)
                append(metadata: member.value)
            }
            append(125)
        }
    }

    /// Numbers and truth values stay what they are, all else is text.
    private mutating func append(convertible value: any CustomStringConvertible & Sendable) {
        switch value {
        case let number as Int: append(contentsOf: String(number).utf8)
        case let number as Double where number.isFinite: append(contentsOf: String(number).utf8)
        case let truth as Bool: append(contentsOf: String(truth).utf8)
        case let number as any BinaryInteger & Sendable: append(contentsOf: "\(number)".utf8)
        default: append(jsonString: value.description, limit: EncodedLogEntry.textLimit)
        }
    }
}

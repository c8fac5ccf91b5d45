import Foundation
import Models

extension IncomingBatch {
    /// Reads an envelope in the form in which Purser's services write it, 10 times as fast as the decoder; nil where it
    /// has another form, which need not be wrong. What it reads the decoder would read as well, and as the same.
    init?(quicklyReading body: Data) {
        let batch: IncomingBatch? = body.withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes.bindMemory(to: UInt8.self))
            do throws(JSONScanError) {
                return try IncomingBatch(&scanner)
            } catch {
                return nil
            }
        }
        guard let batch else { return nil }
        self = batch
    }

    private init(_ scanner: inout JSONScanner) throws(JSONScanError) {
        var version: String?
        var type: String?
        var id = ""
        var source: String?
        var time: Timestamp?
        var entries: [IncomingEntry]?
        var names = JSONScanner.Names()
        var isFirst = true
        try scanner.expect(UInt8(ascii: "{"))
        while let name = try scanner.nextMember(&isFirst) {
            try names.add(name)
            if name.spells("specversion") {
                version = try scanner.string()
            } else if name.spells("type") {
                type = try scanner.string()
            } else if name.spells("id") {
                id = try scanner.string()
            } else if name.spells("source") {
                source = try scanner.string()
            } else if name.spells("time") {
                time = Timestamp(try scanner.string())
            } else if name.spells("data") {
                entries = try Self.entries(&scanner)
            } else if name.spells("subject") || name.spells("traceparent") {
                // Entries have none; what may be in it the decoder knows.
                throw JSONScanError()
            } else {
                _ = try scanner.value()
            }
        }
        guard scanner.peek() == nil, version == "1.0", type == LogEntries.messageType, !id.isEmpty,
            source != nil, time != nil, let entries
        else { throw JSONScanError() }
        self.init(messageID: id, entries: entries)
    }

    private static func entries(_ scanner: inout JSONScanner) throws(JSONScanError) -> [IncomingEntry] {
        var entries: [IncomingEntry]?
        var names = JSONScanner.Names()
        var isFirst = true
        try scanner.expect(UInt8(ascii: "{"))
        while let name = try scanner.nextMember(&isFirst) {
            try names.add(name)
            guard name.spells("entries") else {
                _ = try scanner.value()
                continue
            }
            var list: [IncomingEntry] = []
            var isFirstEntry = true
            try scanner.expect(UInt8(ascii: "["))
            while try scanner.nextElement(&isFirstEntry) { list.append(try IncomingEntry(&scanner)) }
            entries = list
        }
        guard let entries else { throw JSONScanError() }
        return entries
    }
}

extension IncomingEntry {
    private enum Field: Int, CaseIterable {
        case time, level, service, instance, message, actionID, contractProductID, clientID, category,
            provider,
            function, traceID, metadata, error, debug

        var name: StaticString {
            switch self {
            case .time: "time"
            case .level: "level"
            case .service: "service"
            case .instance: "instance"
            case .message: "message"
            case .actionID: "action_id"
            case .contractProductID: "contract_product_id"
            case .clientID: "client_id"
            case .category: "category"
            case .provider: "provider"
            case .function: "function"
            case .traceID: "trace_id"
            case .metadata: "metadata"
            case .error: "error"
            case .debug: "debug"
            }
        }

        static func named(_ name: UnsafeBufferPointer<UInt8>) -> Field? {
            allCases.first { name.spells($0.name) }
        }
    }

    fileprivate init(_ scanner: inout JSONScanner) throws(JSONScanError) {
        var texts = [String?](repeating: nil, count: Field.allCases.count)
        var others = JSONScanner.Names()
        var isFirst = true
        try scanner.expect(UInt8(ascii: "{"))
        while let name = try scanner.nextMember(&isFirst) {
            guard let field = Field.named(name) else {
                try others.add(name)
                // A number that only the collector gives: the decoder knows what may be in it.
                guard !name.spells("id") else { throw JSONScanError() }
                _ = try scanner.value()
                continue
            }
            guard texts[field.rawValue] == nil else { throw JSONScanError() }
            if field == .metadata {
                guard scanner.peek() == UInt8(ascii: "{") else { throw JSONScanError() }
                texts[field.rawValue] = String(decoding: try scanner.value(), as: UTF8.self)
            } else {
                texts[field.rawValue] = try scanner.string()
            }
        }
        func text(_ field: Field) -> String? { texts[field.rawValue] }
        guard let time = text(.time).flatMap(Timestamp.init), let level = text(.level).flatMap(LogLevel.init),
            let service = text(.service), let instance = text(.instance), let message = text(.message),
            let metadata = text(.metadata)
        else { throw JSONScanError() }
        self.init(
            time: time, level: level, service: service, instance: instance, message: message,
            actionID: text(.actionID), contractProductID: text(.contractProductID), clientID: text(.clientID),
            category: text(.category), provider: text(.provider), function: text(.function),
            traceID: text(.traceID), metadata: metadata, error: text(.error), debug: text(.debug))
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate func spells(_ name: StaticString) -> Bool {
        count == name.utf8CodeUnitCount
            && elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: count))
    }
}

import Foundation
import Models

/// Some entries as they travel: a `log.entries.v1` message, made once and sent until it is confirmed, under one id.
struct LogBatch: Sendable, Equatable {
    let id: String
    /// How many log statements are lost with it: those of its entries, and those that it tells were dropped.
    let count: Int
    /// The envelope, JSON without a line end.
    let body: [UInt8]

    init(id: String, count: Int, body: [UInt8]) {
        self.id = id
        self.count = count
        self.body = body
    }

    /// - Parameters:
    ///   - count: how many log statements are lost with it.
    ///   - source: the service whose process sends it.
    init(entries: ArraySlice<EncodedLogEntry>, count: Int, source: String, time: Timestamp) {
        id = ULID.make(milliseconds: UInt64(max(0, time.milliseconds)))
        self.count = count
        var body: [UInt8] = []
        body.reserveCapacity(entries.reduce(256) { $0 + $1.bytes.count + 1 })
        body.append(literal: #"{"specversion":"1.0","id":""#)
        body.append(contentsOf: id.utf8)
        body.append(literal: #"","source":"#)
        body.append(jsonString: "/" + source)
        body.append(literal: #","type":""#)
        body.append(contentsOf: LogEntries.messageType.utf8)
        body.append(literal: #"","time":""#)
        body.append(contentsOf: time.description.utf8)
        body.append(literal: #"","datacontenttype":"application/json","data":{"entries":["#)
        var isFirst = true
        for entry in entries {
            if !isFirst { body.append(44) }
            body.append(contentsOf: entry.bytes)
            isFirst = false
        }
        body.append(literal: "]}}")
        self.body = body
    }
}

import Bus
import Foundation
import Models

@testable import LogCollector

/// An entry for tests; what is not given is plain.
func entry(
    _ message: String = "Something happened", at milliseconds: Int64 = 1_770_113_472_345,
    level: LogLevel = .info,
    service: String = "orchestrator", action: String? = nil, product: String? = nil, client: String? = nil,
    category: String? = nil, metadata: String = "{}", error: String? = nil, debug: String? = nil
) -> IncomingEntry {
    IncomingEntry(
        time: Timestamp(milliseconds: milliseconds), level: level, service: service, instance: "test-1",
        message: message, actionID: action, contractProductID: product, clientID: client, category: category,
        metadata: metadata, error: error, debug: debug)
}

extension IncomingBatch {
    static func make(_ entries: [IncomingEntry]) -> IncomingBatch {
        IncomingBatch(messageID: ULID.make(), entries: entries)
    }
}

extension LogStore {
    /// Stores entries as one new message.
    @discardableResult
    func append(_ entries: [IncomingEntry]) async throws -> Appended {
        try await append([.make(entries)], through: nil)
    }

    func messages(_ request: ListLogEntries) async throws -> [String] {
        try await list(request).items.map(\.message)
    }
}

extension BusMessage {
    /// A `log.entries.v1` message as services send it.
    static func entries(_ entries: [LogEntry], id: String = ULID.make()) throws -> BusMessage {
        try BusMessage(
            id: id, type: LogEntries.messageType,
            body: Envelope(id: id, source: "/test", data: LogEntries(entries: entries)).encoded())
    }
}

extension LogEntry {
    static func make(_ message: String, level: LogLevel = .info, metadata: [String: JSONValue] = [:])
        -> LogEntry
    {
        LogEntry(
            time: .now, level: level, service: "test", instance: "test-1", message: message,
            metadata: metadata)
    }
}

import Bus
import Foundation
import Models

/// The entries of one `log.entries.v1` message, in the form in which they are stored.
struct IncomingBatch: Sendable, Equatable {
    /// The envelope's id: a batch of an id already stored is a repeat.
    var messageID: String
    var entries: [IncomingEntry]
}

/// A message that holds no log entries, with the reason for its dead letter.
struct UnreadableMessage: Error, Equatable {
    var reason: String
}

/// A log entry in the form in which it is stored.
struct IncomingEntry: Sendable, Equatable {
    var time: Timestamp
    var level: LogLevel
    var service: String
    var instance: String
    var message: String
    var actionID: String?
    var contractProductID: String?
    var clientID: String?
    var category: String?
    var provider: String?
    var function: String?
    var traceID: String?
    /// A JSON object.
    var metadata: String
    var error: String?
    var debug: String?
}

extension IncomingBatch {
    /// The most entries that a message may have, as its contract says.
    static let entryLimit = 500

    /// Reads a message: the usual form quickly, any other with the decoder, which also knows what is wrong.
    ///
    /// - Throws: the reason for the dead letter.
    init(_ message: BusMessage) throws(UnreadableMessage) {
        if let quick = Self(quicklyReading: message.body) {
            self = quick
        } else {
            self = try Self(decoding: message.body)
        }
        guard entries.count <= Self.entryLimit else {
            throw UnreadableMessage(reason: "/data/entries has more than \(Self.entryLimit) elements")
        }
    }

    private init(decoding body: Data) throws(UnreadableMessage) {
        do {
            let envelope = try Envelope<LogEntries>(decoding: body)
            self.init(messageID: envelope.id, entries: try envelope.data.entries.map(IncomingEntry.init))
        } catch let error as EnvelopeError {
            throw UnreadableMessage(reason: error.message)
        } catch {
            throw UnreadableMessage(reason: "/data/entries has metadata that cannot be stored")
        }
    }
}

extension IncomingEntry {
    /// Null characters, at which the database would cut the text, are replaced.
    ///
    /// - Throws: where the metadata cannot be written as JSON (a number that is not finite).
    init(_ entry: LogEntry) throws {
        func whole(_ text: String) -> String { text.replacing("\0", with: "\u{FFFD}") }
        let metadata = try JSONEncoder().encode(entry.metadata)
        self.init(
            time: entry.time, level: entry.level, service: whole(entry.service),
            instance: whole(entry.instance), message: whole(entry.message),
            actionID: (entry.actionID?.rawValue).map(whole),
            contractProductID: (entry.contractProductID?.rawValue).map(whole),
            clientID: (entry.clientID?.rawValue).map(whole), category: entry.category.map(whole),
            provider: entry.provider.map(whole), function: entry.function.map(whole),
            traceID: entry.traceID.map(whole), metadata: String(decoding: metadata, as: UTF8.self),
            error: entry.error.map(whole), debug: entry.debug.map(whole))
    }
}

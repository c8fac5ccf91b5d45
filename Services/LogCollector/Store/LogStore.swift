import Foundation
import GRDB

/// The stored log: entries with rising numbers without gaps, an index of their words, and how far the stream was read.
///
/// SQLite in WAL mode with `synchronous=NORMAL`: a commit is not forced to the disk. After a power cut the last
/// commits may be undone, but each as a whole, with the stream offset that it stored; the stream then delivers the same
/// entries again. A crash of this process undoes nothing.
package final class LogStore: Sendable {
    /// How many numbers share a row in the table of times.
    static let pageEntries = 1_024
    /// How many messages are remembered in order to recognise repeats.
    static let rememberedMessages = 100_000

    let pool: DatabasePool

    /// Opens the database, or makes it.
    ///
    /// - Parameter path: of the file; its folder is made where it is missing.
    package init(path: String) throws {
        let folder = URL(filePath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var configuration = Configuration()
        configuration.label = "log"
        configuration.maximumReaderCount = 4
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            // Copying the WAL back less often merges the writes to the same pages; it stays below 32 MiB.
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
            try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
            try database.execute(sql: "PRAGMA cache_size = -16384")
        }
        pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
        try LogStoreSchema.migrator.migrate(pool)
    }

    /// The number of the newest entry ever stored, 0 where there was none.
    package func lastID() async throws -> Int {
        try await pool.read { try Self.lastID($0) }
    }

    /// Where in the stream the last commit ended; nil where none has read from a stream that is kept.
    package func streamPosition() async throws -> StreamPosition? {
        try await pool.read { database in
            let row = try Row.fetchOne(database, sql: "SELECT stream_offset, stream_message_id FROM state")
            guard let row, let offset = row["stream_offset"] as Int64? else { return nil }
            return StreamPosition(offset: UInt64(bitPattern: offset), messageID: row["stream_message_id"])
        }
    }

    static func lastID(_ database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT last_id FROM state") ?? 0
    }
}

/// A place in a stream. The message's id tells whether it still is the same stream.
package struct StreamPosition: Sendable, Equatable {
    package var offset: UInt64
    package var messageID: String

    package init(offset: UInt64, messageID: String) {
        self.offset = offset
        self.messageID = messageID
    }
}

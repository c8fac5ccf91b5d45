import Foundation
import GRDB

/// Copies of SQLite databases that others have open and write to.
enum DatabaseCopy {
    /// How long to wait for a lock of the writer's: 10 s. In WAL mode a reader waits only at the writer's start and end.
    private static let busyTimeout: TimeInterval = 10

    /// Copies a database as it is at one moment, for its owner alone, and forces the copy to the disk.
    ///
    /// `VACUUM INTO` reads from one snapshot of the write-ahead log, so it neither sees half of a transaction nor keeps the
    /// writer waiting; it only keeps the log from being cut until it has ended. A backup page by page would begin anew with
    /// every commit of another process. For a moment both need as much room as the database has.
    ///
    /// - Parameter target: must not exist.
    /// - Throws: where the copy cannot be made, or is found damaged.
    static func make(of source: URL, at target: URL) throws {
        let folder = target.deletingLastPathComponent()
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // The file is made first: so there is no moment at which others may read it.
        let isMade = FileManager.default.createFile(
            atPath: target.path, contents: nil, attributes: [.posixPermissions: 0o600])
        guard isMade else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: target.path]) }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(busyTimeout)
        let queue = try DatabaseQueue(path: source.path, configuration: configuration)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "VACUUM INTO ?", arguments: [target.path])
        }
        try queue.close()
        try check(target)
    }

    private static func check(_ file: URL) throws {
        let queue = try DatabaseQueue(path: file.path)
        let found = try queue.read { try String.fetchOne($0, sql: "PRAGMA quick_check") ?? "nothing" }
        try queue.close()
        guard found == "ok" else { throw DatabaseError(message: "The copy is damaged: \(found)") }
        let handle = try FileHandle(forUpdating: file)
        try handle.synchronize()
        try handle.close()
    }
}

import Foundation
import GRDB
import Models
import Orchestrator
import TestSupport
import Testing

@testable import Purser

/// Copies of a data folder.
@Suite struct BackupTests {
    /// A data folder whose databases are open, with something in the write-ahead log that is not in the file yet.
    private static func dataFolder() throws -> (TemporaryFolder, DatabasePool) {
        let folder = try TemporaryFolder()
        for name in ["orchestrator", "log"] {
            try FileManager.default.createDirectory(
                at: folder.url.appending(path: name), withIntermediateDirectories: true)
        }
        _ = try Store(file: folder.url.appending(path: "orchestrator/purser.sqlite"))
        let pool = try DatabasePool(path: folder.path + "/orchestrator/purser.sqlite")
        try pool.write { database in
            try database.execute(
                sql: "INSERT INTO clients VALUES ('clt_1', 'Jane', 'j@example.com', NULL, NULL, NULL, 1)")
        }
        try Data("key".utf8).write(to: folder.url.appending(path: "master.key"))
        return (folder, pool)
    }

    @Test func `it is a whole database of its own, marked, for its owner alone, without the master key`()
        throws
    {
        let (data, pool) = try Self.dataFolder()
        let target = data.url.appending(path: "backup")
        // A reader and a writer are in the middle of something meanwhile.
        let answer = try pool.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN IMMEDIATE; UPDATE clients SET name = 'John'")
            defer { try? database.execute(sql: "ROLLBACK") }  // It fails only where nothing was begun.
            return try Backup(of: data.path).make(in: target.path)
        }
        #expect(answer["files"]?.arrayValue?.compactMap { $0.text("path") } == ["orchestrator/purser.sqlite"])
        let found = FileManager.default.subpaths(atPath: target.path) ?? []
        #expect(found.sorted() == ["orchestrator", "orchestrator/purser.sqlite"])
        let queue = try DatabaseQueue(path: target.path + "/orchestrator/purser.sqlite")
        let (name, marks) = try queue.read { database in
            (
                try String.fetchOne(database, sql: "SELECT name FROM clients"),
                try Int.fetchOne(database, sql: "SELECT count(*) FROM backups WHERE restored_at IS NULL")
            )
        }
        #expect(name == "Jane")
        #expect(marks == 1)
        let modes: [(String, mode_t)] = [
            ("", 0o700), ("/orchestrator", 0o700), ("/orchestrator/purser.sqlite", 0o600),
        ]
        for (path, mode) in modes {
            var facts = stat()
            #expect(stat(target.path + path, &facts) == 0)
            #expect(facts.st_mode & 0o777 == mode, "\(path)")
        }
        let own = try pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM backups") }
        #expect(own == 0, "the system itself is not marked")
    }

    @Test func `it refuses what is there already, and leaves nothing half made`() throws {
        let (data, _) = try Self.dataFolder()
        let target = data.url.appending(path: "backup")
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        try Data().write(to: target.appending(path: "something"))
        #expect(throws: CommandFailure.self) { try Backup(of: data.path).make(in: target.path) }
        try FileManager.default.removeItem(at: target.appending(path: "something"))
        _ = try Backup(of: data.path).make(in: target.path)
        #expect(throws: CommandFailure.self) { try Backup(of: data.path).make(in: target.path) }
        #expect(throws: CommandFailure.self) {
            try Backup(of: target.path + "/nothing").make(in: data.path + "/b2")
        }
        try Data("no database".utf8).write(to: data.url.appending(path: "log/log.sqlite"))
        #expect(throws: CommandFailure.self) { try Backup(of: data.path).make(in: data.path + "/b3") }
        let left = try FileManager.default.contentsOfDirectory(atPath: data.path).sorted()
        #expect(left == ["backup", "log", "master.key", "orchestrator"])
    }
}

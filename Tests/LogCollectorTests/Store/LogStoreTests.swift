import GRDB
import Models
import TestSupport
import Testing

@testable import LogCollector

@Suite struct LogStoreTests {
    private let folder: TemporaryFolder
    private let store: LogStore

    init() throws {
        folder = try TemporaryFolder()
        store = try LogStore(path: folder.path + "/log/log.sqlite")
    }

    @Test func `Numbers rise without gaps, over restarts too`() async throws {
        #expect(try await store.append([entry("1"), entry("2")]) == LogStore.Appended(lastID: 2, count: 2))
        #expect(try await store.append([]) == LogStore.Appended(lastID: 2, count: 0))
        let again = try LogStore(path: folder.path + "/log/log.sqlite")
        #expect(try await again.lastID() == 2)
        #expect(try await again.append([entry("3")]) == LogStore.Appended(lastID: 3, count: 1))
        #expect(
            try await again.list(ListLogEntries(after: 0, limit: 10)).items.compactMap(\.id) == [1, 2, 3])
    }

    @Test func `The offset is kept with the entries`() async throws {
        #expect(try await store.streamOffset() == nil)
        _ = try await store.append([.make([entry("1")])], through: 41)
        _ = try await store.append([], through: 42)
        _ = try await store.append([.make([entry("2")])], through: nil)
        #expect(try await store.streamOffset() == 42)
        let again = try LogStore(path: folder.path + "/log/log.sqlite")
        #expect(try await again.streamOffset() == 42)
    }

    @Test func `A message that came before is not stored again`() async throws {
        let first = IncomingBatch.make([entry("1"), entry("2")])
        let second = IncomingBatch.make([entry("3")])
        #expect(try await store.append([first, first], through: 1) == LogStore.Appended(lastID: 2, count: 2))
        #expect(
            try await store.append([first, second], through: 2) == LogStore.Appended(lastID: 3, count: 1))
        #expect(
            try await store.append([first, second], through: 3) == LogStore.Appended(lastID: 3, count: 0))
        #expect(try await store.messages(ListLogEntries(after: 0, limit: 10)) == ["1", "2", "3"])
        #expect(try await store.streamOffset() == 3)
    }

    @Test func `A commit that fails leaves nothing`() async throws {
        try await store.append([entry("1")])
        try await store.pool.write {
            try $0.execute(
                sql:
                    "INSERT INTO entry SELECT 3, time, level, service, instance, message, action_id, contract_product_id, client_id, category, provider, function, trace_id, metadata, error, debug FROM entry"
            )
        }
        let batch = IncomingBatch.make([entry("2"), entry("3")])
        await #expect(throws: DatabaseError.self) { try await store.append([batch], through: 9) }
        #expect(try await store.lastID() == 1)
        #expect(try await store.streamOffset() == nil)
        try await store.pool.write { try $0.execute(sql: "DELETE FROM entry WHERE id = 3") }
        #expect(try await store.append([batch], through: 9).count == 2)
    }

    @Test func `The database is written ahead, and forced to the disk at checkpoints`() throws {
        let (journal, synchronous) = try store.pool.writeWithoutTransaction { database in
            (
                try String.fetchOne(database, sql: "PRAGMA journal_mode"),
                try Int.fetchOne(database, sql: "PRAGMA synchronous")
            )
        }
        #expect(journal == "wal")
        #expect(synchronous == 1)
    }

    // MARK: Retention

    private func fill(pages: Int) async throws {
        let count = LogStore.pageEntries * pages
        let padding = String(repeating: "x", count: 500)
        for start in stride(from: 0, to: count, by: 512) {
            try await store.append(
                (start..<start + 512).map {
                    entry("number \($0)", at: Int64($0), action: "act_\($0)", debug: padding)
                })
        }
    }

    @Test func `Pages that are too old go, the youngest stays`() async throws {
        try await fill(pages: 3)
        let page = LogStore.pageEntries
        let never = Int.max
        #expect(try await store.removeOldest(olderThan: Timestamp(milliseconds: 0), maximumBytes: never) == 0)
        #expect(
            try await store.removeOldest(olderThan: Timestamp(milliseconds: Int64(page)), maximumBytes: never)
                == page - 1)
        #expect(
            try await store.removeOldest(olderThan: Timestamp(milliseconds: Int64(page)), maximumBytes: never)
                == 0)
        let list = try await store.list(ListLogEntries(after: 0, limit: 1))
        #expect(list.firstID == page)
        #expect(list.lastID == 3 * page)
        #expect(list.items.map(\.id) == [page])
        let later = Timestamp(milliseconds: .max)
        #expect(try await store.removeOldest(olderThan: later, maximumBytes: never) == page)
        #expect(try await store.removeOldest(olderThan: later, maximumBytes: never) == page)
        #expect(try await store.removeOldest(olderThan: later, maximumBytes: never) == 0)
        #expect(try await store.append([entry("next")]).lastID == 3 * page + 1)
    }

    @Test func `Pages go while the log is too large`() async throws {
        try await fill(pages: 4)
        let bytes = try await store.bytes()
        #expect(bytes > 2_000_000)
        let past = Timestamp(milliseconds: .min)
        #expect(try await store.removeOldest(olderThan: past, maximumBytes: bytes) == 0)
        var removed = 0
        while true {
            let count = try await store.removeOldest(olderThan: past, maximumBytes: bytes / 2)
            if count == 0 { break }
            removed += count
        }
        #expect((2_000...3_100).contains(removed))
        #expect(try await store.bytes() <= bytes / 2)
    }

    @Test func `The index forgets what is removed`() async throws {
        try await fill(pages: 2)
        let page = LogStore.pageEntries
        let gone = ActionID(rawValue: "act_5")
        let kept = ActionID(rawValue: "act_\(page + 5)")
        #expect(try await store.list(ListLogEntries(actionID: gone, limit: 10)).items.count == 1)
        _ = try await store.removeOldest(olderThan: Timestamp(milliseconds: .max), maximumBytes: .max)
        #expect(try await store.list(ListLogEntries(actionID: gone, limit: 10)).items.isEmpty)
        #expect(try await store.list(ListLogEntries(actionID: kept, limit: 10)).items.count == 1)
        try await store.pool.write { database in
            try database.execute(sql: "INSERT INTO entry_words (entry_words) VALUES ('integrity-check')")
            let words = try Int.fetchOne(
                database, sql: "SELECT count(*) FROM entry_words WHERE entry_words MATCH 'number'")
            #expect(words == page + 1)
        }
    }
}

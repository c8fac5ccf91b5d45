import Foundation
import GRDB
import Models
import Orchestrator
import Testing

struct StoreTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "purser-\(UUID().uuidString)")

    private func open() throws -> Store {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return try Store(file: folder.appending(path: "purser.sqlite"))
    }

    private static func client(_ name: String) -> Client {
        Client(id: .make(), name: name, email: "jane@example.com", createdAt: .now)
    }

    @Test func `What was written is there after reopening, in WAL mode and with synchronous FULL`()
        async throws
    {
        defer { try? FileManager.default.removeItem(at: folder) }
        let client = Self.client("Jane Doe")
        do {
            let store = try open()
            try await store.write { try $0.insert(client) }
        }
        let store = try open()
        #expect(try await store.read { try $0.client(client.id) } == client)
        let modes = try await store.write { transaction in
            (
                try Int.fetchOne(transaction.database, sql: "PRAGMA synchronous"),
                try String.fetchOne(transaction.database, sql: "PRAGMA journal_mode")
            )
        }
        #expect(modes.0 == 2)
        #expect(modes.1 == "wal")
    }

    @Test func `A change that throws takes nothing of those that share its transaction`() async throws {
        struct Wrong: Error {}
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try open()
        let results = await withTaskGroup(of: (Int, Bool).self) { group in
            for number in 0..<200 {
                group.addTask {
                    do {
                        try await store.write { transaction in
                            try transaction.insert(Self.client("\(number)"))
                            if number % 3 == 0 { throw Wrong() }
                        }
                        return (number, true)
                    } catch {
                        return (number, false)
                    }
                }
            }
            return await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
        }
        let names = Set(try await store.read { try $0.clients(before: nil, limit: 1000).map(\.name) })
        for number in 0..<200 {
            #expect(results[number] == (number % 3 != 0))
            #expect(names.contains("\(number)") == (number % 3 != 0))
        }
    }
}

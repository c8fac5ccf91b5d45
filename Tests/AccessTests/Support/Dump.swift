import GRDB
import HTTPTypes
import Models

@testable import Orchestrator

extension AccessHarness {
    /// What changes by asking alone, or by itself.
    private static let ignored: [String: Set<String>] = [
        "tokens": ["last_used_at"], "sessions": ["seen_at"], "adapters": ["last_seen_at"],
    ]

    /// Every row of the orchestrator's database, by table.
    func dump() async throws -> [String: String] {
        try await parts.store.read { transaction in
            let database = transaction.database
            let tables = try String.fetchAll(
                database, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            return try tables.reduce(into: [:]) { dump, table in
                let rows = try Row.fetchAll(database, sql: "SELECT * FROM \"\(table)\"")
                let ignored = Self.ignored[table] ?? []
                dump[table] = rows.map { row in
                    row.filter { !ignored.contains($0.0) }.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
                }.sorted().joined(separator: "\n")
            }
        }
    }
}

/// Methods by names that a table can list beside bodies.
enum HTTPMethodName {
    case get, post, patch, delete

    var value: HTTPRequest.Method {
        switch self {
        case .get: .get
        case .post: .post
        case .patch: .patch
        case .delete: .delete
        }
    }
}

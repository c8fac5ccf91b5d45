package import Foundation
package import GRDB
package import Models

/// The system of record: one SQLite file in WAL mode with `synchronous=FULL`.
///
/// Everything that must survive is here: clients, contract products, configurations, tokens, actions, attempts, the
/// event table, the outbox, idempotency keys, adapter descriptors, dead letters. Services change it through
/// `Transaction`, whose methods hold all the SQL.
package final class Store: Sendable {
    private let pool: DatabasePool
    private let writer: GroupCommit

    /// Opens the database, making it where there is none, and brings its tables up to date.
    ///
    /// - Parameter file: the SQLite file; its folder must exist.
    /// - Throws: where the file cannot be opened or does not take `synchronous=FULL`.
    package init(file: URL) throws {
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000")
        }
        pool = try DatabasePool(path: file.path, configuration: configuration)
        try pool.writeWithoutTransaction { database in
            // GRDB sets NORMAL when it opens a pool; what was answered as accepted must survive a power cut.
            try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000")
            let mode = try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? -1
            guard mode == 2 else { throw StoreError.notDurable(mode) }
        }
        try Schema.migrator.migrate(pool)
        writer = GroupCommit(pool: pool)
    }

    /// Runs a change in a transaction that may hold other callers' changes too, and returns once it is durable.
    ///
    /// - Throws: what the change threw, or the database's error; then nothing was changed.
    package func write<Value: Sendable>(
        _ change: @escaping @Sendable (Transaction) throws -> Value
    ) async throws -> Value {
        try await writer.write { try change(Transaction($0)) }
    }

    /// Reads from one consistent state.
    package func read<Value: Sendable>(
        _ query: @escaping @Sendable (Transaction) throws -> Value
    ) async throws -> Value {
        try await pool.read { try query(Transaction($0)) }
    }
}

/// A transaction on the store. Its methods are in `Transaction+….swift`, a file a table.
package struct Transaction {
    package let database: Database
    let memo = TransactionMemo()

    init(_ database: Database) {
        self.database = database
    }

    /// Runs a statement that is compiled once.
    func run(_ sql: String, _ arguments: StatementArguments = []) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// The first row, or nil.
    func row(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
        try Row.fetchOne(database.cachedStatement(sql: sql), arguments: arguments)
    }

    /// All rows.
    func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
        try Row.fetchAll(database.cachedStatement(sql: sql), arguments: arguments)
    }
}

/// What a transaction has read or written already: one change looks at the same few records several times.
final class TransactionMemo {
    var products: [ContractProductID: ProductRecord] = [:]
    var clients: [ClientID: Client] = [:]
    var configurations: [ConfigurationID: ConfigurationRecord] = [:]
    var circuits: [ConfigurationID: Circuit] = [:]
}

// MARK: JSON in columns

extension Transaction {
    static func json(_ value: some JSONConvertible) -> String {
        String(decoding: JSONText.bytes(value), as: UTF8.self)
    }

    /// - Throws: `StoreError.damaged` where the column does not hold what the code writes.
    static func value<Value: JSONConvertible>(_ json: String, as type: Value.Type = Value.self) throws
        -> Value
    {
        do {
            return try Value(json: try JSONText.parse(json))
        } catch {
            throw StoreError.damaged("a column of type \(type)")
        }
    }
}

extension Row {
    func time(_ column: String) -> Timestamp? {
        (self[column] as Int64?).map(Timestamp.init(milliseconds:))
    }

    func time(_ column: Int) -> Timestamp? {
        (self[column] as Int64?).map(Timestamp.init(milliseconds:))
    }
}

extension Timestamp: DatabaseValueConvertible {
    package var databaseValue: DatabaseValue { milliseconds.databaseValue }

    package static func fromDatabaseValue(_ value: DatabaseValue) -> Timestamp? {
        Int64.fromDatabaseValue(value).map(Timestamp.init(milliseconds:))
    }
}

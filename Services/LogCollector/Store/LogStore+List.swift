import Foundation
import GRDB
import Models

extension LogStore {
    /// How large an answer may become. A longer listing ends early; the next one goes on behind its last entry.
    static let answerBytes = 700 << 10

    /// Entries that match: with `after` in order, otherwise the newest first.
    func list(_ request: ListLogEntries) async throws -> LogList {
        let limit = min(max(request.limit, 1), 1_000)
        return try await pool.read { database in
            let query = try LogQuery(request, database)
            let lastID = try Self.lastID(database)
            let firstID = try Int.fetchOne(database, sql: "SELECT min(id) FROM entry") ?? 0
            var items: [LogEntry] = []
            if !query.isImpossible,
                let range = try Self.range(of: request, firstID...max(firstID, lastID), database)
            {
                items = try Self.entries(query, range, limit: limit, database)
            }
            return LogList(items: items, lastID: lastID, firstID: firstID)
        }
    }

    private static func entries(
        _ query: LogQuery, _ range: ClosedRange<Int>, limit: Int, _ database: Database
    ) throws -> [LogEntry] {
        let (sql, arguments) = query.select(range)
        let decoder = JSONDecoder()
        var items: [LogEntry] = []
        var bytes = 0
        let rows = try Row.fetchCursor(database, sql: sql, arguments: arguments)
        while items.count < limit, let row = try rows.next() {
            let entry = LogEntry(row, decoder: decoder)
            bytes += entry.approximateBytes
            if bytes > answerBytes, !items.isEmpty { break }
            items.append(entry)
        }
        return items
    }

    /// The numbers in which the request's entries lie, narrowed by the times that are noted for each page.
    private static func range(
        of request: ListLogEntries, _ all: ClosedRange<Int>, _ database: Database
    ) throws -> ClosedRange<Int>? {
        var lower = max(all.lowerBound, request.after.map { $0 < .max ? $0 + 1 : $0 } ?? 0)
        var upper = min(all.upperBound, request.before.map { $0 > .min ? $0 - 1 : $0 } ?? .max)
        if let since = request.since {
            let page = try Int.fetchOne(
                database, sql: "SELECT min(number) FROM entry_page WHERE last_time >= ?",
                arguments: [since.milliseconds])
            guard let page else { return nil }
            lower = max(lower, page * pageEntries)
        }
        if let until = request.until {
            let page = try Int.fetchOne(
                database, sql: "SELECT max(number) FROM entry_page WHERE first_time < ?",
                arguments: [until.milliseconds])
            guard let page else { return nil }
            upper = min(upper, (page + 1) * pageEntries - 1)
        }
        return lower <= upper ? lower...upper : nil
    }
}

extension LogEntry {
    fileprivate init(_ row: Row, decoder: JSONDecoder) {
        self.init(
            id: row["id"], time: Timestamp(milliseconds: row["time"]),
            level: LogLevel(rank: row["level"]) ?? .critical, service: row["service"],
            instance: row["instance"],
            message: row["message"], actionID: (row["action_id"] as String?).map(ActionID.init),
            contractProductID: (row["contract_product_id"] as String?).map(ContractProductID.init),
            clientID: (row["client_id"] as String?).map(ClientID.init), category: row["category"],
            provider: row["provider"], function: row["function"], traceID: row["trace_id"],
            metadata: Self.metadata(row["metadata"], decoder), error: row["error"], debug: row["debug"])
    }

    /// The stored text as JSON; where it holds what Swift cannot (a number such as 1e999), the text itself.
    private static func metadata(_ text: String, _ decoder: JSONDecoder) -> [String: JSONValue] {
        do {
            return try decoder.decode([String: JSONValue].self, from: Data(text.utf8))
        } catch {
            return ["metadata": .string(text)]
        }
    }

    /// About how long the entry's JSON is; texts may grow a little when they are escaped.
    fileprivate var approximateBytes: Int {
        var bytes = 400 + message.utf8.count + (error?.utf8.count ?? 0) + (debug?.utf8.count ?? 0)
        for (key, value) in metadata { bytes += key.utf8.count + value.approximateBytes }
        return bytes
    }
}

extension JSONValue {
    fileprivate var approximateBytes: Int {
        switch self {
        case .string(let text): text.utf8.count + 8
        case .array(let values): values.reduce(8) { $0 + $1.approximateBytes }
        case .object(let members): members.reduce(8) { $0 + $1.key.utf8.count + $1.value.approximateBytes }
        default: 16
        }
    }
}

import GRDB
import Models

/// The SQL for a listing.
struct LogQuery {
    /// The most words of a search that count.
    static let wordLimit = 16

    /// What the index of words is asked, AND between them; empty where the index is not needed.
    private var terms: [String] = []
    private var conditions: [String] = []
    private var arguments: StatementArguments = []
    private let isAscending: Bool
    private let tokenizer: any FTS5Tokenizer
    /// Whether nothing can match.
    private(set) var isImpossible = false

    init(_ request: ListLogEntries, _ database: Database) throws {
        isAscending = request.after != nil
        tokenizer = try database.makeTokenizer(LogStoreSchema.tokenizer)
        try require("action_id", request.actionID?.rawValue, term: "")
        try require("contract_product_id", request.contractProductID?.rawValue, term: "")
        try require("client_id", request.clientID?.rawValue, term: "")
        try require("service", request.service, term: "service_")
        try require("category", request.category, term: "category_")
        if let level = request.level, level.rank > 0 {
            conditions.append("entry.level >= ?")
            arguments += [level.rank]
            if level.rank >= LogStoreSchema.indexedLevel {
                let levels = (level.rank...LogLevel.critical.rank).map { Self.quoted("level_\($0)") }
                terms.append("(" + levels.joined(separator: " OR ") + ")")
            }
        }
        if let text = request.text { try search(text) }
        if let since = request.since {
            conditions.append("entry.time >= ?")
            arguments += [since.milliseconds]
        }
        if let until = request.until {
            conditions.append("entry.time < ?")
            arguments += [until.milliseconds]
        }
    }

    /// The statement for entries with numbers in `range`.
    func select(_ range: ClosedRange<Int>) -> (sql: String, arguments: StatementArguments) {
        let id = terms.isEmpty ? "entry.id" : "entry_words.rowid"
        var all = conditions
        var arguments = arguments
        if !terms.isEmpty {
            all.append("entry_words MATCH ?")
            arguments += [terms.joined(separator: " AND ")]
        }
        all.append("\(id) BETWEEN ? AND ?")
        arguments += [range.lowerBound, range.upperBound]
        // CROSS JOIN keeps the order of the tables: the words first, which come in the order of the numbers.
        let tables = terms.isEmpty ? "entry" : "entry_words CROSS JOIN entry ON entry.id = entry_words.rowid"
        let sql = """
            SELECT entry.* FROM \(tables) WHERE \(all.joined(separator: " AND "))
            ORDER BY \(id) \(isAscending ? "ASC" : "DESC")
            """
        return (sql, arguments)
    }

    private mutating func require(_ column: String, _ value: String?, term prefix: String) throws {
        guard let value else { return }
        conditions.append("entry.\(column) = ?")
        arguments += [value]
        let words = try words(in: prefix + value)
        if words.isEmpty { isImpossible = true }
        terms += words.map(Self.quoted)
    }

    /// Every word must be in the entry; a word with a star at its end stands for all that begin so.
    private mutating func search(_ text: String) throws {
        let pieces = text.split(whereSeparator: \.isWhitespace)
        guard !pieces.isEmpty else { return }
        var found: [String] = []
        for piece in pieces {
            var words = try words(in: String(piece)).map(Self.quoted)
            if piece.hasSuffix("*"), let last = words.popLast() { words.append(last + "*") }
            found += words
        }
        if found.isEmpty { isImpossible = true }
        terms += found.prefix(Self.wordLimit)
    }

    /// The words as the index cuts and folds them; its own tokenizer says so.
    private func words(in text: String) throws -> [String] {
        try tokenizer.tokenize(query: text).map(\.token)
    }

    private static func quoted(_ word: String) -> String { "\"\(word)\"" }
}

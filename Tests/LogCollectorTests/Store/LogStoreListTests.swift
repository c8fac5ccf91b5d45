import Foundation
import GRDB
import Models
import TestSupport
import Testing

@testable import LogCollector

@Suite struct LogStoreListTests {
    private let folder: TemporaryFolder
    private let store: LogStore

    init() throws {
        folder = try TemporaryFolder()
        store = try LogStore(path: folder.path + "/log.sqlite")
    }

    @Test func `An empty log has no first entry`() async throws {
        let list = try await store.list(ListLogEntries(limit: 10))
        #expect(list == LogList(items: [], lastID: 0, firstID: 0))
        #expect(try await store.messages(ListLogEntries(text: "word", after: 0, limit: 10)).isEmpty)
    }

    @Test func `An entry comes back as it was, with its number`() async throws {
        let full = IncomingEntry(
            time: Timestamp(milliseconds: 1_770_113_472_345), level: .error, service: "hosting-adapter",
            instance: "h-1",
            message: "The \"action\" failed", actionID: "act_1", contractProductID: "prd_1",
            clientID: "clt_1",
            category: "hosting", provider: "cpanel", function: "suspend", traceID: "4bf9",
            metadata: #"{"attempt":2,"list":[1.5,null]}"#, error: "it broke", debug: "sealed:v1:k:abc")
        try await store.append([full])
        let items = try await store.list(ListLogEntries(limit: 10)).items
        #expect(
            items == [
                LogEntry(
                    id: 1, time: full.time, level: .error, service: "hosting-adapter", instance: "h-1",
                    message: "The \"action\" failed", actionID: ActionID(rawValue: "act_1"),
                    contractProductID: ContractProductID(rawValue: "prd_1"),
                    clientID: ClientID(rawValue: "clt_1"),
                    category: "hosting", provider: "cpanel", function: "suspend", traceID: "4bf9",
                    metadata: ["attempt": 2, "list": [1.5, .null]], error: "it broke",
                    debug: "sealed:v1:k:abc")
            ])
    }

    @Test func `Pages go both ways without a gap or a repeat`() async throws {
        for start in stride(from: 0, to: 100, by: 10) {
            try await store.append(
                (start..<start + 10).map { entry("\($0)", category: $0 % 2 == 0 ? "seo" : "hosting") })
        }
        for category in [nil, "seo"] {
            let expected = (1...100).filter { category == nil || $0 % 2 == 1 }
            var down: [Int] = []
            while true {
                let list = try await store.list(
                    ListLogEntries(category: category, before: down.last, limit: 7))
                if list.items.isEmpty { break }
                down += list.items.compactMap(\.id)
            }
            #expect(down == expected.reversed())
            var up: [Int] = []
            while true {
                let list = try await store.list(
                    ListLogEntries(category: category, after: up.last ?? 0, limit: 7))
                if list.items.isEmpty { break }
                up += list.items.compactMap(\.id)
            }
            #expect(up == expected)
        }
        let between = try await store.list(ListLogEntries(before: 20, after: 15, limit: 100)).items
            .compactMap(\.id)
        #expect(between == [16, 17, 18, 19])
    }

    @Test func `Each filter alone, and all together`() async throws {
        try await store.append([
            entry("0", action: "act_1", product: "prd_1", client: "clt_1", category: "hosting"),
            entry(
                "1", level: .error, action: "act_1", product: "prd_1", client: "clt_1", category: "hosting"),
            entry(
                "2", level: .warning, service: "log-collector", action: "act_2", product: "prd_1",
                client: "clt_1"),
            entry("3", level: .debug, service: "gateway", client: "clt_2", category: "office-tools"),
            entry("4", level: .critical, service: "log", category: "office", metadata: #"{"a":"act_1"}"#),
        ])
        func found(_ request: ListLogEntries) async throws -> String {
            try await store.messages(request).reversed().joined()
        }
        #expect(try await found(ListLogEntries(actionID: ActionID(rawValue: "act_1"), limit: 9)) == "01")
        #expect(
            try await found(ListLogEntries(contractProductID: ContractProductID(rawValue: "prd_1"), limit: 9))
                == "012")
        #expect(try await found(ListLogEntries(clientID: ClientID(rawValue: "clt_2"), limit: 9)) == "3")
        #expect(try await found(ListLogEntries(service: "log-collector", limit: 9)) == "2")
        #expect(try await found(ListLogEntries(service: "log", limit: 9)) == "4")
        #expect(try await found(ListLogEntries(category: "office-tools", limit: 9)) == "3")
        #expect(try await found(ListLogEntries(category: "office", limit: 9)) == "4")
        let byLevel: [(LogLevel, String)] = [
            (.trace, "01234"), (.debug, "01234"), (.info, "0124"), (.notice, "124"), (.warning, "124"),
            (.error, "14"),
            (.critical, "4"),
        ]
        for (level, expected) in byLevel {
            #expect(try await found(ListLogEntries(level: level, limit: 9)) == expected)
        }
        #expect(
            try await found(
                ListLogEntries(
                    actionID: ActionID(rawValue: "act_1"),
                    contractProductID: ContractProductID(rawValue: "prd_1"),
                    clientID: ClientID(rawValue: "clt_1"), service: "orchestrator", category: "hosting",
                    level: .error,
                    text: "1", before: 5, after: 1, limit: 9)) == "1")
        #expect(
            try await found(
                ListLogEntries(actionID: ActionID(rawValue: "act_1"), service: "gateway", limit: 9)
            ).isEmpty)
        #expect(try await found(ListLogEntries(actionID: ActionID(rawValue: "!"), limit: 9)).isEmpty)
    }

    @Test func `Times bound a listing, also of entries that came late`() async throws {
        let times: [Int64] = [1_000, 2_000, 3_000, 500, 4_000]
        try await store.append(times.map { entry("\($0)", at: $0) })
        func found(_ since: Int64?, _ until: Int64?) async throws -> Set<String> {
            Set(
                try await store.messages(
                    ListLogEntries(
                        since: since.map(Timestamp.init(milliseconds:)),
                        until: until.map(Timestamp.init(milliseconds:)), limit: 100)))
        }
        #expect(try await found(2_000, nil) == ["2000", "3000", "4000"])
        #expect(try await found(nil, 2_000) == ["1000", "500"])
        #expect(try await found(500, 501) == ["500"])
        #expect(try await found(4_001, nil).isEmpty)
        #expect(try await found(nil, 500).isEmpty)
    }

    @Test func `Times far apart are found by page`() async throws {
        let page = LogStore.pageEntries
        for start in stride(from: 0, to: page * 4, by: 512) {
            try await store.append((start..<start + 512).map { entry("\($0)", at: Int64($0)) })
        }
        let since = Timestamp(milliseconds: Int64(page * 2 + 10))
        let until = Timestamp(milliseconds: Int64(page * 2 + 13))
        let found = try await store.messages(ListLogEntries(since: since, until: until, limit: 10))
        #expect(found == ["\(page * 2 + 12)", "\(page * 2 + 11)", "\(page * 2 + 10)"])
    }

    @Test func `Words are found in the message, the metadata's values and the error`() async throws {
        try await store.append([
            entry("The Account was suspended"),
            entry("a", metadata: #"{"domain":"Example.COM","n":{"list":["café",42]}}"#),
            entry("b", error: "connection refused"), entry("c", action: "act_01abc"),
            entry("d", metadata: #"{"path":"retry_after"}"#),
        ])
        func found(_ text: String) async throws -> [String] {
            try await store.messages(ListLogEntries(text: text, limit: 100))
        }
        #expect(try await found("account SUSPENDED") == ["The Account was suspended"])
        #expect(try await found("suspended account") == ["The Account was suspended"])
        #expect(try await found("example.com") == ["a"])
        #expect(try await found("cafe") == ["a"])
        #expect(try await found("42") == ["a"])
        #expect(try await found("refused") == ["b"])
        #expect(try await found("act_01abc") == ["c"])
        #expect(try await found("act_01*") == ["c"])
        #expect(try await found("retry_after") == ["d"])
        #expect(try await found("susp*") == ["The Account was suspended"])
        #expect(try await found("susp").isEmpty)
        #expect(try await found("domain").isEmpty)
        #expect(try await found("suspended refused").isEmpty)
    }

    @Test(arguments: [
        "\"", "\"\"", "'", "*", "**", "a*b", "(", ")", "a AND", "AND", "OR b", "NOT", "NEAR(a b)", "words:a",
        "a-b", "^a", "+",
        "{a b}", "a\u{0}b", "é\u{301}", "漢字", "🧾", "%", "\\", ";DROP TABLE entry", "-", "....", "a\"b",
        "\u{1F600}a",
        String(repeating: "word ", count: 1_000), String(repeating: "x", count: 100_000), "\u{10FFFF}", "ﬁ",
        "ǅ", "𐀀", "\u{16FE4}x",
        "a\u{200d}b", "ⅷ", "¼", "x²",
    ])
    func `A hostile search finds nothing, and does no harm`(text: String) async throws {
        try await store.append([entry("harmless")])
        #expect(try await store.messages(ListLogEntries(text: text, limit: 10)).isEmpty)
        #expect(
            try await store.messages(ListLogEntries(actionID: ActionID(rawValue: text), limit: 10)).isEmpty)
        #expect(try await store.messages(ListLogEntries(service: text, limit: 10)).isEmpty)
        #expect(try await store.messages(ListLogEntries(limit: 10)) == ["harmless"])
    }

    @Test func `Every scalar of the first two planes can be searched for`() async throws {
        try await store.pool.read { database in
            for start in stride(from: UInt32(1), through: 0x1FFFF, by: 64) {
                let scalars = (start..<start + 64).compactMap(Unicode.Scalar.init)
                let text = scalars.map { "a\($0)b" }.joined(separator: " ")
                #expect(throws: Never.self, "from U+\(String(start, radix: 16))") {
                    let query = try LogQuery(ListLogEntries(text: text, limit: 1), database).select(1...1)
                    _ = try Row.fetchAll(database, sql: query.sql, arguments: query.arguments)
                }
            }
        }
    }

    @Test func `An empty search is no filter`() async throws {
        try await store.append([entry("a")])
        #expect(try await store.messages(ListLogEntries(text: "  ", limit: 10)) == ["a"])
    }

    @Test func `Numbers out of range bound nothing, and harm nothing`() async throws {
        try await store.append([entry("a"), entry("b")])
        #expect(try await store.messages(ListLogEntries(before: .max, limit: .max)) == ["b", "a"])
        #expect(try await store.messages(ListLogEntries(before: .min, limit: 1)).isEmpty)
        #expect(try await store.messages(ListLogEntries(after: .max, limit: 1)).isEmpty)
        #expect(try await store.messages(ListLogEntries(after: .min, limit: 0)) == ["a"])
        #expect(try await store.messages(ListLogEntries(after: -5, limit: -7)) == ["a"])
    }

    @Test func `A listing ends before it outgrows a message`() async throws {
        let debug = String(repeating: "d", count: 300_000)
        try await store.append((0..<10).map { entry("\($0)", debug: debug) })
        var seen: [String] = []
        var last = 0
        while true {
            let list = try await store.list(ListLogEntries(after: last, limit: 100))
            guard let id = list.items.last?.id else { break }
            #expect(try JSONEncoder().encode(list).count < 1 << 20)
            seen += list.items.map(\.message)
            last = id
        }
        #expect(seen == (0..<10).map(String.init))
    }

    @Test func `Metadata that Swift cannot hold is shown as text`() async throws {
        try await store.append([entry("a", metadata: #"{"n":1e999}"#)])
        #expect(
            try await store.list(ListLogEntries(limit: 1)).items.map(\.metadata) == [
                ["metadata": #"{"n":1e999}"#]
            ])
    }
}

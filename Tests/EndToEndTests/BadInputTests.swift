import Foundation
import GRDB
import Models
import SystemSupport
import Testing
import TestSupport

/// Whatever is sent, the answer is a problem document, and nothing of it is kept.
@Suite("Bad input over HTTP", .leavingNoSecrets)
struct BadInputTests {
    @Test(
        "It is refused with a problem document, and nothing is half-written",
        arguments: PurserSystem.Form.allCases)
    func refused(_ form: PurserSystem.Form) async throws {
        try await withSystem(form) { system in
            let product = try await system.makeProduct()
            let foreign = try await system.makeProduct()
            let client = try await system.clientCaller(product.client)
            let before = try Self.rowCounts(of: system)
            for input in BadInput.table(product: product, foreign: foreign) {
                let caller =
                    switch input.caller {
                    case .admin: system.http
                    case .client: client
                    case .nobody: system.http.with(token: nil)
                    case .stranger: system.http.with(token: "psr_admin_0123456789abcdef0123456789abcdef")
                    }
                let answer = try await caller.send(
                    input.method, input.path, input.body, headers: input.headers)
                #expect(input.statuses.contains(answer.status), "\(input.name): \(answer)")
                #expect(answer.isProblem, "\(input.name): \(answer)")
                if answer.status == 422 {
                    let errors = answer["errors"]?.arrayValue ?? []
                    #expect(
                        errors.allSatisfy { $0["pointer"] != nil && $0["detail"] != nil },
                        "\(input.name): \(answer)")
                }
            }
            #expect(try Self.rowCounts(of: system) == before)
            #expect(try system.ledger.effects().isEmpty)
            // And all goes on.
            #expect(try await system.run("create", PurserSystem.account, on: product).state == "succeeded")
        }
    }

    @Test("Strange texts that are legal come back as they were", arguments: PurserSystem.Form.allCases)
    func strangeTexts(_ form: PurserSystem.Form) async throws {
        let system = try await PurserSystem.shared(form)
        let texts = [
            "\u{202E}right to left\u{202C}", "👩‍👩‍👧‍👦 e\u{301}", "'; DROP TABLE clients; --",
            "<script>alert(1)</script>",
            "../../etc/passwd", "%s%n${jndi:x}", "line\nbreak\ttab", "\"quoted\" \\ back", "sealed:v1:x:y",
            "\u{FEFF}\u{FFFD}",
        ]
        for text in texts {
            let made = try await system.http.call(
                .post, "/v1/clients", ["name": .string(text), "email": "jane@example.com"])
            #expect(made.status == 201, "\(text): \(made)")
            guard let id = made["id"]?.stringValue else { continue }
            let shown = try await system.http.call(.get, "/v1/clients/\(id)")
            #expect(
                shown["name"]?.stringValue.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars),
                "\(shown)")
        }
    }

    @Test(
        "A search in the log takes any words",
        arguments: [
            "\"", "'", "a OR", "NEAR(", "*", "-", "col:x", "(((", "a AND NOT", "\u{202E}", "%", "\\",
        ])
    func logSearch(_ words: String) async throws {
        let system = try await PurserSystem.shared(.embedded)
        let query = try #require(words.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        let answer = try await system.http.call(.get, "/v1/logs?q=\(query)")
        #expect(answer.status == 200 || answer.status == 422 && answer.isProblem, "\(answer)")
    }

    /// How many rows each table has that a request could write to.
    private static func rowCounts(of system: PurserSystem) throws -> [String: Int] {
        let path = system.dataFolder.appending(path: "orchestrator/purser.sqlite").path
        let queue = try DatabaseQueue(path: path)
        return try queue.read { db in
            let tables = [
                "clients", "configurations", "products", "field_changes", "actions", "attempts",
                "idempotency_keys",
                "outbox", "tokens", "dead_letters",
            ]
            return try Dictionary(
                uniqueKeysWithValues: tables.map { table in
                    (table, try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? -1)
                })
        }
    }
}

import Bus
import Foundation
import GRDB
import Models
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@testable import Orchestrator

/// What third parties tell without being asked.
struct NoticeTests {
    private static let info: [String: JSONValue] = [
        "id": "d-1", "domain": "example.com", "statuses": ["ok"], "ns": [:], "created_at": .null,
        "updated_at": .null, "expires_at": "2027-01-01 00:00:00",
    ]
    private static let obliging: OrchestratorHarness.Adapter = { attempt in
        ActionOutcome(attempt, .succeeded, result: info)
    }

    private static func notice(
        _ type: String, _ domains: String..., id: String = UUID().uuidString
    ) -> Notice {
        Notice(
            id: id, type: type, message: "It is told.", subjects: domains,
            createdAt: Timestamp(milliseconds: 1_700_000_000_000), extra: ["code": 1000])
    }

    @Test func `A notice finds its products by their domain, and says in their history where it came from`()
        async throws
    {
        try await OrchestratorHarness.run(of: Domains.blueprint, adapter: Self.obliging) { harness in
            let whole = try await harness.product(["domain": "Example.COM"])
            let parts = try await harness.product(["sld": "bücher", "tld": "example"])
            let other = try await harness.product(["domain": "other.example"])
            let elsewhere = try await harness.productElsewhere(["domain": "example.com"])
            try await harness.store(
                Self.notice("deleted", "example.com", "xn--bcher-kva.example", "no-one.example", id: "n-1"))
            #expect(try await harness.status(of: whole) == .terminated)
            #expect(try await harness.status(of: parts) == .terminated)
            #expect(try await harness.status(of: other) == .pending)
            #expect(try await harness.status(of: elsewhere) == .pending)
            let change = try #require(
                try await harness.parts.products.history(ShowProductHistory(id: whole)).items.first)
            #expect(change.field == "status")
            #expect(change.newValue == "terminated")
            #expect(change.changedBy == "notice n-1")
            #expect(change.actionID == nil)
            // What is gone stays gone.
            try await harness.store(Self.notice("suspended", "example.com", "other.example"))
            #expect(try await harness.status(of: whole) == .terminated)
            #expect(try await harness.status(of: other) == .suspended)
            let listed = try await harness.parts.notices.list(ListNotices(page: Page(limit: 10))).items
            #expect(listed.map(\.type) == ["suspended", "deleted"])
            #expect(Set(listed[1].appliedTo) == [whole, parts])
        }
    }

    @Test func `A notice that comes again changes nothing`() async throws {
        try await OrchestratorHarness.run(of: Domains.blueprint, adapter: Self.obliging) { harness in
            let product = try await harness.product(["domain": "example.com"])
            let renewed = Self.notice("renewed", "example.com", id: "n-1")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<16 { group.addTask { try await harness.store(renewed, renewed) } }
                try await group.waitForAll()
            }
            let actions = try await harness.actions(on: product)
            #expect(actions.map(\.function) == ["getInfo"])
            #expect(actions.first?.requestedBy == "notice")
            let ended = try await harness.wait(for: try #require(actions.first).id, .succeeded)
            #expect(ended.parameters == ["sld": "example", "tld": "com"])
        }
    }

    @Test(arguments: ["renewed", "data_quality", "transfer_in"])
    func `What is known of a domain is read again`(type: String) async throws {
        try await OrchestratorHarness.run(of: Domains.blueprint, adapter: Self.obliging) { harness in
            let product = try await harness.product(["sld": "example", "tld": "com"])
            try await harness.store(Self.notice(type, "example.com"))
            let action = try #require(try await harness.actions(on: product).first)
            #expect(action.function == "getInfo")
            _ = try await harness.wait(for: action.id, .succeeded)
            let shown = try await harness.parts.products.show(
                ShowContractProduct(id: product, audience: .admin))
            #expect(shown.provisionFields["expires_at"] == "2027-01-01 00:00:00")
            #expect(shown.status == .pending)
        }
    }

    @Test func `A transfer that is awaited goes on at once when its end is told`() async throws {
        try await OrchestratorHarness.run(of: Domains.blueprint) { attempt in
            attempt.function == "transfer" && attempt.attempt == 1
                ? ActionOutcome(attempt, .deferred, pollAfter: 86_400, reference: "t-1")
                : ActionOutcome(attempt, .succeeded, result: Self.info)
        } body: { harness in
            // Nothing is known of its domain yet but what the action was given.
            let product = try await harness.product()
            let transfer = try await harness.submit(
                "transfer", on: product, ["sld": "example", "tld": "com", "epp_code": "x"]
            ).action
            _ = try await harness.wait(for: transfer.id, .deferred)
            try await harness.store(Self.notice("transfer_in", "example.com"))
            let ended = try await harness.wait(for: transfer.id, .succeeded)
            #expect(ended.attempts.count == 2)
            #expect(try await harness.status(of: product) == .active)
            let looked = try #require(
                try await harness.actions(on: product).first { $0.function == "getInfo" })
            #expect(try await harness.wait(for: looked.id, .succeeded).requestedBy == "notice")
        }
    }

    @Test func `Notices are kept only for a configuration of their category`() async throws {
        try await OrchestratorHarness.run(of: Domains.blueprint, adapter: Self.obliging) { harness in
            for (id, category) in [(.make(), "domains"), (harness.configuration.id, "hosting")] {
                await #expect {
                    try await harness.parts.notices.store(
                        StoreNotices(
                            configurationID: id, category: category, notices: [Self.notice("renewed", "a.b")]),
                        traceparent: nil)
                } throws: {
                    ($0 as? RequestFailure)?.kind == .notFound
                }
            }
        }
    }

    @Test func `Notices are listed newest first, a page at a time, large ones fewer`() async throws {
        try await OrchestratorHarness.run(of: Domains.blueprint, adapter: Self.obliging) { harness in
            var large = Self.notice("renewed", "a.example", id: "large")
            large.message = String(repeating: "x", count: 10_000)
            large.extra = .array([.string(String(repeating: "y", count: 20_000))])
            try await harness.store(large)
            for number in 1...5 { try await harness.store(Self.notice("renewed", id: "n-\(number)")) }
            let own = harness.configuration.id
            let first = try await harness.parts.notices.list(
                ListNotices(configurationID: own, page: Page(limit: 4)))
            #expect(first.items.map(\.id) == ["n-5", "n-4", "n-3", "n-2"])
            let second = try await harness.parts.notices.list(
                ListNotices(configurationID: own, page: Page(cursor: first.nextCursor, limit: 4)))
            #expect(second.items.map(\.id) == ["n-1", "large"])
            #expect(second.nextCursor == nil)
            #expect(second.items.last?.message.count == NoticeService.longestMessage)
            #expect(second.items.last?.extra == nil)
            #expect(second.items.first?.extra == ["code": 1000])
            let none = try await harness.parts.notices.list(
                ListNotices(configurationID: .make(), page: Page(limit: 4)))
            #expect(none.items.isEmpty)
            await #expect(throws: RequestFailure.self) {
                try await harness.parts.notices.list(ListNotices(page: Page(cursor: "x", limit: 4)))
            }
        }
    }

    @Test func `Domains of products that were there before are found too`() async throws {
        let queue = try DatabaseQueue()
        try Schema.migrator.migrate(queue, upTo: "2 results that expire")
        try await queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO clients VALUES ('c', 'Jane', 'jane@example.com', NULL, NULL, NULL, 0);
                    INSERT INTO configurations VALUES ('f', 'domains', 'x', 'n', '{}', 1, 0, 0);
                    INSERT INTO products VALUES
                        ('p1', 'c', 'domains', 'f', 'n', NULL, 'active', '{"sld":"Example","tld":"com"}', 0, 0),
                        ('p2', 'c', 'domains', 'f', 'n', NULL, 'active', '{}', 0, 0);
                    """)
        }
        try Schema.migrator.migrate(queue)
        for (domain, expected) in [("example.com", ["p1"]), ("no-one.example", [])] {
            let found = try await queue.read {
                try Transaction($0).products(of: ConfigurationID(rawValue: "f"), domain: domain)
            }
            #expect(found.map(\.rawValue) == expected)
        }
    }
}

extension OrchestratorHarness {
    func store(_ notices: Notice...) async throws {
        _ = try await bus.send(
            StoreNotices(configurationID: configuration.id, category: category, notices: notices),
            to: .orchestratorRequests, source: "/test", signer: parts.secrets.category(category))
    }

    func actions(on product: ContractProductID) async throws -> [Action] {
        try await parts.actions.list(ListActions(contractProductID: product, page: Page(limit: 50))).items
    }

    /// A product with another configuration.
    func productElsewhere(_ fields: [String: JSONValue]) async throws -> ContractProductID {
        let other = try await parts.configurations.create(
            CreateConfiguration(
                category: category, provider: "scripted", name: "other",
                settings: ["hostname": "other.example.com", "api_token": "tok-2"]))
        return try await parts.products.create(
            CreateContractProduct(
                clientID: client.id, category: category, configurationID: other.id, name: "Other",
                provisionFields: fields)
        ).id
    }
}

import GRDB
import Models
import Synchronization
import Testing

@testable import Orchestrator

/// What pages ask for: what needs a person, searches, names, counts.
@Suite struct OverviewTests {
    /// An adapter that fails, does not know, or succeeds, as the test says at the moment.
    private final class Mood: Sendable {
        let outcome = Mutex(AttemptOutcome.succeeded)

        func become(_ next: AttemptOutcome) { outcome.withLock { $0 = next } }

        func answer(_ attempt: ExecuteAction) -> ActionOutcome {
            let now = outcome.withLock { $0 }
            let result: [String: JSONValue] = [
                "username": "jane", "server_hostname": "panel.example.com", "package_name": "gold",
                "suspended": true,
            ]
            return ActionOutcome(
                attempt, now, result: now == .succeeded ? result : nil,
                error: now == .failed ? .rejected : nil)
        }
    }

    private static func scene(
        _ body: @Sendable @escaping (OrchestratorHarness, Mood) async throws -> Void
    ) async throws {
        let mood = Mood()
        try await OrchestratorHarness.run(adapter: { mood.answer($0) }, body: { try await body($0, mood) })
    }

    /// A product on which `suspend` has failed, and that action.
    private static func failedSuspension(_ harness: OrchestratorHarness, _ mood: Mood) async throws
        -> (product: ContractProductID, action: ActionID)
    {
        let product = try await harness.product(["username": "jane"])
        mood.become(.failed)
        let failed = try await harness.submit("suspend", on: product).action.id
        _ = try await harness.wait(for: failed, .failed)
        return (product, failed)
    }

    private static func listed(_ harness: OrchestratorHarness, _ attention: Attention) async throws
        -> [ActionID]
    {
        try await harness.parts.actions.list(ListActions(attention: attention, page: Page(limit: 50))).items
            .map(\.id)
    }

    @Test func `a failed change needs a person until the same succeeds on the product`() async throws {
        try await Self.scene { harness, mood in
            let (product, failed) = try await Self.failedSuspension(harness, mood)
            let read = try await harness.submit("getInfo", on: product).action.id
            _ = try await harness.wait(for: read, .failed)
            // A reading function that failed has changed nothing, so there is nothing to make good.
            #expect(try await Self.listed(harness, .failed) == [failed])
            let groups = try await harness.parts.overview.groups(GroupAttention(attention: .failed)).items
            #expect(groups.map(\.function) == ["suspend"])
            #expect(groups.map(\.count) == [1])
            #expect(groups.map(\.errorKind) == [.rejected])
            #expect(try await harness.parts.overview.overview().attention["failed"] == 1)
            mood.become(.succeeded)
            let again = try await harness.submit("suspend", on: product).action.id
            _ = try await harness.wait(for: again, .succeeded)
            #expect(try await Self.listed(harness, .failed).isEmpty)
            #expect(try await harness.parts.overview.overview().attention["failed"] == 0)
        }
    }

    @Test func `a failure is forgotten after 30 days, and one of another product is not made good`()
        async throws
    {
        try await Self.scene { harness, mood in
            let (one, other) = (
                try await harness.product(["username": "jane"]),
                try await harness.product(["username": "john"])
            )
            mood.become(.failed)
            let failed = try await harness.submit("suspend", on: one).action.id
            _ = try await harness.wait(for: failed, .failed)
            mood.become(.succeeded)
            _ = try await harness.wait(for: harness.submit("suspend", on: other).action.id, .succeeded)
            #expect(try await Self.listed(harness, .failed) == [failed])
            harness.clock.advance(by: .seconds(31 * 86_400))
            #expect(try await Self.listed(harness, .failed).isEmpty)
        }
    }

    @Test func `what removed the product makes all good, and what succeeded before a failure nothing`()
        async throws
    {
        try await Self.scene { harness, mood in
            let (product, failed) = try await Self.failedSuspension(harness, mood)
            mood.become(.succeeded)
            let other = try await harness.submit("unsuspend", on: product).action.id
            _ = try await harness.wait(for: other, .succeeded)
            #expect(try await Self.listed(harness, .failed) == [failed])
            let again = try await harness.submit("suspend", on: product).action.id
            _ = try await harness.wait(for: again, .succeeded)
            #expect(try await Self.listed(harness, .failed).isEmpty)
            // It is tried once more by hand, and that is the last that is known.
            mood.become(.failed)
            _ = try await harness.decide("retry", failed)
            _ = try await harness.wait(for: failed, .failed)
            #expect(try await Self.listed(harness, .failed) == [failed])
            mood.become(.succeeded)
            let removed = try await harness.submit("terminate", on: product).action.id
            _ = try await harness.wait(for: removed, .succeeded)
            #expect(try await Self.listed(harness, .failed).isEmpty)
        }
    }

    @Test func `failures of before are known where nothing has made them good`() async throws {
        let queue = try DatabaseQueue()
        try Schema.migrator.migrate(queue, upTo: "11 web")
        try await queue.write { database in
            for (number, product, function, state) in [
                (1, "p1", "suspend", "failed"), (2, "p1", "suspend", "succeeded"),
                (3, "p1", "suspend", "failed"),
                (4, "p2", "create", "failed"), (5, "p2", "terminate", "succeeded"),
                (6, "p3", "create", "rejected"),
            ] {
                try database.execute(
                    sql: """
                        INSERT INTO actions (number, id, product_id, client_id, category, provider, configuration_id,
                            function, is_changing, is_open, state, attempt, failures, may_be_done, given, parameters,
                            requested_by, created_at, finished_at)
                        VALUES (?1, 'act_' || ?1, ?2, 'c', 'hosting', 'demo', 'f', ?3, 1, 0, ?4, 1, 1, 0, '{}', '{}', '',
                            0, 1)
                        """, arguments: [number, product, function, state])
            }
        }
        try Schema.migrator.migrate(queue)
        let count = try await queue.read {
            try Transaction($0).attentionGroups(.failed, now: Timestamp(milliseconds: 1)).map(\.count)
        }
        #expect(count == [1])
    }

    @Test func `what nobody knows of, and what has waited for long, need a person`() async throws {
        try await Self.scene { harness, mood in
            mood.become(.unsure)
            let product = try await harness.product(["username": "jane"])
            let unsure = try await harness.submit("suspend", on: product).action.id
            _ = try await harness.wait(for: unsure, .unsure)
            // Behind it in the product's line.
            let queued = try await harness.submit("changePackage", on: product, ["package_name": "x"]).action
                .id
            #expect(try await Self.listed(harness, .unsure) == [unsure])
            #expect(try await Self.listed(harness, .stuck).isEmpty)
            harness.clock.advance(by: AttentionRule.stuckAge + .seconds(1))
            #expect(try await Self.listed(harness, .stuck) == [queued])
        }
    }

    @Test func `clients, products and actions are found by what people know of them`() async throws {
        try await Self.scene { harness, _ in
            let product = try await harness.product(["username": "jane_d%", "domain": "shop.example.com"])
            func find(_ text: String) async throws -> (Int, Int, Int) {
                let found = try await harness.parts.overview.find(FindText(text: text, limit: 20))
                return (found.clients.count, found.contractProducts.count, found.actions.count)
            }
            #expect(try await find("jane DOE") == (1, 0, 0))
            #expect(try await find("example.com") == (1, 1, 0))
            #expect(try await find("shop.") == (0, 1, 0))
            #expect(try await find("jane_d%") == (0, 1, 0))
            // Neither sign stands for others.
            #expect(try await find("jane%d") == (0, 0, 0))
            #expect(try await find("j_ne") == (0, 0, 0))
            // Only now: its result gives the product another username.
            let action = try await harness.submit("getInfo", on: product).action.id
            #expect(try await find(action.rawValue) == (0, 0, 1))
            #expect(try await find(product.rawValue) == (0, 1, 0))
            let names = try await harness.parts.overview.names(
                ListNames(ids: [product.rawValue, harness.client.id.rawValue, "tok_1", "x' OR 1=1 --"]))
            #expect(
                names.names == [
                    product.rawValue: "Product", harness.client.id.rawValue: "Jane Doe",
                ])
        }
    }

    @Test func `listings are narrowed by what pages filter by`() async throws {
        try await Self.scene { harness, mood in
            let (product, failed) = try await Self.failedSuspension(harness, mood)
            mood.become(.succeeded)
            let done = try await harness.submit("getInfo", on: product).action.id
            _ = try await harness.wait(for: done, .succeeded)
            func listed(_ filter: ListActions) async throws -> [ActionID] {
                try await harness.parts.actions.list(filter).items.map(\.id)
            }
            let page = Page(limit: 10)
            #expect(try await listed(ListActions(state: .failed, page: page)) == [failed])
            #expect(
                try await listed(ListActions(state: .failed, category: "hosting", page: page)) == [failed])
            #expect(
                try await listed(
                    ListActions(clientID: harness.client.id, state: .failed, page: page)) == [failed])
            #expect(try await listed(ListActions(provider: "scripted", page: page)) == [done, failed])
            #expect(try await listed(ListActions(provider: "other", page: page)).isEmpty)
            #expect(try await listed(ListActions(errorKind: .rejected, page: page)) == [failed])
            #expect(
                try await listed(
                    ListActions(configurationID: harness.configuration.id, page: page)) == [done, failed])
            let products = try await harness.parts.products.list(
                ListContractProducts(status: .active, page: page))
            #expect(products.items.isEmpty)
        }
    }

    @Test func `attempts are counted by provider and minute for an hour`() async throws {
        try await Self.scene { harness, mood in
            let product = try await harness.product(["username": "jane"])
            _ = try await harness.wait(for: harness.submit("getInfo", on: product).action.id, .succeeded)
            mood.become(.failed)
            _ = try await harness.wait(for: harness.submit("getInfo", on: product).action.id, .failed)
            let minutes = try await harness.parts.overview.show().providers.flatMap(\.minutes)
            #expect(minutes.map(\.succeeded) == [1])
            #expect(minutes.map(\.failed) == [1])
            harness.clock.advance(by: .seconds(3601))
            #expect(try await harness.parts.overview.show().providers.flatMap(\.minutes).isEmpty)
        }
    }
}

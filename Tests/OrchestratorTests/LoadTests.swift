import Bus
import Foundation
import Models
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@testable import Orchestrator

/// How many actions are under way, whose turn it is, and when no more are accepted.
struct LoadTests {
    static let named: [String: JSONValue] = ["username": "janedoe"]

    /// Answers once the gate is open.
    private static func behind(_ gate: Gate) -> OrchestratorHarness.Adapter {
        { attempt in
            await gate.wait()
            return ActionOutcome(attempt, .succeeded, result: ActionServiceTests.account)
        }
    }

    // MARK: Limit

    @Test
    func `No more actions of a configuration are under way than it allows, and the next goes on as one ends`()
        async throws
    {
        let (turns, end) = AsyncStream<Void>.makeStream()
        try await OrchestratorHarness.run { attempt in
            for await _ in turns { break }
            return ActionOutcome(attempt, .succeeded, result: ActionServiceTests.account)
        } body: { harness in
            let account = try await harness.account(limit: 2)
            var ids: [ActionID] = []
            for _ in 0..<4 {
                let product = try await harness.product(Self.named, with: account)
                ids.append(try await harness.submit("suspend", on: product).action.id)
            }
            // A function that only reads is under way there too.
            ids.append(
                try await harness.submit("getInfo", on: harness.product(Self.named, with: account)).action.id)
            #expect(try await harness.states(ids) == [.dispatched, .dispatched, .queued, .queued, .queued])
            for id in ids[2...] {
                let why = try await harness.show(id).waitingBecause
                #expect(why?.contains("as it allows (2) are under way") == true, "\(why ?? "")")
            }
            end.yield()
            _ = try await harness.wait(for: ids[2], .dispatched)
            #expect(try await harness.states(ids).filter { $0 == .dispatched }.count == 2)
            for _ in ids { end.yield() }
            for id in ids { _ = try await harness.wait(for: id, .succeeded) }
            #expect(harness.executions.withLock { Set($0.map(\.actionID)) } == Set(ids))
            #expect(harness.executions.withLock { $0.count } == ids.count)
        }
    }

    @Test func `A configuration shows its limit, and a higher one is used at once`() async throws {
        let gate = Gate()
        try await OrchestratorHarness.run(adapter: Self.behind(gate)) { harness in
            let account = try await harness.account(limit: 1)
            var ids: [ActionID] = []
            for _ in 0..<4 {
                let product = try await harness.product(Self.named, with: account)
                ids.append(try await harness.submit("suspend", on: product).action.id)
            }
            #expect(try await harness.states(ids).filter { $0 == .dispatched }.count == 1)
            let raised = try await harness.parts.configurations.update(
                UpdateConfiguration(id: account, maxConcurrent: 3))
            #expect(raised.maxConcurrent == 3)
            #expect(try await harness.states(ids).filter { $0 == .dispatched }.count == 3)
            // 0 is what the provider's contract says.
            let without = try await harness.parts.configurations.update(
                UpdateConfiguration(id: account, maxConcurrent: 0))
            #expect(without.maxConcurrent == 8)
            #expect(try await harness.states(ids).filter { $0 == .dispatched }.count == 4)
            gate.open()
            for id in ids { _ = try await harness.wait(for: id, .succeeded) }
        }
    }

    @Test func `What is missing is refused at once, also of an action that would have to wait`() async throws
    {
        let gate = Gate()
        try await OrchestratorHarness.run(adapter: Self.behind(gate)) { harness in
            let account = try await harness.account(limit: 1)
            let first = try await harness.submit(
                "suspend", on: harness.product(Self.named, with: account)
            ).action
            await #expect {
                try await harness.submit("suspend", on: harness.product(with: account))
            } throws: {
                ($0 as? RequestFailure)?.problems.map(\.pointer) == ["/parameters/username"]
            }
            gate.open()
            _ = try await harness.wait(for: first.id, .succeeded)
        }
    }

    @Test func `What waits can be cancelled, and is not handed over then`() async throws {
        let gate = Gate()
        try await OrchestratorHarness.run(adapter: Self.behind(gate)) { harness in
            let account = try await harness.account(limit: 1)
            var ids: [ActionID] = []
            for _ in 0..<3 {
                let product = try await harness.product(Self.named, with: account)
                ids.append(try await harness.submit("suspend", on: product).action.id)
            }
            #expect(try await harness.decide("cancel", ids[1]).state == .cancelled)
            gate.open()
            _ = try await harness.wait(for: ids[2], .succeeded)
            #expect(harness.executions.withLock { $0.map(\.actionID) } == [ids[0], ids[2]])
        }
    }

    @Test func `What waits goes with its product to another configuration`() async throws {
        let gate = Gate()
        try await OrchestratorHarness.run(adapter: Self.behind(gate)) { harness in
            let (full, free) = (try await harness.account(limit: 1), try await harness.account(limit: 1))
            let first = try await harness.submit(
                "suspend", on: harness.product(Self.named, with: full)
            ).action.id
            let product = try await harness.product(Self.named, with: full)
            let (changing, reading) = (
                try await harness.submit("suspend", on: product).action.id,
                try await harness.submit("getInfo", on: product).action.id
            )
            #expect(try await harness.states([first, changing, reading]) == [.dispatched, .queued, .queued])
            _ = try await harness.parts.products.update(
                UpdateContractProduct(id: product, configurationID: free, changedBy: "staff"))
            #expect(
                try await harness.states([first, changing, reading]) == [.dispatched, .dispatched, .queued])
            #expect(try await harness.show(changing).configurationID == free)
            gate.open()
            for id in [first, changing, reading] { _ = try await harness.wait(for: id, .succeeded) }
            let accounts = harness.executions.withLock { $0.map(\.configuration.id) }
            #expect(accounts.filter { $0 == free }.count == 2 && accounts.count == 3)
        }
    }

    // MARK: Fairness

    @Test func `A client with many queued actions does not keep another client's one waiting`() async throws {
        let gate = Gate()
        try await OrchestratorHarness.run(adapter: Self.behind(gate)) { harness in
            let account = try await harness.account(limit: 1)
            let other = try await OrchestratorHarness.makeClient(harness.parts).id
            var ids: [ActionID] = []
            for _ in 0..<30 {
                let product = try await harness.product(Self.named, with: account)
                ids.append(try await harness.submit("suspend", on: product).action.id)
            }
            let single = try await harness.submit(
                "suspend", on: harness.product(Self.named, of: other, with: account)
            ).action.id
            gate.open()
            for id in ids + [single] { _ = try await harness.wait(for: id, .succeeded) }
            let order = harness.executions.withLock { $0.map(\.actionID) }
            // The one under way, and one more that was there before it.
            #expect(order.firstIndex(of: single) == 2)
            #expect(order.filter { $0 != single } == ids)
        }
    }

    // MARK: Admission

    @Test func `While too many wait nothing is accepted, and nothing stored`() async throws {
        let gate = Gate()
        try await OrchestratorHarness.run(
            configure: { $0.clientBacklogLimit = 3 }, adapter: Self.behind(gate)
        ) { harness in
            let product = try await harness.product(Self.named)
            // What is scheduled is no load.
            _ = try await harness.submit(
                "suspend", on: product, runAt: harness.clock.now.advanced(by: .seconds(3600)))
            var ids: [ActionID] = []
            for number in 0..<3 {
                ids.append(
                    try await harness.submit("suspend", on: product, key: "k\(number)").action.id)
            }
            let isTooMany: @Sendable (any Error) -> Bool = { ($0 as? RequestFailure)?.kind == .tooMany }
            await #expect {
                try await harness.submit("suspend", on: product, key: "k3")
            } throws: {
                isTooMany($0)
            }
            await #expect {
                try await harness.overdue(product)
            } throws: {
                isTooMany($0)
            }
            let page = ListActions(page: Page(limit: 10))
            #expect(try await harness.parts.actions.list(page).items.count == 4)
            // What was accepted before is answered again.
            #expect(try await harness.submit("suspend", on: product, key: "k0").action.id == ids[0])
            // Another client is not concerned.
            let other = try await OrchestratorHarness.makeClient(harness.parts).id
            let otherProduct = try await harness.product(Self.named, of: other)
            let free = try await harness.submit("suspend", on: otherProduct).action.id
            gate.open()
            for id in ids + [free] { _ = try await harness.wait(for: id, .succeeded) }
            let again = try await harness.submit("suspend", on: product, key: "k3").action.id
            _ = try await harness.wait(for: again, .succeeded)
        }
    }

    @Test func `While too many of all clients wait nobody's are accepted`() async throws {
        let gate = Gate()
        try await OrchestratorHarness.run(
            configure: { $0.backlogLimit = 2 }, adapter: Self.behind(gate)
        ) { harness in
            let product = try await harness.product(Self.named)
            var ids: [ActionID] = []
            for _ in 0..<2 { ids.append(try await harness.submit("suspend", on: product).action.id) }
            let other = try await OrchestratorHarness.makeClient(harness.parts).id
            let otherProduct = try await harness.product(Self.named, of: other)
            await #expect {
                try await harness.submit("suspend", on: otherProduct)
            } throws: {
                ($0 as? RequestFailure)?.kind == .tooMany
            }
            gate.open()
            for id in ids { _ = try await harness.wait(for: id, .succeeded) }
            _ = try await harness.submit("suspend", on: otherProduct)
        }
    }

    @Test func `The backlog is counted through every way that an action takes`() async throws {
        let kinds = Mutex<[ErrorKind?]>([.rateLimited, nil, .rejected])
        try await OrchestratorHarness.run { attempt in
            let kind = kinds.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            return kind.map { ActionOutcome(attempt, .failed, error: $0, retryAfter: 60) }
                ?? ActionOutcome(attempt, .succeeded, result: ActionServiceTests.account)
        } body: { harness in
            let product = try await harness.product(Self.named)
            let first = try await harness.submit("suspend", on: product).action.id
            _ = try await harness.wait(for: first, .waiting)
            #expect(try await harness.backlog() == [1, 1])
            let cancelled = try await harness.submit("unsuspend", on: product).action.id
            #expect(try await harness.backlog() == [2, 2])
            _ = try await harness.decide("cancel", cancelled)
            harness.clock.advance(by: .seconds(60))
            _ = try await harness.parts.actions.moveDueActions()
            _ = try await harness.wait(for: first, .succeeded)
            #expect(try await harness.backlog() == [0, 0])
            let refused = try await harness.submit("suspend", on: product).action.id
            _ = try await harness.wait(for: refused, .failed)
            #expect(try await harness.backlog() == [0, 0])
            _ = try await harness.decide("retry", refused)
            _ = try await harness.wait(for: refused, .succeeded)
            #expect(try await harness.backlog() == [0, 0])
        }
    }
}

extension OrchestratorHarness {
    /// Makes one more configuration.
    func account(limit: Int? = nil) async throws -> ConfigurationID {
        try await Self.makeConfiguration(parts, category, maxConcurrent: limit).id
    }

    func states(_ ids: [ActionID]) async throws -> [ActionState] {
        var states: [ActionState] = []
        for id in ids { states.append(try await show(id).state) }
        return states
    }

    /// What is counted for the client, and for all.
    func backlog() async throws -> [Int] {
        let client = client.id
        let counted = try await parts.store.read { try $0.backlog(of: client) }
        return [counted.own, counted.all]
    }

    /// Tells that a product is overdue, on which it is suspended.
    func overdue(_ product: ContractProductID) async throws -> BusinessEventActions {
        try await parts.businessEvents.submit(
            SubmitBusinessEvent(
                id: UUID().uuidString, type: .productOverdue, contractProductID: product, fingerprint: "f",
                requestedBy: "test"), traceparent: nil)
    }
}

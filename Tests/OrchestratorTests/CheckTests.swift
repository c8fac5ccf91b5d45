import Foundation
import Models
import Orchestrator
import ServiceRuntime
import Testing

/// Comparing a product with its provider.
struct CheckTests {
    private static let theirs: [String: JSONValue] = [
        "username": "janedoe", "domain": "example.com", "package_name": "silver", "suspended": true,
        "server_hostname": "cp1.example.com", "ip": .null, "location": "fra",
    ]

    /// Answers `getInfo` with what the provider has, and everything else with success.
    private static func provider(
        _ info: @escaping @Sendable (ExecuteAction) -> ActionOutcome
    ) -> OrchestratorHarness.Adapter {
        {
            $0.function == "getInfo"
                ? info($0) : ActionOutcome($0, .succeeded, result: ActionServiceTests.account)
        }
    }

    private static let differing = provider { ActionOutcome($0, .succeeded, result: theirs) }
    private static let absent = provider { ActionOutcome($0, .failed, error: .notFound) }

    @Test func `It tells every field that the provider says otherwise, and changes nothing`() async throws {
        try await OrchestratorHarness.run(adapter: Self.differing) { harness in
            let product = try await harness.opened()
            let before = try await harness.shown(product)
            let action = try await harness.check(product, .compare)
            #expect(action.state == .succeeded)
            #expect(action.differences?.map(\.field) == ["package_name", "suspended", "status"])
            #expect(action.differences?.first?.ours == "gold")
            #expect(action.differences?.first?.theirs == "silver")
            #expect(action.differences?.last?.theirs == "suspended")
            let after = try await harness.shown(product)
            #expect(after.provisionFields == before.provisionFields)
            #expect(after.status == .active)
            #expect(after.differences == action.differences)
            #expect(after.checkedAt != nil)
            let differing = try await harness.listed(differs: true)
            #expect(differing == [product])
            #expect(try await harness.listed(differs: false).isEmpty)
        }
    }

    @Test func `On request the provider's values are taken over, and the history says by whom`() async throws
    {
        try await OrchestratorHarness.run(adapter: Self.differing) { harness in
            let product = try await harness.opened()
            _ = try await harness.check(product, .compare)
            let action = try await harness.check(product, .adopt)
            #expect(action.differences?.map(\.field) == ["package_name", "suspended", "status"])
            let after = try await harness.shown(product)
            #expect(after.status == .suspended)
            #expect(after.provisionFields["package_name"] == "silver")
            #expect(after.provisionFields["location"] == "fra")
            #expect(after.differences == nil)
            let history = try await harness.parts.products.history(ShowProductHistory(id: product)).items
            let change = try #require(history.first { $0.field == "package_name" })
            #expect(change.actionID == action.id)
            #expect(change.changedBy == "test")
            #expect(change.oldValue == "gold")
            #expect(try await harness.listed(differs: true).isEmpty)
            #expect(try await harness.check(product, .compare).differences == [])
        }
    }

    @Test func `What the provider does not know is told as terminated`() async throws {
        try await OrchestratorHarness.run(adapter: Self.absent) { harness in
            let product = try await harness.opened()
            let action = try await harness.check(product, .compare)
            #expect(action.state == .failed)
            #expect(action.error?.kind == .notFound)
            #expect(action.differences?.map(\.theirs) == ["terminated"])
            #expect(try await harness.shown(product).status == .active)
            _ = try await harness.check(product, .adopt)
            #expect(try await harness.shown(product).status == .terminated)
            // It is as expected now.
            #expect(try await harness.check(product, .compare).differences == [])
        }
    }

    @Test func `A provider that fails tells nothing of the product`() async throws {
        let adapter = Self.provider { ActionOutcome($0, .failed, error: .unauthorized) }
        try await OrchestratorHarness.run(adapter: adapter) { harness in
            let product = try await harness.opened()
            let action = try await harness.check(product, .adopt)
            #expect(action.state == .failed)
            #expect(action.differences == nil)
            #expect(try await harness.shown(product).status == .active)
        }
    }

    @Test func `An ordinary look-up writes its result as before, and no change is a check`() async throws {
        try await OrchestratorHarness.run(adapter: Self.differing) { harness in
            let product = try await harness.opened()
            let action = try await harness.submit("getInfo", on: product).action
            let ended = try await harness.wait(for: action.id, .succeeded)
            #expect(ended.differences == nil)
            #expect(try await harness.shown(product).provisionFields["package_name"] == "silver")
            await #expect(throws: RequestFailure.self) {
                try await harness.submitCheck("suspend", product, .compare)
            }
        }
    }
}

extension OrchestratorHarness {
    /// A product whose account was opened.
    func opened() async throws -> ContractProductID {
        let product = try await product()
        let action = try await submit("create", on: product, ActionServiceTests.create).action
        _ = try await wait(for: action.id, .succeeded)
        return product
    }

    func shown(_ product: ContractProductID) async throws -> ContractProduct {
        try await parts.products.show(ShowContractProduct(id: product, audience: .admin))
    }

    func submitCheck(
        _ function: String, _ product: ContractProductID, _ mode: CheckMode
    ) async throws -> ActionID {
        try await parts.actions.submit(
            SubmitAction(
                id: .make(), contractProductID: product, function: function, parameters: [:],
                fingerprint: "f",
                check: mode, requestedBy: "test", audience: .admin),
            traceparent: nil
        ).action.id
    }

    /// Compares a product, and waits for the end of that.
    func check(_ product: ContractProductID, _ mode: CheckMode) async throws -> Action {
        try await wait(for: try await submitCheck("getInfo", product, mode), .succeeded, .failed)
    }

    func listed(differs: Bool? = nil, doubtful: Bool? = nil) async throws -> [ContractProductID] {
        try await parts.products.list(
            ListContractProducts(differs: differs, doubtful: doubtful, page: Page(limit: 50))
        ).items.map(\.id)
    }
}

import Bus
import Foundation
import Logging
import Models
import Orchestrator
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

/// What billing systems tell, and what follows from it.
struct BusinessEventTests {
    private static let account = ActionServiceTests.account
    private static let obliging = ActionServiceTests.obliging
    private static let delay: JSONValue = ["function": "suspend", "delay_seconds": 259_200]

    // MARK: What is run

    @Test func `A hosting account lives by what billing tells of it`() async throws {
        try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
            let product = try await harness.product()
            let steps: [(BusinessEventType, [String: JSONValue], String, ProductStatus)] = [
                (.productActivated, ["domain": "example.com", "order": 17], "create", .active),
                (.productOverdue, ["reason": "unpaid"], "suspend", .suspended),
                (.productPaid, [:], "unsuspend", .active),
                (.productPackageChanged, ["package": "platinum"], "changePackage", .active),
                (.productCancelled, [:], "terminate", .terminated),
            ]
            for (type, data, function, status) in steps {
                let answer = try await harness.tell(type, product, data)
                #expect(answer.notDone == nil)
                let ended = try await harness.wait(for: try #require(answer.actions.first), .succeeded)
                #expect(ended.function == function)
                #expect(ended.requestedBy == "business event \(answer.id)")
                #expect(try await harness.status(of: product) == status)
            }
            let sent = harness.executions.withLock { $0 }
            #expect(sent[0].parameters["domain"] == "example.com")
            #expect(sent[0].parameters["order"] == nil)
            #expect(sent[1].parameters["reason"] == "unpaid")
            #expect(sent[3].parameters["package_name"] == "platinum")
            let shown = try await harness.parts.products.show(
                ShowContractProduct(id: product, audience: .admin))
            #expect(shown.package == "platinum")
            let history = try await harness.parts.products.history(ShowProductHistory(id: product)).items
            let change = try #require(history.first { $0.field == "package" })
            #expect(change.oldValue == "gold")
            #expect(change.changedBy?.hasPrefix("business event ") == true)
        }
    }

    @Test func `A domain is registered, or brought in where there is a code, whose secret stays one`()
        async throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "purser-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let keys = SecretKeeper(master: try MasterKey(text: OrchestratorHarness.masterKey))
        try await OrchestratorHarness.run(folder: folder, of: Domains.blueprint, adapter: { _ in nil }) {
            harness in
            let product = try await harness.product()
            let sealed = try keys.gateway.seal("EPP-CANARY", context: "event/e-1/data/epp_code")
            let answer = try await harness.tell(
                .productActivated, product,
                ["sld": "example", "tld": "com", "epp_code": .string(sealed), "note": "hello"], id: "e-1")
            let attempt = try #require(await harness.firstExecution())
            #expect(attempt.function == "transfer")
            #expect(attempt.actionID == answer.actions.first)
            let text = try #require(attempt.parameters["epp_code"]?.stringValue)
            #expect(
                try keys.category("domains").open(text, context: "\(attempt.actionID)/parameters/epp_code")
                    == "EPP-CANARY")
            let shown = try await harness.parts.businessEvents.show(ShowBusinessEvent(id: "e-1"))
            #expect(shown.data?["epp_code"] == .string(Secret.mask))
            #expect(shown.data?["note"] == "hello")
        }
        let store = folder.appending(path: "orchestrator")
        for file in try FileManager.default.contentsOfDirectory(at: store, includingPropertiesForKeys: nil) {
            #expect(try Data(contentsOf: file).range(of: Data("EPP-CANARY".utf8)) == nil)
        }
    }

    @Test func `A server moves to the package's size`() async throws {
        try await OrchestratorHarness.run(of: Servers.blueprint) { attempt in
            ActionOutcome(attempt, .succeeded, result: [:])
        } body: { harness in
            let product = try await harness.product([
                "instance_id": "i-1", "size": "small", "memory_mb": 1024, "disk_mb": 25,
            ])
            var answer = try await harness.tell(.productPackageChanged, product, ["package": "large"])
            _ = try await harness.wait(for: try #require(answer.actions.first), .succeeded)
            answer = try await harness.tell(
                .productPackageChanged, product, ["memory_mb": 8192, "cpu_cores": 4])
            _ = try await harness.wait(for: try #require(answer.actions.first), .succeeded)
            let sent = harness.executions.withLock { $0 }
            #expect(sent.map(\.function) == ["resize", "resize"])
            #expect(sent[0].parameters["size"] == "large")
            #expect(sent[0].parameters["memory_mb"] == nil)
            #expect(sent[1].parameters["memory_mb"] == 8192)
            #expect(sent[1].parameters["size"] == nil)
        }
    }

    // MARK: What is not done

    @Test func `What cannot be done is said, and nothing is run`() async throws {
        try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
            let product = try await harness.product(["username": "jane"])
            let paid = try await harness.tell(.productPaid, product)
            #expect(paid.actions == [])
            #expect(paid.notDone?.map(\.function) == ["unsuspend"])
            let renewed = try await harness.tell(.productRenewed, product)
            #expect(renewed.notDone?.first?.reason.contains("no term") == true)
            #expect(renewed.notDone?.first?.function == nil)
            // The provider does not do it.
            try await harness.set(["product.renewed": ["function": "grantReseller"]], on: product)
            let granted = try await harness.tell(.productRenewed, product)
            #expect(granted.notDone?.first?.function == "grantReseller")
            #expect(granted.notDone?.first?.reason.contains("does not support") == true)
            // The product's status forbids it, or will.
            let first = try await harness.tell(.productActivated, product, ["domain": "example.com"])
            let second = try await harness.tell(.productActivated, product, ["domain": "example.com"])
            #expect(first.actions.count == 1)
            #expect(second.actions == [])
            #expect(second.notDone?.first?.function == "create")
            #expect(try await harness.actions(on: product).count == 1)
        }
    }

    @Test func `A product can be set to do nothing, and says so`() async throws {
        try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
            let product = try await harness.product(["username": "jane"])
            try await harness.set(["product.cancelled": .null], on: product)
            let shown = try await harness.parts.products.show(
                ShowContractProduct(id: product, audience: .admin))
            #expect(shown.businessEvents == ["product.cancelled": .null])
            let answer = try await harness.tell(.productCancelled, product)
            #expect(answer.actions == [])
            #expect(answer.notDone?.first?.reason.contains("set to do nothing") == true)
            try await harness.set(["product.cancelled": .object([:])], on: product)
            #expect(try await harness.tell(.productCancelled, product).actions.count == 1)
        }
    }

    // MARK: Delays, and what undoes what

    @Test func `A suspension that is to come is cancelled by the payment, which then has nothing to do`()
        async throws
    {
        try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
            let product = try await harness.product(["username": "jane"])
            try await harness.set(["product.overdue": Self.delay], on: product)
            let overdue = try await harness.tell(.productOverdue, product)
            let suspend = try #require(overdue.actions.first)
            let waiting = try await harness.show(suspend)
            #expect(waiting.state == .scheduled)
            #expect(waiting.runAt == harness.clock.now.advanced(by: .seconds(259_200)))
            let paid = try await harness.tell(.productPaid, product)
            #expect(paid.actions == [])
            #expect(paid.cancelled == [suspend])
            #expect(paid.notDone?.map(\.function) == ["unsuspend"])
            #expect(try await harness.show(suspend).state == .cancelled)
            harness.clock.advance(by: .seconds(300_000))
            _ = try await harness.parts.actions.moveDueActions()
            #expect(harness.executions.withLock { $0.isEmpty })
        }
    }

    @Test func `A suspension that has begun is followed by what lifts it`() async throws {
        let gate = Gate()
        try await OrchestratorHarness.run { attempt in
            if attempt.function == "suspend" { await gate.wait() }
            return ActionOutcome(attempt, .succeeded, result: Self.account)
        } body: { harness in
            let product = try await harness.product(["username": "jane"])
            _ = try await harness.tell(.productOverdue, product)
            let paid = try await harness.tell(.productPaid, product)
            #expect(paid.cancelled == nil)
            let lift = try #require(paid.actions.first)
            #expect(try await harness.show(lift).state == .queued)
            gate.open()
            _ = try await harness.wait(for: lift, .succeeded)
            #expect(try await harness.status(of: product) == .active)
        }
    }

    @Test func `What waits in line is cancelled, what a person asked for is not`() async throws {
        let gate = Gate()
        try await OrchestratorHarness.run { attempt in
            await gate.wait()
            return ActionOutcome(attempt, .succeeded, result: Self.account)
        } body: { harness in
            let product = try await harness.product(["username": "jane"])
            let first = try await harness.submit("changePassword", on: product, ["password": "x"]).action
            let byHand = try await harness.submit("suspend", on: product).action
            let overdue = try #require(try await harness.tell(.productOverdue, product).actions.first)
            let cancelled = try #require(try await harness.tell(.productCancelled, product).actions.first)
            let renewed = try await harness.tell(.productRenewed, product)
            #expect(Set(renewed.cancelled ?? []) == [overdue, cancelled])
            #expect(try await harness.show(byHand.id).state == .queued)
            gate.open()
            _ = try await harness.wait(for: first.id, .succeeded)
            _ = try await harness.wait(for: byHand.id, .succeeded)
        }
    }

    // MARK: Repeats and refusals

    @Test func `The same id gives the same answer, at once and after a restart, and does it once`()
        async throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "purser-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let known = Mutex<(BusinessEventActions, ContractProductID)?>(nil)
        try await OrchestratorHarness.run(folder: folder, adapter: Self.obliging) { harness in
            let product = try await harness.product()
            let answers = try await withThrowingTaskGroup(of: BusinessEventActions.self) { group in
                for _ in 0..<64 {
                    group.addTask {
                        try await harness.tell(
                            .productActivated, product, ["domain": "example.com"], id: "order/1")
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let first = try #require(answers.first)
            #expect(answers.allSatisfy { $0 == first })
            _ = try await harness.wait(for: try #require(first.actions.first), .succeeded)
            known.withLock { $0 = (first, product) }
            #expect(harness.executions.withLock { $0.count } == 1)
        }
        let (first, product) = try #require(known.withLock { $0 })
        try await OrchestratorHarness.run(folder: folder, adapter: Self.obliging) { harness in
            let again = try await harness.tell(
                .productActivated, product, ["domain": "example.com"], id: "order/1")
            #expect(again == first)
            await #expect {
                try await harness.tell(
                    .productActivated, product, ["domain": "other.example"], id: "order/1",
                    fingerprint: "other")
            } throws: { error in
                let failure = error as? RequestFailure
                return failure?.kind == .invalid && failure?.problems.map(\.pointer) == ["/id"]
            }
            #expect(try await harness.actions(on: product).count == 1)
        }
    }

    @Test func `Data that is no good is refused by member, and nothing is stored`() async throws {
        try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
            let product = try await harness.product(["username": "jane"])
            let cases: [(BusinessEventType, [String: JSONValue], String)] = [
                (.productActivated, ["email": "nobody"], "/data/email"),
                (.productActivated, ["customer_address": ["city": 5]], "/data/customer_address/city"),
                (.productPackageChanged, ["package": 5], "/data/package"),
                (.productPackageChanged, ["package": ""], "/data/package"),
                (.productPackageChanged, ["package_name": 5], "/data/package_name"),
            ]
            for (type, data, pointer) in cases {
                await #expect {
                    try await harness.tell(type, product, data, id: "e-1")
                } throws: { error in
                    (error as? RequestFailure)?.problems.map(\.pointer) == [pointer]
                }
            }
            await #expect {
                try await harness.tell(.productPaid, .make(), id: "e-1")
            } throws: { error in
                (error as? RequestFailure)?.problems.map(\.pointer) == ["/contract_product_id"]
            }
            let none = try await harness.parts.businessEvents.list(
                ListBusinessEvents(page: Page(limit: 10)))
            #expect(none.items.isEmpty)
            let shown = try await harness.parts.products.show(
                ShowContractProduct(id: product, audience: .admin))
            #expect(shown.package == "gold")
            // Refused before, it can be sent again when it is right.
            #expect(try await harness.tell(.productOverdue, product, id: "e-1").actions.count == 1)
        }
    }

    @Test func `Events are listed newest first, by product and type`() async throws {
        try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
            let product = try await harness.product(["username": "jane"])
            let other = try await harness.product(["username": "john"])
            for number in 1...3 { _ = try await harness.tell(.productPaid, product, id: "e-\(number)") }
            _ = try await harness.tell(.productOverdue, other, ["reason": "x"], id: "e-4")
            func list(_ request: ListBusinessEvents) async throws -> [String] {
                try await harness.parts.businessEvents.list(request).items.map(\.id)
            }
            #expect(try await list(.init(page: Page(limit: 2))) == ["e-4", "e-3"])
            #expect(try await list(.init(page: Page(cursor: "3", limit: 2))) == ["e-2", "e-1"])
            #expect(
                try await list(.init(contractProductID: product, page: Page(limit: 10)))
                    == ["e-3", "e-2", "e-1"])
            #expect(try await list(.init(type: .productOverdue, page: Page(limit: 10))) == ["e-4"])
            let shown = try await harness.parts.businessEvents.show(ShowBusinessEvent(id: "e-4"))
            #expect(shown.data == ["reason": "x"])
            #expect(shown.requestedBy == "billing")
            await #expect(throws: RequestFailure.self) {
                try await harness.parts.businessEvents.show(ShowBusinessEvent(id: "e-5"))
            }
        }
    }
}

extension OrchestratorHarness {
    func tell(
        _ type: BusinessEventType, _ product: ContractProductID, _ data: [String: JSONValue] = [:],
        id: String = UUID().uuidString, fingerprint: String = "f"
    ) async throws -> BusinessEventActions {
        try await parts.businessEvents.submit(
            SubmitBusinessEvent(
                id: id, type: type, contractProductID: product, data: data, fingerprint: fingerprint,
                requestedBy: "billing"),
            traceparent: nil)
    }

    func set(_ events: [String: JSONValue], on product: ContractProductID) async throws {
        _ = try await parts.products.update(
            UpdateContractProduct(id: product, businessEvents: events, changedBy: "test"))
    }
}

import Bus
import Foundation
import Models
import Orchestrator
import ServiceRuntime
import Synchronization
import Testing

struct ActionServiceTests {
    static let account: [String: JSONValue] = [
        "username": "janedoe", "server_hostname": "cp1.example.com", "package_name": "gold",
        "suspended": false,
        "domain": "example.com", "ip": .null,
    ]
    static let create: [String: JSONValue] = ["domain": "example.com", "package_name": "gold"]

    /// Does everything at once.
    static let obliging: OrchestratorHarness.Adapter = { attempt in
        ActionOutcome(attempt, .succeeded, result: attempt.function == "terminate" ? [:] : account)
    }

    @Test func `A result fills the provision fields, so that later functions need nothing typed in`()
        async throws
    {
        try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
            let product = try await harness.product()
            let created = try await harness.submit("create", on: product, Self.create).action
            #expect(created.state == .dispatched)
            let ended = try await harness.wait(for: created.id, .succeeded)
            #expect(ended.result?["username"] == "janedoe")
            #expect(ended.attempts.map(\.outcome) == [.succeeded])

            let shown = try await harness.parts.products.show(
                ShowContractProduct(id: product, audience: .admin))
            #expect(shown.status == .active)
            #expect(shown.provisionFields["username"] == "janedoe")
            #expect(shown.provisionFields["ip"] == nil)

            let suspended = try await harness.submit("suspend", on: product).action
            _ = try await harness.wait(for: suspended.id, .succeeded)
            let attempt = harness.executions.withLock { $0.last }
            #expect(attempt?.parameters["username"] == "janedoe")
            #expect(attempt?.parameters["domain"] == "example.com")

            let history = try await harness.parts.products.history(ShowProductHistory(id: product)).items
            #expect(history.first { $0.field == "username" }?.actionID == created.id)
            #expect(history.first?.field == "status")
            #expect(history.first?.newValue == "suspended")
        }
    }

    @Test func `What the client's profile and the product know is sent, and what was given goes first`()
        async throws
    {
        try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
            let product = try await harness.product()
            let action = try await harness.submit("create", on: product, ["customer_name": "Given Name"])
                .action
            _ = try await harness.wait(for: action.id, .succeeded)
            let parameters = try #require(harness.executions.withLock { $0.first }).parameters
            #expect(parameters["email"] == "jane@example.com")
            #expect(parameters["package_name"] == "gold")
            #expect(parameters["customer_phone"] == "+14155550100")
            #expect(parameters["customer_name"] == "Given Name")
        }
    }

    @Test func `Actions that change a product run one at a time and in order, reading ones beside them`()
        async throws
    {
        let (gate, open) = AsyncStream<Void>.makeStream()
        let running = Mutex((now: 0, most: 0))
        try await OrchestratorHarness.run { attempt in
            guard attempt.function != "getInfo" else {
                return ActionOutcome(attempt, .succeeded, result: Self.account)
            }
            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            for await _ in gate { break }
            running.withLock { $0.now -= 1 }
            return ActionOutcome(attempt, .succeeded, result: Self.account)
        } body: { harness in
            let product = try await harness.product(["username": "janedoe"])
            var ids: [ActionID] = []
            for function in ["suspend", "unsuspend", "changePackage"] {
                ids.append(try await harness.submit(function, on: product).action.id)
            }
            let second = try await harness.show(ids[1])
            #expect(second.state == .queued)
            #expect(second.waitingBecause?.contains(ids[0].rawValue) == true)

            let read = try await harness.submit("getInfo", on: product).action
            _ = try await harness.wait(for: read.id, .succeeded)
            #expect(try await harness.show(ids[0]).state == .dispatched)

            for id in ids {
                open.yield()
                _ = try await harness.wait(for: id, .succeeded)
            }
            #expect(running.withLock { $0.most } == 1)
            let order = harness.executions.withLock { $0.map(\.actionID).filter { $0 != read.id } }
            #expect(order == ids)
        }
    }

    @Test func `An error that passes is tried again after its time, one that does not ends the action`()
        async throws
    {
        try await OrchestratorHarness.run { attempt in
            attempt.attempt == 1
                ? ActionOutcome(attempt, .failed, error: .rateLimited, retryAfter: 90)
                : ActionOutcome(attempt, .failed, error: .rejected)
        } body: { harness in
            let product = try await harness.product()
            let action = try await harness.submit("create", on: product, Self.create).action
            let waiting = try await harness.wait(for: action.id, .waiting)
            #expect(waiting.waitingUntil == harness.clock.now.advanced(by: .seconds(90)))
            #expect(waiting.waitingBecause?.contains("rateLimited") == true)

            harness.clock.advance(by: .seconds(89))
            _ = try await harness.parts.actions.moveDueActions()
            #expect(try await harness.show(action.id).state == .waiting)

            harness.clock.advance(by: .seconds(1))
            _ = try await harness.parts.actions.moveDueActions()
            let failed = try await harness.wait(for: action.id, .failed)
            #expect(failed.error?.kind == .rejected)
            #expect(failed.attempts.count == 2)
            let product2 = try await harness.parts.products.show(
                ShowContractProduct(id: product, audience: .admin))
            #expect(product2.status == .pending)
        }
    }

    @Test func `A deferred action is looked at again with its reference until it ends`() async throws {
        try await OrchestratorHarness.run { attempt in
            attempt.attempt == 1
                ? ActionOutcome(attempt, .deferred, pollAfter: 300, reference: "job-7")
                : ActionOutcome(attempt, .succeeded, result: Self.account)
        } body: { harness in
            let product = try await harness.product()
            let action = try await harness.submit("create", on: product, Self.create).action
            _ = try await harness.wait(for: action.id, .deferred)
            await #expect(throws: RequestFailure.self) { try await harness.decide("cancel", action.id) }
            harness.clock.advance(by: .seconds(300))
            _ = try await harness.parts.actions.moveDueActions()
            _ = try await harness.wait(for: action.id, .succeeded)
            #expect(harness.executions.withLock { $0.last?.deferredReference } == "job-7")
        }
    }

    @Test func `An unsure action waits for a person, who can adopt, retry or abandon it`() async throws {
        try await OrchestratorHarness.run { attempt in
            ActionOutcome(
                attempt, attempt.attempt == 1 ? .unsure : .succeeded, result: Self.account, error: .timedOut)
        } body: { harness in
            let adopted = try await harness.product()
            var action = try await harness.submit("create", on: adopted, Self.create).action
            _ = try await harness.wait(for: action.id, .unsure)
            await #expect(throws: RequestFailure.self) { try await harness.decide("cancel", action.id) }
            await #expect(throws: RequestFailure.self) {
                try await harness.decide("adopt", action.id, result: ["username": 5])
            }
            #expect(
                try await harness.decide("adopt", action.id, result: ["username": "found"]).state
                    == .succeeded)
            let product = try await harness.parts.products.show(
                ShowContractProduct(id: adopted, audience: .admin))
            #expect(product.status == .active)
            #expect(product.provisionFields["username"] == "found")

            action = try await harness.submit("create", on: try await harness.product(), Self.create).action
            _ = try await harness.wait(for: action.id, .unsure)
            let abandoned = try await harness.decide("abandon", action.id)
            #expect(abandoned.state == .failed)
            #expect(abandoned.error?.kind == .rejected)

            action = try await harness.submit("create", on: try await harness.product(), Self.create).action
            _ = try await harness.wait(for: action.id, .unsure)
            _ = try await harness.decide("retry", action.id)
            _ = try await harness.wait(for: action.id, .succeeded)
            let last = try #require(harness.executions.withLock { $0.last })
            #expect(last.attempt == 2)
            #expect(!last.possibleDuplicate)
        }
    }

    @Test func `An outcome that comes twice, or for an attempt of before, changes nothing`() async throws {
        try await OrchestratorHarness.run(adapter: { _ in nil }) { harness in
            let product = try await harness.product()
            let action = try await harness.submit("create", on: product, Self.create).action
            let attempt = try #require(await harness.firstExecution())
            let succeeded = ActionOutcome(attempt, .succeeded, result: Self.account)
            #expect(await harness.parts.actions.apply(succeeded, traceparent: nil) == .done)
            let first = try await harness.show(action.id)
            let late = ActionOutcome(attempt, .failed, error: .rejected)
            #expect(await harness.parts.actions.apply(late, traceparent: nil) == .done)
            #expect(try await harness.show(action.id) == first)
            var unknown = succeeded
            unknown.actionID = .make()
            guard case .reject = await harness.parts.actions.apply(unknown, traceparent: nil) else {
                Issue.record("an outcome of no action was not rejected")
                return
            }
        }
    }

    @Test func `One idempotency key is one action, and another request under it is refused`() async throws {
        try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
            let product = try await harness.product()
            let ids = try await withThrowingTaskGroup(of: ActionID.self) { group in
                for _ in 0..<64 {
                    group.addTask {
                        try await harness.submit("create", on: product, Self.create, key: "k").action.id
                    }
                }
                return try await group.reduce(into: Set<ActionID>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            await #expect {
                try await harness.submit("create", on: product, key: "k", fingerprint: "other")
            } throws: {
                ($0 as? RequestFailure)?.kind == .keyReused
            }
            _ = try await harness.wait(for: try #require(ids.first), .succeeded)
            #expect(harness.executions.withLock { $0.count } == 1)
        }
    }

    @Test func `A scheduled action is handed over at its time, and can be cancelled before`() async throws {
        try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
            let product = try await harness.product(["username": "janedoe"])
            let runAt = harness.clock.now.advanced(by: .seconds(3600))
            let action = try await harness.submit("suspend", on: product, runAt: runAt).action
            let other = try await harness.submit("suspend", on: product, runAt: runAt).action
            #expect(action.state == .scheduled)
            #expect(action.waitingUntil == runAt)
            #expect(try await harness.decide("cancel", other.id).state == .cancelled)
            harness.clock.advance(by: .seconds(3600))
            _ = try await harness.parts.actions.moveDueActions()
            _ = try await harness.wait(for: action.id, .succeeded)
            #expect(try await harness.show(other.id).state == .cancelled)
            #expect(harness.executions.withLock { $0.count } == 1)
        }
    }

    @Test func `A set-up function is refused on what is set up already`() async throws {
        let (gate, open) = AsyncStream<Void>.makeStream()
        try await OrchestratorHarness.run { attempt in
            for await _ in gate { break }
            return ActionOutcome(attempt, .succeeded, result: Self.account)
        } body: { harness in
            let product = try await harness.product()
            let first = try await harness.submit("create", on: product, Self.create).action
            let second = try await harness.submit("create", on: product, Self.create)
            open.yield()
            _ = try await harness.wait(for: first.id, .succeeded)
            // Accepted while the first was under way, it fails when its turn comes.
            #expect(try await harness.wait(for: second.action.id, .failed, .succeeded).state == .failed)
            await #expect {
                try await harness.submit("create", on: product, Self.create)
            } throws: {
                ($0 as? RequestFailure)?.kind == .conflict
            }
            #expect(harness.executions.withLock { $0.count } == 1)
        }
    }

    @Test func `Bad requests are refused with the field, and nothing is stored`() async throws {
        try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
            let product = try await harness.product()
            let cases: [(String, [String: JSONValue], String)] = [
                ("nope", [:], "/function"), ("grantReseller", ["username": "x"], "/function"),
                ("create", ["email": 5], "/parameters/email"), ("create", ["nope": 1], "/parameters/nope"),
                ("suspend", [:], "/parameters/username"),
            ]
            for (function, parameters, pointer) in cases {
                await #expect {
                    try await harness.submit(function, on: product, parameters)
                } throws: { error in
                    guard let failure = error as? RequestFailure else { return false }
                    return failure.kind == .invalid && failure.problems.map(\.pointer) == [pointer]
                }
            }
            await #expect {
                try await harness.submit("getInfo", on: product, as: .make())
            } throws: {
                ($0 as? RequestFailure)?.kind == .notFound
            }
            await #expect {
                try await harness.submit("suspend", on: product, ["username": "x"], audience: .client)
            } throws: {
                ($0 as? RequestFailure)?.kind == .forbidden
            }
            let stored = try await harness.parts.actions.list(ListActions(page: Page(limit: 10)))
            #expect(stored.items.isEmpty)
        }
    }

    @Test
    func `After a restart without a broker, what was in flight is handed over again as a possible repeat`()
        async throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "purser-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let id = Mutex<ActionID?>(nil)
        try await OrchestratorHarness.run(folder: folder, adapter: { _ in nil }) { harness in
            let product = try await harness.product()
            let action = try await harness.submit("create", on: product, Self.create).action
            id.withLock { $0 = action.id }
            _ = await harness.firstExecution()
        }
        let action = try #require(id.withLock { $0 })
        try await OrchestratorHarness.run(folder: folder, adapter: Self.obliging) { harness in
            let ended = try await harness.wait(for: action, .succeeded)
            #expect(ended.attempts.count == 2)
            #expect(harness.executions.withLock { $0.map(\.possibleDuplicate) } == [true])
        }
    }

    @Test func `Secrets are sealed in the database, in messages and in answers`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "purser-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let keys = SecretKeeper(master: try MasterKey(text: OrchestratorHarness.masterKey))
        let canaries = ["tok-CANARY-1", "pw-CANARY-2", "url-CANARY-3"]
        let loginURL: JSONValue = "https://panel.example.com/url-CANARY-3"
        try await OrchestratorHarness.run(folder: folder) { attempt in
            guard attempt.function == "getLoginUrl" else {
                return ActionOutcome(attempt, .succeeded, result: [:])
            }
            let sealed = try? keys.category("hosting").seal(
                loginURL, context: "\(attempt.actionID)/result/login_url")
            return ActionOutcome(attempt, .succeeded, result: ["login_url": .string(sealed ?? "")])
        } body: { harness in
            let product = try await harness.product(["username": "janedoe"])
            let password = try await harness.submit(
                "changePassword", on: product, ["password": "pw-CANARY-2"]
            ).action
            let shown = try await harness.wait(for: password.id, .succeeded)
            #expect(shown.parameters["password"] == .string(Secret.mask))
            let login = try await harness.submit("getLoginUrl", on: product, ["user_ip": "192.0.2.1"]).action
            let result = try await harness.wait(for: login.id, .succeeded).result
            let sealed = try #require(result?["login_url"]?.stringValue)
            #expect(try keys.gateway.open(sealed, context: "\(login.id)/result/login_url") == loginURL)

            let attempt = try #require(harness.executions.withLock { $0.first })
            let context = "\(password.id)/parameters/password"
            let sent = try #require(attempt.parameters["password"]?.stringValue)
            #expect(try keys.category("hosting").open(sent, context: context) == "pw-CANARY-2")
            let listed = try await harness.parts.actions.list(ListActions(page: Page(limit: 10)))
            #expect(listed.items.first { $0.id == login.id }?.result?["login_url"] == .string(Secret.mask))
            let configuration = harness.configuration
            #expect(configuration.settings["api_token"] == .string(Secret.mask))
        }
        let store = folder.appending(path: "orchestrator")
        for file in try FileManager.default.contentsOfDirectory(at: store, includingPropertiesForKeys: nil) {
            let bytes = try Data(contentsOf: file)
            for canary in canaries {
                #expect(bytes.range(of: Data(canary.utf8)) == nil, "\(file.lastPathComponent)")
            }
        }
    }

    @Test func `A message that is no outcome becomes a dead letter with its reason, and is not sent again`()
        async throws
    {
        try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
            let malformed = BusMessage(id: "bad-1", type: "action.outcome.v1", body: Data("{".utf8))
            try await harness.bus.publish(malformed, to: Queue.outcomes.route)
            let letter = try #require(await harness.firstDeadLetter())
            #expect(letter.messageID == "bad-1")
            #expect(letter.queue == "purser.outcomes")
            #expect(letter.reason.hasPrefix("the message is not JSON"))
            // Nobody signed it.
            await #expect(throws: RequestFailure.self) {
                try await harness.parts.deadLetters.requeue(RequeueDeadLetter(id: letter.id))
            }
        }
    }

    @Test func `A dead letter that an adapter signed can be sent again, once`() async throws {
        try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
            let stray = ActionOutcome(
                actionID: .make(), attempt: 1, outcome: .succeeded, observed: false, begunAt: .now,
                endedAt: .now)
            try await harness.bus.publish(
                stray, to: Queue.outcomes.route, source: "/test",
                signer: harness.parts.secrets.category(harness.category))
            let letter = try #require(await harness.firstDeadLetter())
            #expect(letter.reason.contains(stray.actionID.rawValue))
            let requeued = try await harness.parts.deadLetters.requeue(RequeueDeadLetter(id: letter.id))
            #expect(requeued.requeuedAt != nil)
            await #expect(throws: RequestFailure.self) {
                try await harness.parts.deadLetters.requeue(RequeueDeadLetter(id: letter.id))
            }
        }
    }
}

extension OrchestratorHarness {
    /// The first attempt that was handed over, waiting for it at most 60 s.
    func firstExecution() async -> ExecuteAction? {
        await poll { self.executions.withLock { $0.first } }
    }

    /// The first dead letter, waiting for it at most 60 s.
    func firstDeadLetter() async -> DeadLetter? {
        await poll { try? await self.parts.deadLetters.list().items.last }
    }

    private func poll<Value: Sendable>(_ look: @Sendable () async -> Value?) async -> Value? {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            if let value = await look() { return value }
            await Task.yield()
        }
        return nil
    }
}

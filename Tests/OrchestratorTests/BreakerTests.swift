import Foundation
import Models
import Synchronization
import TestSupport
import Testing

@testable import Orchestrator

/// A configuration whose provider does not answer, seen through the service.
struct BreakerTests {
    /// A provider that fails as a test says, or works.
    private final class Vendor: Sendable {
        private let fault: Mutex<ErrorKind?>

        init(_ fault: ErrorKind?) { self.fault = Mutex(fault) }

        func set(_ kind: ErrorKind?) { fault.withLock { $0 = kind } }

        var adapter: OrchestratorHarness.Adapter {
            { [self] attempt in
                fault.withLock { $0 }.map { ActionOutcome(attempt, .failed, error: $0) }
                    ?? ActionOutcome(attempt, .succeeded, result: ActionServiceTests.account)
            }
        }
    }

    @Test(arguments: [ErrorKind.providerUnavailable, .timedOut])
    func `After five failures in a row the queue pauses, one action probes, and all go on by themselves`(
        _ kind: ErrorKind
    ) async throws {
        let vendor = Vendor(kind)
        try await OrchestratorHarness.run(adapter: vendor.adapter) { harness in
            let (product, failed) = try await harness.openCircuit()
            let shown = try await harness.shownAccount()
            #expect(shown.circuit == .open)
            #expect(shown.circuitUntil == harness.clock.now.advanced(by: .seconds(30)))
            #expect(shown.circuitReason == "\(kind.rawValue): It did not work.")

            let held = try await harness.submit("getInfo", on: product).action
            #expect(held.state == .queued)
            #expect(held.waitingUntil == shown.circuitUntil)
            #expect(held.waitingBecause?.contains("one action is tried at") == true)
            #expect(held.waitingBecause?.contains(kind.rawValue) == true)

            // The tries of those before come due meanwhile, and are not used up.
            harness.clock.advance(by: .seconds(29))
            _ = try await harness.parts.actions.moveDueActions()
            #expect(harness.executions.withLock { $0.count } == 5)
            #expect(try await harness.states(failed) == Array(repeating: .queued, count: 5))

            harness.clock.advance(by: .seconds(1))
            _ = try await harness.parts.actions.moveDueActions()
            try await harness.accountBecomes(.open)
            #expect(harness.executions.withLock { $0.count } == 6)
            let again = try await harness.shownAccount().circuitUntil
            #expect(again == harness.clock.now.advanced(by: .seconds(60)))

            vendor.set(nil)
            harness.clock.advance(by: .seconds(60))
            _ = try await harness.parts.actions.moveDueActions()
            for id in failed + [held.id] {
                let ended = try await harness.wait(for: id, .succeeded)
                #expect(ended.attempts.count <= 3)
            }
            let closed = try await harness.shownAccount()
            #expect(closed.circuit == .closed && closed.circuitUntil == nil && closed.circuitReason == nil)
            #expect(harness.executions.withLock { $0.count } == 12)
        }
    }

    @Test func `Only one action probes at a time, and the others say so`() async throws {
        let (turns, end) = AsyncStream<Void>.makeStream()
        let isHanging = Mutex(false)
        try await OrchestratorHarness.run { attempt in
            if isHanging.withLock({ $0 }) { for await _ in turns { break } }
            return ActionOutcome(attempt, .failed, error: .timedOut)
        } body: { harness in
            let (product, _) = try await harness.openCircuit()
            isHanging.withLock { $0 = true }
            _ = try await harness.submit("getInfo", on: product)
            harness.clock.advance(by: .seconds(30))
            _ = try await harness.parts.actions.moveDueActions()
            try await harness.accountBecomes(.probing)
            let late = try await harness.submit("getInfo", on: product).action
            #expect(late.state == .queued)
            #expect(late.waitingBecause?.contains("one action is trying it now") == true)
            end.yield()
            try await harness.accountBecomes(.open)
            #expect(harness.executions.withLock { $0.count } == 6)
            #expect(try await harness.states([late.id]) == [.queued])
        }
    }

    @Test(arguments: [ErrorKind.rejected, .invalidInput, .rateLimited, .notFound, .unauthorized])
    func `Failures with which a provider answers open nothing`(_ kind: ErrorKind) async throws {
        try await OrchestratorHarness.run(adapter: Vendor(kind).adapter) { harness in
            let product = try await harness.product(LoadTests.named)
            for _ in 0..<10 {
                let id = try await harness.submit("getInfo", on: product).action.id
                _ = try await harness.wait(for: id, .failed, .waiting)
            }
            #expect(try await harness.shownAccount().circuit == .closed)
        }
    }

    @Test func `A success in between begins the row anew`() async throws {
        let vendor = Vendor(nil)
        try await OrchestratorHarness.run(adapter: vendor.adapter) { harness in
            let product = try await harness.product(LoadTests.named)
            for number in 0..<12 {
                vendor.set(number % 5 == 4 ? nil : .timedOut)
                let id = try await harness.submit("getInfo", on: product).action.id
                _ = try await harness.wait(for: id, .succeeded, .waiting)
            }
            #expect(try await harness.shownAccount().circuit == .closed)
        }
    }

    @Test func `A person's retry need not wait for the pause, and what it comes to decides`() async throws {
        let vendor = Vendor(.timedOut)
        try await OrchestratorHarness.run(adapter: vendor.adapter) { harness in
            let (product, failed) = try await harness.openCircuit()
            let held = try await harness.submit("suspend", on: product).action.id
            #expect(try await harness.states([held]) == [.queued])
            #expect(try await harness.decide("retry", failed[0]).state == .dispatched)
            try await harness.accountBecomes(.open)
            #expect(try await harness.states([held]) == [.queued])
            vendor.set(nil)
            _ = try await harness.decide("retry", failed[1])
            for id in [failed[1], held] { _ = try await harness.wait(for: id, .succeeded) }
            #expect(try await harness.shownAccount().circuit == .closed)
        }
    }

    @Test(arguments: [true, false])
    func `A changed configuration, or one tested with success, is used at once`(_ byTest: Bool) async throws {
        let vendor = Vendor(.providerUnavailable)
        try await OrchestratorHarness.run(adapter: vendor.adapter) { harness in
            let (product, _) = try await harness.openCircuit()
            let held = try await harness.submit("suspend", on: product).action.id
            vendor.set(nil)
            if byTest {
                _ = try await harness.parts.configurations.test(
                    TestConfiguration(id: harness.configuration.id))
            } else {
                let changed = try await harness.parts.configurations.update(
                    UpdateConfiguration(
                        id: harness.configuration.id, settings: ["hostname": "new.example.com"]))
                #expect(changed.circuit == .closed)
            }
            _ = try await harness.wait(for: held, .succeeded)
        }
    }

    @Test func `An open circuit outlives a restart, and so does a probe that was under way`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "purser-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let clock = TestClock()
        let made = Mutex<(account: ConfigurationID, held: ActionID)?>(nil)
        let isSilent = Mutex(false)
        try await OrchestratorHarness.run(folder: folder, clock: clock) { attempt in
            isSilent.withLock { $0 } ? nil : ActionOutcome(attempt, .failed, error: .timedOut)
        } body: { harness in
            let (product, _) = try await harness.openCircuit()
            let held = try await harness.submit("suspend", on: product).action.id
            made.withLock { $0 = (harness.configuration.id, held) }
        }
        let (account, held) = try #require(made.withLock { $0 })
        isSilent.withLock { $0 = true }
        try await OrchestratorHarness.run(folder: folder, clock: clock) { _ in
            nil
        } body: { harness in
            #expect(try await harness.shown(account).circuit == .open)
            #expect(try await harness.states([held]) == [.queued])
            clock.advance(by: .seconds(30))
            _ = try await harness.parts.actions.moveDueActions()
            #expect(try await harness.shown(account).circuit == .probing)
        }
        try await OrchestratorHarness.run(folder: folder, clock: clock, adapter: Vendor(nil).adapter) {
            harness in
            _ = try await harness.wait(for: held, .succeeded)
            #expect(try await harness.shown(account).circuit == .closed)
        }
    }

    @Test func `Another configuration of the same provider goes on`() async throws {
        let bad = Mutex<ConfigurationID?>(nil)
        try await OrchestratorHarness.run { attempt in
            attempt.configuration.id == bad.withLock { $0 }
                ? ActionOutcome(attempt, .failed, error: .timedOut)
                : ActionOutcome(attempt, .succeeded, result: ActionServiceTests.account)
        } body: { harness in
            bad.withLock { $0 = harness.configuration.id }
            _ = try await harness.openCircuit()
            let good = try await harness.account()
            let product = try await harness.product(LoadTests.named, with: good)
            let id = try await harness.submit("suspend", on: product).action.id
            _ = try await harness.wait(for: id, .succeeded)
        }
    }
}

extension OrchestratorHarness {
    /// Lets five actions fail, with which the circuit of the harness's configuration opens.
    fileprivate func openCircuit() async throws -> (product: ContractProductID, failed: [ActionID]) {
        let product = try await product(LoadTests.named)
        var failed: [ActionID] = []
        for _ in 0..<Circuit.failureLimit {
            let id = try await submit("getInfo", on: product).action.id
            _ = try await wait(for: id, .waiting)
            failed.append(id)
        }
        return (product, failed)
    }

    fileprivate func shown(_ account: ConfigurationID) async throws -> Configuration {
        try await parts.configurations.show(ShowConfiguration(id: account))
    }

    fileprivate func shownAccount() async throws -> Configuration { try await shown(configuration.id) }

    /// Waits until the circuit of the harness's configuration is in this state and none of its actions is under way,
    /// except the probe.
    fileprivate func accountBecomes(_ state: CircuitState) async throws {
        try await eventually("the circuit is \(state.rawValue)") {
            let open = try await parts.store.read { try $0.openActions(in: .dispatched).count }
            return try await shownAccount().circuit == state && open == (state == .probing ? 1 : 0)
        }
    }
}

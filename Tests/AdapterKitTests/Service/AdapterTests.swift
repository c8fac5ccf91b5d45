import AdapterKit
import AdapterTestSupport
import Bus
import Foundation
import Models
import ServiceLifecycle
import ServiceRuntime
import TestSupport
import Testing

@Suite("The adapter as a service")
struct AdapterTests {
    @Test("An action from the bus is carried out and its outcome told")
    func carriesOut() async throws {
        try await AdapterHarness.with { _ in
            Scripted.done
        } _: { harness, _ in
            let action = harness.action("open")
            let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            try await harness.send(action, traceparent: trace)
            let envelope = try #require(try await harness.outcomes.wait(for: 1).first)
            #expect(envelope.data.actionID == action.actionID)
            #expect(envelope.data.outcome == .succeeded)
            #expect(envelope.subject == action.actionID.rawValue)
            #expect(envelope.source == "/adapters/testing")
            #expect(envelope.traceparent == trace)
        }
    }

    @Test(
        "An attempt whose outcome the bus does not take comes again, and goes back without being run",
        arguments: ["open", "change"])
    func outcomeNotTaken(function: String) async throws {
        try await AdapterHarness.with { _ in
            Scripted.done
        } _: { harness, _ in
            harness.bus.failOutcomes(1, with: .timedOut)
            try await harness.send(harness.action(function))
            let outcome = try #require(try await harness.outcomes.wait(for: 1).first).data
            #expect(outcome.outcome == .expired)
            #expect(outcome.mayHaveBegun == true)
            #expect(harness.transport.paths == ["/\(function)"])
        }
    }

    @Test("What only reads is run again when it comes again")
    func readingAgain() async throws {
        try await AdapterHarness.with { _ in
            Scripted.done
        } _: { harness, _ in
            harness.bus.failOutcomes(1, with: .timedOut)
            try await harness.send(harness.action("read"))
            #expect(try await harness.outcomes.wait(for: 1).first?.data.outcome == .succeeded)
            #expect(harness.transport.paths == ["/read", "/read"])
        }
    }

    @Test("An attempt that comes again after its outcome was told is only settled")
    func sentTwice() async throws {
        try await AdapterHarness.with { _ in
            Scripted.done
        } _: { harness, _ in
            let action = harness.action("change")
            try await eventually("the settlement of a further delivery") {
                try await harness.send(action)
                return harness.log.line("Left attempt that was told already") != nil
            }
            #expect(harness.transport.paths == ["/change"])
            #expect(harness.outcomes.elements.map(\.data.actionID) == [action.actionID])
        }
    }

    // MARK: Several processes

    @Test("What must not be done twice is begun only with leave; what may be repeated without")
    func asksFirst() async throws {
        try await AdapterHarness.with { _ in
            Scripted.done
        } _: { harness, _ in
            let (careful, plain) = (harness.action("open"), harness.action("change"))
            try await harness.send(careful)
            try await harness.send(plain)
            try await harness.outcomes.wait(for: 2)
            #expect(harness.permits.asked.elements == [careful.actionID])
        }
    }

    @Test("What may have been done before is begun only with leave, even if it may be repeated")
    func asksForRepeats() async throws {
        try await AdapterHarness.with { _ in
            Scripted.done
        } _: { harness, _ in
            harness.permits.answer(.over)
            var repeated = harness.action("change")
            repeated.possibleDuplicate = true
            let next = harness.action("open")
            try await harness.send(repeated)
            try await harness.permits.asked.wait(for: 1)
            try await harness.send(next)
            let outcomes = try await harness.outcomes.wait(for: 1)
            #expect(outcomes.map(\.data.actionID) == [next.actionID])
            #expect(harness.transport.paths == ["/open"])
        }
    }

    @Test("What another process may be carrying out is left, and looked at when that is over")
    func waits() async throws {
        try await AdapterHarness.with {
            $0.path == "/observe" ? Scripted.state("done") : Scripted.done
        } _: { harness, _ in
            harness.permits.answer(.look)
            try await harness.send(harness.action("open"))
            let outcome = try #require(try await harness.outcomes.wait(for: 1).first).data
            #expect(outcome.observed)
            #expect(harness.transport.paths == ["/observe"])

            harness.permits.answer(.wait, .over)
            try await harness.send(harness.action("open"))
            try await eventually("the second question") {
                harness.clock.advance(by: .seconds(5))
                return harness.permits.asked.count == 3
            }
            #expect(harness.transport.paths == ["/observe"])
        }
    }

    @Test("Where nobody says whether it may be begun it is not, until someone does")
    func nobodyAnswers() async throws {
        try await AdapterHarness.with { _ in
            Scripted.done
        } _: { harness, _ in
            harness.permits.answer(nil, nil)
            try await harness.send(harness.action("open"))
            try await harness.permits.asked.wait(for: 1)
            #expect(harness.transport.paths.isEmpty)
            try await eventually("the outcome") {
                harness.clock.advance(by: .seconds(1))
                return harness.outcomes.count == 1
            }
            #expect(harness.permits.asked.count == 3)
            #expect(harness.transport.paths == ["/open"])
        }
    }

    @Test("An outcome too large for a message is told without its content")
    func outcomeTooLarge() async throws {
        let name = String(repeating: "x", count: 2 << 20)
        try await AdapterHarness.with { _ in
            .success(.json(#"{"name":"\#(name)"}"#))
        } _: { harness, _ in
            try await harness.send(harness.action("open"))
            let outcome = try #require(try await harness.outcomes.wait(for: 1).first).data
            #expect(outcome.outcome == .unsure)
            #expect(outcome.result == nil)
            #expect(harness.transport.paths == ["/open"])
        }
    }

    @Test(
        "A message that is no action becomes a dead letter, and the adapter goes on",
        arguments: [
            "{", "[]", #"{"specversion":"1.0","id":"1","source":"/x","type":"action.execute.v1","data":{}}"#,
            #"{"specversion":"1.0","id":"1","source":"/x","type":"other.v1","data":{}}"#,
        ])
    func malformed(body: String) async throws {
        try await AdapterHarness.with { _ in
            Scripted.done
        } _: { harness, _ in
            let message = BusMessage(id: "1", type: "action.execute.v1", body: Data(body.utf8))
            try await harness.bus.publish(message, to: Queue.actions(category: "testing").route)
            try await harness.deadLetters.wait(for: 1)
            try await harness.send(harness.action("read"))
            try await harness.outcomes.wait(for: 1)
        }
    }

    @Test("It announces itself at its start, every 10 s, when asked, and when it leaves")
    func announcements() async throws {
        try await AdapterHarness.with { _ in
            Scripted.done
        } _: { harness, _ in
            let first = try #require(harness.announcements.elements.first)
            #expect(first.instance == "testing-1")
            #expect(first.category == "testing")
            #expect(first.providers == [ScriptedProvider.registered.descriptor])
            #expect(!first.leaving)
            let before = harness.announcements.count
            try await harness.bus.publish(
                AdaptersAsked(), to: .event("adapters.asked"), source: "/orchestrator")
            try await harness.announcements.wait(for: before + 1)
            let asked = harness.announcements.count
            try await eventually("the regular announcement") {
                harness.clock.advance(by: .seconds(10))
                return harness.announcements.count > asked
            }
        }
    }

    @Test("It finishes what is under way before it ends, and takes nothing more")
    func drains() async throws {
        let gate = Gate()
        try await AdapterHarness.with { _ in
            await gate.wait()
            return Scripted.done
        } _: { harness, group in
            try await harness.send(harness.action("open"))
            try await harness.transport.sent.wait(for: 1)
            await group.triggerGracefulShutdown()
            gate.open()
            let outcomes = try await harness.outcomes.wait(for: 1)
            #expect(outcomes.first?.data.outcome == .succeeded)
            try await eventually("the last announcement") {
                harness.announcements.elements.last?.leaving == true
            }
            try await harness.send(harness.action("read"))
            let left = Recorder<String>()
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    try await harness.bus.consume(.actions(category: "testing"), prefetch: 1) { delivery in
                        left.record(delivery.message.type)
                        return .done
                    }
                }
                try await left.wait(for: 1)
                tasks.cancelAll()
            }
            #expect(harness.transport.paths == ["/open"])
        }
    }

    @Test("It answers whether a configuration works")
    func connectionTest() async throws {
        try await AdapterHarness.with { request in
            request.headers.contains { $0.value == "Bearer K-good-1" }
                ? Scripted.done : .success(HTTPResponse(status: 401))
        } _: { harness, _ in
            func test(_ provider: String, _ settings: [String: JSONValue]) async throws -> ConnectionTest {
                let configuration = AttemptConfiguration(
                    id: ConfigurationID(rawValue: "cfg_1"), version: 1, settings: settings)
                return try await harness.bus.send(
                    TestProvider(provider: provider, configuration: configuration),
                    to: .adapterRequests(category: "testing"), source: "/orchestrator",
                    signer: harness.sealer)
            }
            let good = try await test("scripted", ["key": "K-good-1"])
            #expect(good.ok)
            #expect(good.message == "Signed in with ••••.")
            let bad = try await test("scripted", ["key": "K-bad-22"])
            #expect(!bad.ok)
            #expect(bad.message.contains("sign-in"))
            #expect(try await !test("scripted", ["port": "x"]).ok)
            let failure = await #expect(throws: RequestFailure.self) { try await test("nobody", [:]) }
            #expect(failure?.kind == .notFound)
        }
    }
}

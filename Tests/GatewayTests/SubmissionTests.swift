import HTTPTypes
import Models
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// Submitting actions, and waiting for their end.
@Suite struct SubmissionTests {
    @Test func `without wait the answer is 202 with the place of the action`() async throws {
        try await GatewayHarness.run { harness in
            let answer = try await harness.call(.post, harness.actionsPath, ["function": "getInfo"])
            #expect(answer.status == 202)
            let id = try #require(answer.json["id"]?.stringValue)
            #expect(answer.headers[.location] == "/v1/actions/\(id)")
            #expect(answer.json["state"] == "queued")
            let sent = try #require(harness.fake.state.withLock { $0.submitted.first })
            #expect(sent.id.rawValue == id)
            #expect(sent.requestedBy.hasPrefix("operator (tok_"))
            #expect(sent.audience == .admin)
            #expect(sent.clientID == nil)
        }
    }

    @Test func `an end that comes before the reply is not missed`() async throws {
        try await GatewayHarness.run { harness in
            harness.fake.state.withLock { state in
                state.onSubmit = { fake, action in
                    try await fake.change(action.id, to: .succeeded, result: ["suspended": false])
                    return action
                }
            }
            let answer = try await harness.call(
                .post, "\(harness.actionsPath)?wait=30", ["function": "getInfo"])
            #expect(answer.status == 200)
            #expect(answer.json["state"] == "succeeded")
            #expect(answer.json["result"]?["suspended"] == false)
        }
    }

    @Test(arguments: [ActionState.succeeded, .failed, .cancelled, .rejected])
    func `an end that comes after the reply ends the wait`(_ end: ActionState) async throws {
        try await GatewayHarness.run { harness in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let answer = try await harness.call(
                        .post, "\(harness.actionsPath)?wait=30", ["function": "getInfo"])
                    #expect(answer.status == 200)
                    #expect(answer.json["state"] == .string(end.rawValue))
                }
                try await eventually("the action is submitted") {
                    !harness.fake.state.withLock(\.submitted).isEmpty
                }
                let id = try #require(harness.fake.state.withLock { $0.submitted.first?.id })
                // What is no end does not end the wait.
                try await harness.fake.change(id, to: .dispatched)
                try await harness.fake.change(id, to: end)
                try await group.waitForAll()
            }
        }
    }

    @Test func `an action that ended at once is answered at once`() async throws {
        try await GatewayHarness.run { harness in
            harness.fake.state.withLock { state in
                state.onSubmit = { _, action in
                    var action = action
                    action.state = .failed
                    return action
                }
            }
            let answer = try await harness.call(.post, harness.actionsPath, ["function": "getInfo"])
            #expect(answer.status == 200)
        }
    }

    @Test func `a wait that is over answers 202 with the present state`() async throws {
        try await GatewayHarness.run { harness in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let answer = try await harness.call(
                        .post, "\(harness.actionsPath)?wait=1", ["function": "getInfo"])
                    #expect(answer.status == 202)
                    #expect(answer.json["state"] == "deferred")
                }
                try await eventually("the action is submitted") {
                    !harness.fake.state.withLock(\.submitted).isEmpty
                }
                let id = try #require(harness.fake.state.withLock { $0.submitted.first?.id })
                try await harness.fake.change(id, to: .deferred)
                try await eventually("the wait is over") {
                    harness.clock.advance(by: .seconds(1))
                    harness.gateway.parts.waiters.sweep(now: harness.clock.now)
                    return !harness.gateway.parts.waiters.isAwaited(id)
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `an end that was missed is found by asking`() async throws {
        try await GatewayHarness.run { harness in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let answer = try await harness.call(
                        .post, "\(harness.actionsPath)?wait=60", ["function": "getInfo"])
                    #expect(answer.status == 200)
                    #expect(answer.json["state"] == "succeeded")
                }
                try await eventually("the action is submitted") {
                    !harness.fake.state.withLock(\.actions).isEmpty
                }
                harness.fake.state.withLock { state in
                    for id in state.actions.keys { state.actions[id]?.state = .succeeded }
                }
                try await eventually("the wait ends") {
                    harness.gateway.parts.waiters.interrupt()
                    return harness.fake.state.withLock { state in
                        state.actions.keys.allSatisfy { !harness.gateway.parts.waiters.isAwaited($0) }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `a stopping gateway ends waits with what is known`() async throws {
        try await GatewayHarness.run { harness in
            harness.gateway.parts.waiters.stop()
            let answer = try await harness.call(
                .post, "\(harness.actionsPath)?wait=60", ["function": "getInfo"])
            #expect(answer.status == 202)
        }
    }

    @Test func `a repeat with the same key waits for the first action`() async throws {
        try await GatewayHarness.run { harness in
            let key = ["Idempotency-Key": "order-7"]
            let first = try await harness.call(
                .post, harness.actionsPath, ["function": "getInfo"], headers: key)
            #expect(first.status == 202)
            let id = try #require(harness.fake.state.withLock { $0.submitted.first?.id })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let repeated = try await harness.call(
                        .post, "\(harness.actionsPath)?wait=30", ["function": "getInfo"], headers: key)
                    #expect(repeated.status == 200)
                    #expect(repeated.json["id"] == .string(id.rawValue))
                }
                try await eventually("someone waits") { harness.gateway.parts.waiters.isAwaited(id) }
                try await harness.fake.change(id, to: .succeeded)
                try await group.waitForAll()
            }
            let ended = try await harness.call(
                .post, harness.actionsPath, ["function": "getInfo"], headers: key)
            #expect(ended.status == 200)
            let other = try await harness.call(
                .post, harness.actionsPath, ["function": "getUsage"], headers: key)
            #expect(other.status == 422)
            #expect(other.json["type"] == "urn:purser:problem:idempotency-key-reused")
        }
    }

    @Test func `a body that differs only in order and space has the same fingerprint`() async throws {
        try await GatewayHarness.run { harness in
            for text in [
                #"{"function":"create","parameters":{"email":"jane@example.com","package_name":"gold"}}"#,
                #"{ "parameters": {"package_name":"gold", "email":"jane\u0040example.com"}, "function":"create" }"#,
                #"{"function":"create","parameters":{"email":"jane@example.com","package_name":"silver"}}"#,
            ] {
                let answer = try await harness.call(.post, harness.actionsPath, text: text)
                #expect(answer.status == 202)
            }
            let prints = harness.fake.state.withLock { $0.submitted.map(\.fingerprint) }
            #expect(prints[0] == prints[1])
            #expect(prints[0] != prints[2])
            #expect(prints[0].count == 64)
        }
    }

    @Test func `where no one accepts, the answer says how to repeat`() async throws {
        try await GatewayHarness.run { harness in
            for key in ["", "order-8"] {
                harness.fake.state.withLock {
                    $0.failures["action.submit.v1"] = RequestFailure(.unavailable, "No answer came in time.")
                }
                let answer = try await harness.call(
                    .post, harness.actionsPath, ["function": "getInfo"], headers: ["Idempotency-Key": key])
                #expect(answer.status == 503)
                #expect(answer.headers[.retryAfter] != nil)
                #expect(answer.json["detail"]?.stringValue?.contains("Idempotency-Key") == true)
            }
        }
    }

    @Test func `missing parameters are the orchestrator's to judge`() async throws {
        try await GatewayHarness.run { harness in
            harness.fake.state.withLock {
                $0.failures["action.submit.v1"] = RequestFailure(
                    .invalid, "A parameter is missing.",
                    problems: [FieldProblem(pointer: "/parameters/email", detail: "is required")])
            }
            let answer = try await harness.call(.post, harness.actionsPath, ["function": "create"])
            #expect(answer.status == 422)
            #expect(answer.pointers == ["/parameters/email"])
        }
    }

    @Test func `the category of a product is asked for once`() async throws {
        try await GatewayHarness.run { harness in
            for _ in 1...3 { _ = try await harness.call(.post, harness.actionsPath, ["function": "getInfo"]) }
            #expect(harness.fake.state.withLock { $0.asked["product.show.v1"] } == 1)
        }
    }
}

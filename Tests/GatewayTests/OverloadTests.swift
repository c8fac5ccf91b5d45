import HTTPTypes
import Models
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// More submissions at once than are taken.
@Suite struct OverloadTests {
    @Test func `a client with too many submissions under way is refused, and nobody else`() async throws {
        let gate = Gate()
        try await GatewayHarness.run { harness in
            harness.fake.state.withLock { state in
                state.onSubmit = { _, action in
                    await gate.wait()
                    return action
                }
            }
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<Limits.submissionsOfClient {
                    group.addTask { try await Self.submit(harness, GatewayHarness.jane).status }
                }
                try await eventually("all are under way") {
                    harness.fake.state.withLock(\.asked)[SubmitAction.messageType]
                        == Limits.submissionsOfClient
                }
                let refused = try await Self.submit(harness, GatewayHarness.jane)
                #expect(refused.status == 429)
                #expect(refused.headers[.retryAfter] == "\(Limits.retryAfterSeconds)")
                #expect(refused.headers[.contentType] == "application/problem+json")
                group.addTask { try await Self.submit(harness, GatewayHarness.admin).status }
                try await eventually("the other's is under way") {
                    harness.fake.state.withLock(\.asked)[SubmitAction.messageType]
                        == Limits.submissionsOfClient + 1
                }
                gate.open()
                for try await status in group { #expect(status == 202) }
            }
            // The places are given back.
            #expect(try await Self.submit(harness, GatewayHarness.jane).status == 202)
        }
    }

    @Test func `what the orchestrator refuses as too much is 429 with a time to come again`() async throws {
        try await GatewayHarness.run { harness in
            harness.fake.state.withLock {
                $0.failures[SubmitAction.messageType] = RequestFailure(.tooMany, "Too many are waiting.")
            }
            let refused = try await Self.submit(harness, GatewayHarness.admin)
            #expect(refused.status == 429)
            #expect(refused.headers[.retryAfter] == "\(Limits.retryAfterSeconds)")
            #expect(refused.json["detail"] == "Too many are waiting.")
            #expect(try await Self.submit(harness, GatewayHarness.admin).status == 202)
        }
    }

    @Test func `all callers together have their limit, and a client is one caller with any of its tokens`()
        throws
    {
        let slots = SubmissionSlots()
        let client = ClientID.make()
        func caller(_ client: ClientID? = nil) -> Principal {
            Principal(
                tokenID: .make(), name: "caller", role: client == nil ? .admin : .client, clientID: client)
        }
        for _ in 0..<Limits.submissionsOfClient { try slots.take(for: caller(client)) }
        #expect(throws: Problem.self) { try slots.take(for: caller(client)) }
        let admin = caller()
        for _ in 0..<Limits.submissionsOfToken { try slots.take(for: admin) }
        #expect(throws: Problem.self) { try slots.take(for: admin) }
        let rest = Limits.submissions - Limits.submissionsOfClient - Limits.submissionsOfToken
        let other = caller()
        for _ in 0..<rest { try slots.take(for: other) }
        #expect(throws: Problem.self) { try slots.take(for: caller()) }
        slots.give(for: caller(client))
        try slots.take(for: caller(client))
        #expect(throws: Problem.self) { try slots.take(for: caller()) }
    }

    private static func submit(
        _ harness: GatewayHarness, _ token: String
    ) async throws -> GatewayHarness.Answer {
        try await harness.call(.post, harness.actionsPath, ["function": "getInfo"], token: token)
    }
}

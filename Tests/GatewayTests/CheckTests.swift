import HTTPTypes
import Models
import Synchronization
import Testing

@testable import Gateway

/// Asking for a product to be compared with its provider.
@Suite struct CheckTests {
    private static func path(_ harness: GatewayHarness) -> String {
        "/v1/contract-products/\(harness.product.id)/check"
    }

    @Test func `it is an action of the function that reads the product`() async throws {
        try await GatewayHarness.run { harness in
            let answer = try await harness.call(.post, Self.path(harness), ["adopt": true])
            #expect(answer.status == 202)
            #expect(answer.headers[.location]?.hasPrefix("/v1/actions/act_") == true)
            #expect(try await harness.call(.post, Self.path(harness), [:]).status == 202)
            let submitted = harness.fake.state.withLock { $0.submitted }
            #expect(submitted.map(\.function) == ["getInfo", "getInfo"])
            #expect(submitted.map(\.check) == [.adopt, .compare])
            #expect(submitted.allSatisfy { $0.requestedBy.hasPrefix("operator (tok_") })
        }
    }

    @Test func `its end is waited for, and says what differs`() async throws {
        try await GatewayHarness.run { harness in
            harness.fake.state.withLock { state in
                state.onSubmit = { _, action in
                    var action = action
                    action.state = .succeeded
                    action.differences = [
                        FieldDifference(field: "status", ours: "active", theirs: "suspended")
                    ]
                    return action
                }
            }
            let answer = try await harness.call(.post, Self.path(harness) + "?wait=30", [:])
            #expect(answer.status == 200)
            #expect(answer.json["differences"]?.arrayValue?.first?["theirs"] == "suspended")
        }
    }

    @Test func `only an administrator may, and an ordinary action cannot be made one`() async throws {
        try await GatewayHarness.run { harness in
            let path = Self.path(harness)
            #expect(try await harness.call(.post, path, [:], token: GatewayHarness.jane).status == 403)
            #expect(try await harness.call(.post, path, ["adopt": "yes"]).status == 422)
            let unknown = "/v1/contract-products/\(ContractProductID.make())/check"
            #expect(try await harness.call(.post, unknown, [:]).status == 404)
            _ = try await harness.call(.post, harness.actionsPath, ["function": "getInfo", "check": "adopt"])
            #expect(harness.fake.state.withLock { $0.submitted.allSatisfy { $0.check == nil } })
        }
    }
}

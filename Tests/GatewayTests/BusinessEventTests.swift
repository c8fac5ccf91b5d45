import HTTPTypes
import Models
import ServiceRuntime
import Synchronization
import Testing

@testable import Gateway

/// Business events, as they come in.
@Suite struct BusinessEventTests {
    private static func body(
        _ harness: GatewayHarness, _ changes: [String: JSONValue?] = [:]
    ) -> JSONValue {
        var body: [String: JSONValue] = [
            "id": "order/1", "type": "product.overdue",
            "contract_product_id": .string(harness.product.id.rawValue),
        ]
        for (name, value) in changes { body[name] = value }
        return .object(body)
    }

    @Test func `an event is accepted with what it set off and what not`() async throws {
        try await GatewayHarness.run { harness in
            let answer = try await harness.call(
                .post, "/v1/business-events", Self.body(harness, ["data": ["reason": "unpaid"]]))
            #expect(answer.status == 202)
            #expect(answer.json["id"] == "order/1")
            #expect(answer.json["actions"] == .array([]))
            #expect(answer.json["not_done"]?.arrayValue?.first?["function"] == "suspend")
            #expect(answer.headers[.location] == "/v1/business-events/order%2F1")
            let sent = try #require(harness.fake.state.withLock { $0.businessEvents.first })
            #expect(sent.type == .productOverdue)
            #expect(sent.data == ["reason": "unpaid"])
            #expect(sent.requestedBy.hasPrefix("operator ("))
            let shown = try await harness.call(.get, "/v1/business-events/order%2F1")
            #expect(shown.status == 200)
            #expect(shown.json["data"]?["reason"] == "unpaid")
            #expect(try await harness.call(.get, "/v1/business-events/order%2F2").status == 404)
            let listed = try await harness.call(.get, "/v1/business-events?type=product.overdue")
            #expect(listed.json["items"]?.arrayValue?.count == 1)
        }
    }

    @Test func `the same content is known again, however it is written`() async throws {
        try await GatewayHarness.run { harness in
            for changes: [String: JSONValue?] in [
                [:], ["data": .null], ["data": .object([:])], ["data": ["a": 1]],
                ["type": "product.paid"],
            ] {
                _ = try await harness.call(.post, "/v1/business-events", Self.body(harness, changes))
            }
            let prints = harness.fake.state.withLock { $0.businessEvents.map(\.fingerprint) }
            #expect(prints.count == 5)
            #expect(Set(prints.prefix(3)).count == 1)
            #expect(Set(prints).count == 3)
        }
    }

    @Test func `what a function takes as a secret does not cross the bus in the clear`() async throws {
        try await GatewayHarness.run { harness in
            let data: JSONValue = ["password": "pw-CANARY", "reason": "unpaid"]
            let answer = try await harness.call(
                .post, "/v1/business-events", Self.body(harness, ["data": data]))
            #expect(answer.status == 202)
            let sent = try #require(harness.fake.state.withLock { $0.businessEvents.first })
            let sealed = try #require(sent.data?["password"]?.stringValue)
            #expect(!sealed.contains("CANARY"))
            #expect(try harness.sealer.open(sealed, context: "event/order/1/data/password") == "pw-CANARY")
            let shown = try await harness.call(.get, "/v1/business-events/order%2F1")
            #expect(shown.json["data"]?["password"] == .string(Secret.mask))
        }
    }

    @Test func `what is wrong is told by field`() async throws {
        try await GatewayHarness.run { harness in
            let long = String(repeating: "x", count: Limits.eventDataBytes)
            let cases: [([String: JSONValue?], String)] = [
                (["id": nil], "/id"), (["id": "two words"], "/id"), (["id": ""], "/id"),
                (["id": .string(String(repeating: "i", count: 256))], "/id"),
                (["type": "product.lost"], "/type"), (["type": 5], "/type"),
                (["contract_product_id": "prd_1"], "/contract_product_id"),
                (
                    ["contract_product_id": .string(ContractProductID.make().rawValue)],
                    "/contract_product_id"
                ),
                (["data": [1]], "/data"), (["data": ["x": .string(long)]], "/data"),
                (["run_at": "2026-02-03T10:11:12Z"], "/run_at"),
            ]
            for (changes, pointer) in cases {
                let answer = try await harness.call(
                    .post, "/v1/business-events", Self.body(harness, changes))
                #expect(answer.status == 422)
                #expect(answer.pointers == [pointer], "\(answer.text)")
            }
            #expect(harness.fake.state.withLock { $0.businessEvents.isEmpty })
            #expect(try await harness.call(.get, "/v1/business-events?type=lost").status == 422)
        }
    }

    @Test func `a product's own settings go to the orchestrator as they are`() async throws {
        try await GatewayHarness.run { harness in
            let events: JSONValue = [
                "product.overdue": ["function": "suspend", "delay_seconds": 259_200],
                "product.cancelled": .null,
            ]
            let answer = try await harness.call(
                .patch, "/v1/contract-products/\(harness.product.id)", ["business_events": events])
            #expect(answer.status == 200)
            let sent = try #require(harness.fake.state.withLock { $0.updatedProducts.first })
            #expect(sent.businessEvents == events.objectValue)
            let wrong = try await harness.call(
                .patch, "/v1/contract-products/\(harness.product.id)", ["business_events": 5])
            #expect(wrong.pointers == ["/business_events"])
        }
    }

    @Test func `blueprints tell administrators what events set off`() async throws {
        try await GatewayHarness.run { harness in
            let blueprint = try await harness.call(.get, "/v1/blueprints/domains").json
            let events = try #require(blueprint["business_events"]?.arrayValue)
            let activated = try #require(events.first { $0["type"] == "product.activated" })
            #expect(activated["run"] == "register")
            #expect(activated["run_where_given"] == ["epp_code": "transfer"])
            #expect(events.first { $0["type"] == "product.overdue" }?["not_done"] != nil)
            let open = try await harness.call(
                .get, "/v1/blueprints/domains", token: GatewayHarness.jane)
            #expect(open.json["business_events"] == nil)
        }
    }
}

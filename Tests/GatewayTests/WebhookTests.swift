import HTTPTypes
import Models
import ServiceRuntime
import Synchronization
import Testing

@testable import Gateway

/// Webhooks, as administrators look after them.
@Suite struct WebhookTests {
    @Test func `a secret is shown when it is made, and never again`() async throws {
        try await GatewayHarness.run { harness in
            let made = try await harness.call(
                .post, "/v1/webhooks",
                ["url": "https://billing.example.com/purser", "event_types": ["action.failed"]])
            #expect(made.status == 201)
            #expect(made.json["secret"] == .string(FakeOrchestrator.webhookSecret))
            #expect(made.json["event_types"] == ["action.failed"])
            let id = try #require(made.json["id"]?.stringValue)
            #expect(made.headers[.location] == "/v1/webhooks/\(id)")
            for path in ["/v1/webhooks", "/v1/webhooks/\(id)"] {
                let shown = try await harness.call(.get, path)
                #expect(shown.status == 200)
                #expect(!shown.text.contains("whsec_"))
            }
            let rotated = try await harness.call(.post, "/v1/webhooks/\(id)/rotate")
            #expect(rotated.status == 200)
            #expect(rotated.json["secret"] == .string(FakeOrchestrator.webhookSecret))
        }
    }

    @Test func `a webhook is changed, tested and removed`() async throws {
        try await GatewayHarness.run { harness in
            let made = try await harness.call(.post, "/v1/webhooks", ["url": "https://b.example.com/"])
            let path = "/v1/webhooks/\(made.json["id"]?.stringValue ?? "")"
            #expect(try await harness.call(.patch, path, ["enabled": false]).status == 200)
            let change = try #require(harness.fake.state.withLock { $0.updatedWebhooks.first })
            #expect(change.enabled == false)
            #expect(change.url == nil)
            #expect(change.eventTypes == nil)
            let tested = try await harness.call(.post, "\(path)/test")
            #expect(tested.status == 202)
            #expect(tested.json["type"] == "webhook.test")
            let pending = try await harness.call(.get, "\(path)/deliveries?state=pending")
            #expect(pending.json["items"]?.arrayValue?.count == 1)
            let failed = try await harness.call(.get, "\(path)/deliveries?state=failed")
            #expect(failed.json["items"] == .array([]))
            let delivery = WebhookDeliveryID.make()
            let resent = try await harness.call(.post, "/v1/webhook-deliveries/\(delivery)/resend")
            #expect(resent.status == 202)
            #expect(resent.json["id"] == .string(delivery.rawValue))
            #expect(try await harness.call(.delete, path).status == 204)
            #expect(try await harness.call(.get, path).status == 404)
            #expect(try await harness.call(.delete, path).status == 404)
        }
    }

    @Test func `what is wrong with a webhook is told by field`() async throws {
        try await GatewayHarness.run { harness in
            let cases: [(JSONValue, String)] = [
                ([:], "/url"), (["url": "nowhere"], "/url"), (["url": 5], "/url"),
                (["url": "https://b.example.com/", "event_types": ["action.lost"]], "/event_types/0"),
                (["url": "https://b.example.com/", "event_types": "action.failed"], "/event_types"),
                (["url": "https://b.example.com/", "secret": "x"], "/secret"),
            ]
            for (body, pointer) in cases {
                let answer = try await harness.call(.post, "/v1/webhooks", body)
                #expect(answer.status == 422)
                #expect(answer.pointers == [pointer], "\(answer.text)")
            }
            let change = try await harness.call(
                .patch, "/v1/webhooks/\(WebhookID.make())", ["url": "", "enabled": "no"])
            #expect(Set(change.pointers) == ["/url", "/enabled"])
            #expect(
                try await harness.call(.get, "/v1/webhooks/\(WebhookID.make())/deliveries?state=lost").status
                    == 422)
        }
    }
}

import Bus
import Crypto
import Foundation
import Logging
import Models
import ServiceRuntime
import Synchronization
import SystemSupport
import TestSupport
import Testing

@testable import Orchestrator

/// Telling others what becomes of actions.
struct WebhookTests {
    private static let account = ActionServiceTests.account
    private static let obliging = ActionServiceTests.obliging

    /// Checks a delivery as its receiver would, with nothing but the secret.
    private static func verifies(_ request: HTTPReceiver.Request, _ secret: String) throws -> Bool {
        let key = try #require(Data(base64Encoded: String(secret.dropFirst("whsec_".count))))
        #expect((24...64).contains(key.count))
        let signed =
            "\(request.header("webhook-id")).\(request.header("webhook-timestamp")).\(request.body)"
        let code = HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: SymmetricKey(data: key))
        return request.header("webhook-signature").split(separator: " ").contains {
            $0 == "v1,\(Data(code).base64EncodedString())"
        }
    }

    @Test func `A signature is that of the scheme`() {
        let signature = WebhookSecret.signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            seconds: 1_614_265_330, body: #"{"test": 2432232314}"#)
        // As OpenSSL has it.
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        #expect(WebhookSecret.signature("MfKQ", id: "a", seconds: 1, body: "") == nil)
    }

    @Test func `What becomes of an action is told, signed, without its secrets`() async throws {
        try await HTTPReceiver.with { receiver in
            try await OrchestratorHarness.run { attempt in
                attempt.function == "getLoginUrl"
                    ? ActionOutcome(
                        attempt, .succeeded, result: ["login_url": "https://panel.example.com/CANARY"])
                    : ActionOutcome(attempt, .failed, error: .rejected)
            } body: { harness in
                let webhook = try await harness.webhook(receiver.url)
                let product = try await harness.product(["username": "jane"])
                let login = try await harness.submit(
                    "getLoginUrl", on: product, ["user_ip": "192.0.2.1", "current_password": "pw-CANARY"]
                ).action
                _ = try await harness.wait(for: login.id, .succeeded)
                try await eventually("the first is told") { receiver.count == 1 }
                let suspend = try await harness.submit("suspend", on: product).action
                _ = try await harness.wait(for: suspend.id, .failed)
                try await eventually("the second is told") { receiver.count == 2 }

                let first = receiver.requests[0]
                #expect(first.path == "/hook?from=purser&x=a%2Fb")
                #expect(first.header("content-type") == "application/json")
                #expect(first.header("webhook-id").hasPrefix("whd_"))
                #expect(first.header("webhook-timestamp") == "\(harness.clock.now.milliseconds / 1000)")
                #expect(try Self.verifies(first, webhook.secret))
                #expect(try !Self.verifies(first, WebhookSecret.make()))
                let told = try JSONText.parse(first.body)
                #expect(told["type"] == "action.succeeded")
                #expect(told["timestamp"] == .string(harness.clock.now.description))
                #expect(told["data"]?["id"] == .string(login.id.rawValue))
                #expect(told["data"]?["result"]?["login_url"] == .string(Secret.mask))
                #expect(!first.body.contains("CANARY"))
                #expect(!first.body.contains("sealed:"))
                let failed = try JSONText.parse(receiver.requests[1].body)
                #expect(failed["type"] == "action.failed")
                #expect(failed["data"]?["error"]?["kind"] == "rejected")
                try await harness.expect(webhook.id, [.succeeded, .succeeded])
            }
        }
    }

    @Test func `A webhook is told only of what it asked for`() async throws {
        try await HTTPReceiver.with { receiver in
            try await OrchestratorHarness.run { attempt in
                ActionOutcome(attempt, attempt.function == "create" ? .unsure : .succeeded, error: .timedOut)
            } body: { harness in
                _ = try await harness.webhook(receiver.url, [.actionUnsure, .actionCancelled])
                let product = try await harness.product(["username": "jane"])
                let looked = try await harness.submit("getInfo", on: product).action
                _ = try await harness.wait(for: looked.id, .succeeded)
                let created = try await harness.submit("create", on: product, ActionServiceTests.create)
                    .action
                _ = try await harness.wait(for: created.id, .unsure)
                let waiting = try await harness.submit("suspend", on: product).action
                _ = try await harness.decide("cancel", waiting.id)
                try await eventually("both are told") { receiver.count == 2 }
                let types = try receiver.requests.map { try JSONText.parse($0.body)["type"] }
                #expect(types == ["action.unsure", "action.cancelled"])
            }
        }
    }

    @Test func `What could not be told is told after a restart`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "purser-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let isUp = Mutex(false)
        try await HTTPReceiver.with { _, _ in
            isUp.withLock { $0 } ? (204, [:]) : (503, [:])
        } _: { receiver in
            let secret = Mutex("")
            let clock = TestClock()
            try await OrchestratorHarness.run(folder: folder, clock: clock, adapter: Self.obliging) {
                harness in
                let webhook = try await harness.webhook(receiver.url)
                secret.withLock { $0 = webhook.secret }
                let product = try await harness.product(["username": "jane"])
                let action = try await harness.submit("suspend", on: product).action
                _ = try await harness.wait(for: action.id, .succeeded)
                try await eventually("it is tried") { receiver.count == 1 }
                try await eventually("the try is noted") {
                    try await harness.deliveries(webhook.id).first?.attempts == 1
                }
            }
            isUp.withLock { $0 = true }
            clock.advance(by: .seconds(5))
            try await OrchestratorHarness.run(folder: folder, clock: clock, adapter: Self.obliging) { _ in
                try await eventually("it is told") { receiver.count == 2 }
                let (first, second) = (receiver.requests[0], receiver.requests[1])
                #expect(first.header("webhook-id") == second.header("webhook-id"))
                #expect(first.body == second.body)
                #expect(try Self.verifies(second, secret.withLock { $0 }))
            }
        }
    }

    @Test func `After one failure those behind wait a little, after two they go first`() async throws {
        let isUp = Mutex(false)
        try await HTTPReceiver.with { _, _ in
            isUp.withLock { $0 } ? (200, [:]) : (500, [:])
        } _: { receiver in
            try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
                let webhook = try await harness.webhook(receiver.url)
                func tell() async throws -> WebhookDeliveryID {
                    try await harness.parts.webhooks.test(TestWebhook(id: webhook.id)).id
                }
                let first = try await tell()
                try await eventually("the first fails") {
                    try await harness.deliveries(webhook.id).first?.attempts == 1
                }
                let second = try await tell()
                // Nothing but the first is tried until its 5 s are over.
                let held = try await harness.parts.store.read { [now = harness.clock.now] in
                    try $0.nextDelivery(to: webhook.id, by: now)
                }
                #expect(held == nil)
                harness.clock.advance(by: .seconds(5))
                try await eventually("the second fails too") {
                    try await harness.deliveries(webhook.id).first?.attempts == 1
                }
                #expect(
                    receiver.requests.map { $0.header("webhook-id") }
                        == [first, first, second].map(\.rawValue))
                isUp.withLock { $0 = true }
                harness.clock.advance(by: .seconds(5))
                try await eventually("the second arrives") { receiver.count == 4 }
                #expect(receiver.requests[3].header("webhook-id") == second.rawValue)
                harness.clock.advance(by: .seconds(300))
                try await harness.expect(webhook.id, [.succeeded, .succeeded])
            }
        }
    }

    @Test func `A webhook that does not answer holds up no other, and is told nothing more meanwhile`()
        async throws
    {
        try await HTTPReceiver.with { _, _ in
            nil
        } _: { silent in
            try await HTTPReceiver.with { other in
                try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
                    let first = try await harness.webhook(silent.url)
                    for _ in 0..<3 { _ = try await harness.parts.webhooks.test(TestWebhook(id: first.id)) }
                    try await eventually("it is asked") { silent.count == 1 }
                    let second = try await harness.webhook(other.url)
                    for _ in 0..<3 { _ = try await harness.parts.webhooks.test(TestWebhook(id: second.id)) }
                    try await harness.expect(second.id, [.succeeded, .succeeded, .succeeded])
                    #expect(silent.count == 1)
                    try await harness.expect(first.id, [.pending, .pending, .pending])
                }
            }
        }
    }

    @Test func `A webhook is told in order`() async throws {
        try await HTTPReceiver.with { receiver in
            try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
                let webhook = try await harness.webhook(receiver.url)
                var ids: [String] = []
                for _ in 0..<20 {
                    ids.append(
                        try await harness.parts.webhooks.test(TestWebhook(id: webhook.id)).id.rawValue)
                }
                let expected = ids
                try await eventually("all are told") { receiver.count == 20 }
                #expect(receiver.requests.map { $0.header("webhook-id") } == expected)
            }
        }
    }

    @Test func `An endpoint that is gone is told nothing more`() async throws {
        try await HTTPReceiver.with { _, _ in
            (410, [:])
        } _: { receiver in
            try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
                let webhook = try await harness.webhook(receiver.url)
                _ = try await harness.parts.webhooks.test(TestWebhook(id: webhook.id))
                try await harness.expect(webhook.id, [.failed])
                let shown = try await harness.parts.webhooks.show(ShowWebhook(id: webhook.id))
                #expect(!shown.enabled)
                #expect(shown.disabledBecause?.contains("410") == true)
                let product = try await harness.product(["username": "jane"])
                let action = try await harness.submit("getInfo", on: product).action
                _ = try await harness.wait(for: action.id, .succeeded)
                #expect(try await harness.deliveries(webhook.id).count == 1)
                await #expect {
                    try await harness.parts.webhooks.test(TestWebhook(id: webhook.id))
                } throws: {
                    ($0 as? RequestFailure)?.kind == .conflict
                }
                let enabled = try await harness.parts.webhooks.update(
                    UpdateWebhook(id: webhook.id, enabled: true))
                #expect(enabled.enabled)
                #expect(enabled.disabledBecause == nil)
            }
        }
    }

    @Test func `A redirect is not followed, and counts as a failure`() async throws {
        try await HTTPReceiver.with { request, _ in
            request.path.hasPrefix("/hook") ? (307, ["Location": "/elsewhere"]) : (200, [:])
        } _: { receiver in
            try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
                let webhook = try await harness.webhook(receiver.url)
                _ = try await harness.parts.webhooks.test(TestWebhook(id: webhook.id))
                try await eventually("it is tried") {
                    try await harness.deliveries(webhook.id).first?.lastStatus == 307
                }
                #expect(receiver.requests.map(\.path) == ["/hook?from=purser&x=a%2Fb"])
            }
        }
    }

    @Test func `A delivery can be sent again, and a webhook removed with its deliveries`() async throws {
        try await HTTPReceiver.with { receiver in
            try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
                let webhook = try await harness.webhook(receiver.url)
                let delivery = try await harness.parts.webhooks.test(TestWebhook(id: webhook.id))
                try await harness.expect(webhook.id, [.succeeded])
                let again = try await harness.parts.webhooks.resend(ResendWebhookDelivery(id: delivery.id))
                #expect(again.state == .pending)
                try await eventually("it is sent again") { receiver.count == 2 }
                #expect(receiver.requests[1].header("webhook-id") == delivery.id.rawValue)
                try await harness.expect(webhook.id, [.succeeded])
                _ = try await harness.parts.webhooks.delete(DeleteWebhook(id: webhook.id))
                let left = try await harness.parts.store.read { try $0.delivery(delivery.id) }
                #expect(left == nil)
                await #expect(throws: RequestFailure.self) {
                    try await harness.parts.webhooks.resend(ResendWebhookDelivery(id: delivery.id))
                }
            }
        }
    }

    @Test func `An old secret signs beside the new one for a day`() async throws {
        try await HTTPReceiver.with { receiver in
            try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
                let webhook = try await harness.webhook(receiver.url)
                let newer = try await harness.parts.webhooks.rotate(RotateWebhook(id: webhook.id))
                let secret = try harness.opened(newer)
                #expect(secret != webhook.secret)
                _ = try await harness.parts.webhooks.test(TestWebhook(id: webhook.id))
                try await eventually("it is told") { receiver.count == 1 }
                #expect(try Self.verifies(receiver.requests[0], webhook.secret))
                #expect(try Self.verifies(receiver.requests[0], secret))
                try await harness.expect(webhook.id, [.succeeded])
                harness.clock.advance(by: .seconds(86_400))
                _ = try await harness.parts.webhooks.test(TestWebhook(id: webhook.id))
                try await eventually("it is told again") { receiver.count == 2 }
                #expect(try !Self.verifies(receiver.requests[1], webhook.secret))
                #expect(try Self.verifies(receiver.requests[1], secret))
                // Many rotations do not make many signatures.
                for _ in 0..<8 {
                    _ = try await harness.parts.webhooks.rotate(RotateWebhook(id: webhook.id))
                }
                _ = try await harness.parts.webhooks.test(TestWebhook(id: webhook.id))
                try await eventually("it is told a third time") { receiver.count == 3 }
                let signatures = receiver.requests[2].header("webhook-signature").split(separator: " ")
                #expect(signatures.count == WebhookService.secretLimit)
            }
        }
    }

    @Test func `Secrets are sealed in the database, and never shown again`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "purser-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let secret = Mutex("")
        try await OrchestratorHarness.run(folder: folder, adapter: Self.obliging) { harness in
            let webhook = try await harness.webhook("https://billing.example.com/")
            secret.withLock { $0 = String(webhook.secret.dropFirst("whsec_".count)) }
            _ = try await harness.parts.webhooks.list()
        }
        let text = secret.withLock { $0 }
        #expect(text.count == 44)
        let store = folder.appending(path: "orchestrator")
        for file in try FileManager.default.contentsOfDirectory(at: store, includingPropertiesForKeys: nil) {
            #expect(try Data(contentsOf: file).range(of: Data(text.utf8)) == nil)
        }
    }

    @Test func `Deliveries are forgotten after 30 days`() async throws {
        try await HTTPReceiver.with { receiver in
            try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
                let webhook = try await harness.webhook(receiver.url)
                _ = try await harness.parts.webhooks.test(TestWebhook(id: webhook.id))
                try await harness.expect(webhook.id, [.succeeded])
                harness.clock.advance(by: .seconds(29 * 86_400))
                let janitor = Janitor(
                    store: harness.parts.store, now: { harness.clock.now },
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
                try await janitor.tidy()
                #expect(try await harness.deliveries(webhook.id).count == 1)
                harness.clock.advance(by: .seconds(86_401))
                try await janitor.tidy()
                #expect(try await harness.deliveries(webhook.id).isEmpty)
            }
        }
    }

    @Test func `An address that is not public is refused, unless it is allowed`() async throws {
        let address = WebhookAddress(allowsHTTP: true, outbound: .publicOnly)
        let refused = [
            "https://10.0.0.5/", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.5]/",
            "https://169.254.169.254/latest/meta-data", "https://[fd00::1]:8443/", "http://192.168.0.1/",
        ]
        for text in refused {
            #expect(address.problem(text)?.contains("PURSER_OUTBOUND_ALLOW") == true, "\(text)")
        }
        for text in ["https://1.1.1.1/", "https://[2606:4700::1111]/", "https://billing.example.com/"] {
            #expect(address.problem(text) == nil, "\(text)")
        }
        // What a name leads to shows when something is sent: to this host, here.
        try await HTTPReceiver.with { receiver in
            try await OrchestratorHarness.run(
                configure: { $0.outbound = .publicOnly }, adapter: Self.obliging
            ) { harness in
                let webhook = try await harness.webhook("http://localhost:\(receiver.port)/")
                _ = try await harness.parts.webhooks.test(TestWebhook(id: webhook.id))
                try await eventually("the failure") {
                    try await harness.deliveries(webhook.id).first?.lastError?
                        .contains("PURSER_OUTBOUND_ALLOW") == true
                }
                #expect(receiver.requests.isEmpty)
            }
        }
    }

    @Test func `An address must be https, unless it is of this host`() async throws {
        let rows: [(String, Bool, Bool)] = [
            ("https://billing.example.com/hook?x=1", true, true), ("http://localhost:8080/", true, true),
            ("http://127.0.0.1:9/", true, true), ("http://127.9.9.9/", true, true),
            ("http://[::1]:9/", true, true), ("http://billing.example.com/", false, true),
            ("http://127.0.0.1.example.com/", false, true), ("http://127.example/", false, true),
            ("wss://billing.example.com/", false, false), ("https://jane:pw@example.com/", false, false),
            ("https://example.com/#part", false, false), ("/hook", false, false),
        ]
        for (text, strict, lax) in rows {
            for (allowsHTTP, isGood) in [(false, strict), (true, lax)] {
                let address = WebhookAddress(
                    allowsHTTP: allowsHTTP, outbound: OutboundPolicy(allowing: AddressRange.loopback))
                #expect((address.problem(text) == nil) == isGood, "\(text)")
            }
        }
        try await OrchestratorHarness.run(adapter: Self.obliging) { harness in
            await #expect {
                try await harness.webhook("http://billing.example.com/")
            } throws: { error in
                (error as? RequestFailure)?.problems.map(\.pointer) == ["/url"]
            }
            let webhook = try await harness.webhook("https://billing.example.com/")
            await #expect(throws: RequestFailure.self) {
                try await harness.parts.webhooks.update(
                    UpdateWebhook(id: webhook.id, url: "http://billing.example.com/"))
            }
        }
    }
}

/// What becomes of a delivery, as a table.
struct WebhookScheduleTests {
    private let now = Timestamp(milliseconds: 1_800_000_000_000)

    private func delivery(attempts: Int = 0) -> DeliveryRecord {
        DeliveryRecord(
            id: .make(), webhookID: .make(), type: "webhook.test", body: "{}", attempts: attempts,
            nextAt: now, createdAt: now)
    }

    private var schedule: WebhookSchedule {
        var schedule = WebhookSchedule()
        schedule.jitter = { 1 }
        return schedule
    }

    @Test func `It is tried ten times over about three days, and then given up`() {
        var delivery = delivery()
        var waits: [Int64] = []
        while delivery.state == .pending {
            let isUnwanted = schedule.note(.answered(status: 500, retryAfter: nil), of: &delivery, now: now)
            #expect(!isUnwanted)
            if let next = delivery.nextAt { waits.append(now.duration(to: next).components.seconds) }
        }
        #expect(waits == [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400])
        #expect(delivery.attempts == 10)
        #expect(delivery.state == .failed)
        #expect(delivery.endedAt == now)
        #expect(delivery.lastError == "It answered 500.")
    }

    @Test(arguments: [200, 201, 204, 299, 199, 301, 400, 404, 410, 429, 500, 503])
    func `Only an answer of the 200s is a success, and only 410 ends it all`(status: Int) {
        var delivery = delivery()
        let isUnwanted = schedule.note(.answered(status: status, retryAfter: nil), of: &delivery, now: now)
        #expect(isUnwanted == (status == 410))
        let expected: WebhookDeliveryState =
            (200..<300).contains(status) ? .succeeded : status == 410 ? .failed : .pending
        #expect(delivery.state == expected)
        #expect(delivery.lastStatus == status)
        #expect((delivery.lastError == nil) == (expected == .succeeded))
    }

    @Test func `What the endpoint asks for is heeded up to a day, and never shortens a wait`() {
        for (asked, waited) in [(1, 5), (120, 120), (1_000_000, 86_400)] {
            var delivery = delivery()
            _ = schedule.note(
                .answered(status: 503, retryAfter: .seconds(asked)), of: &delivery, now: now)
            #expect(delivery.nextAt == now.advanced(by: .seconds(waited)))
        }
    }

    @Test func `Retry-After is seconds or a date`() {
        // The clock stands at Fri, 15 Jan 2027 08:00:00 GMT.
        let rows: [(String?, Duration?)] = [
            (nil, nil), ("", nil), ("120", .seconds(120)), (" 5 ", .seconds(5)), ("-5", .zero),
            ("Fri, 15 Jan 2027 08:01:40 GMT", .seconds(100)), ("Fri, 15 Jan 2027 07:00:00 GMT", .zero),
            ("soon", nil),
        ]
        for (text, expected) in rows {
            #expect(WebhookSchedule.retryAfter(text, now: now) == expected, "\(text ?? "nil")")
        }
    }

    @Test func `A failure without an answer is noted with its reason`() {
        var delivery = delivery(attempts: 3)
        _ = schedule.note(.failed("No connection came about."), of: &delivery, now: now)
        #expect(delivery.lastStatus == nil)
        #expect(delivery.lastError == "No connection came about.")
        #expect(delivery.attempts == 4)
    }
}

extension OrchestratorHarness {
    func webhook(
        _ url: String, _ types: [WebhookEventType]? = nil
    ) async throws -> (id: WebhookID, secret: String) {
        let made = try await parts.webhooks.create(CreateWebhook(url: url, eventTypes: types))
        return (made.id, try opened(made))
    }

    func opened(_ webhook: NewWebhook) throws -> String {
        try #require(
            try parts.secrets.gateway.open(webhook.secret, context: "webhook/secret").stringValue)
    }

    /// Newest first.
    func deliveries(_ webhook: WebhookID) async throws -> [WebhookDelivery] {
        try await parts.webhooks.deliveries(
            ListWebhookDeliveries(webhookID: webhook, page: Page(limit: 100))
        ).items
    }

    /// Waits until the webhook's deliveries are in these states, newest first.
    func expect(_ webhook: WebhookID, _ states: [WebhookDeliveryState]) async throws {
        try await eventually("the deliveries are \(states)") {
            try await deliveries(webhook).map(\.state) == states
        }
    }
}

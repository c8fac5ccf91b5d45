import HTTPTypes
import HummingbirdCore
import Models
import Synchronization
import Testing

@testable import Gateway

/// What pages draw, and what clients are told.
@Suite struct PictureTests {
    @Test func `a provider's last hour is bars of what came of attempts, and a line of how long they took`()
        throws
    {
        let now = try #require(Timestamp("2026-11-28T10:00:30.000Z"))
        func minute(_ time: String, _ succeeded: Int, _ failed: Int, _ mean: Int) -> JSONValue {
            [
                "minute": .string(time), "succeeded": .integer(succeeded), "failed": .integer(failed),
                "mean_ms": .integer(mean), "slowest_ms": .integer(mean * 2),
            ]
        }
        func picture(_ minutes: JSONValue...) -> JSONValue {
            let statistics: JSONValue = [
                "category": "hosting", "provider": "demo", "minutes": .array(minutes),
            ]
            return ProviderPicture(statistics, now: now).model
        }
        let last = minute("2026-11-28T10:00:00.000Z", 1, 2, 400)
        // The third is longer ago than an hour.
        let model = picture(
            minute("2026-11-28T09:59:00.000Z", 6, 0, 100), last,
            minute("2026-11-28T08:00:00.000Z", 50, 50, 9000))
        #expect(model["succeeded"] == 7)
        #expect(model["share"] == 22)
        #expect(model["points"] == "585,23 595,2")
        #expect(picture(last)["points"] == "595,2 595,2", "one minute alone is seen too")
        #expect(model["longest"] == "400 ms")
        #expect(model["mean"] == "200 ms")
    }

    @Test func `a client is told how to reach a screen, and opens only what was made for it`() async throws {
        try await GatewayHarness.run { harness in
            func page(_ function: String, _ result: [String: JSONValue]) async throws -> String {
                let id = ActionID.make()
                var action = Fixtures.action(id, function, on: harness.product)
                action.category = "servers"
                action.state = .succeeded
                action.result = result
                harness.fake.state.withLock { [action] in $0.actions[id] = action }
                return try await harness.page("/client/actions/\(id)", .token(GatewayHarness.jane)).text
            }
            let screen = try await page(
                "getConnection",
                ["type": "vnc", "vnc_connection": ["host": "vnc.example.com", "port": 5901]])
            #expect(screen.contains("<dd>vnc.example.com</dd>"), "\(screen)")
            #expect(screen.contains("<dd>5901</dd>"))
            let link = try await page("getConnection", ["redirect_url": "https://panel.example.com/x"])
            #expect(link.contains("href=\"https://panel.example.com/x\""))
            let script = try await page("getConnection", ["redirect_url": "javascript:alert(1)"])
            #expect(!script.contains("javascript:"))
            // Of what is looked up, addresses of the provider's own are not shown.
            let looked = try await page("getInfo", ["control_panel_url": "https://provider.example.com"])
            #expect(!looked.contains("provider.example.com"))
        }
    }

    @Test func `a form for another site has a page whose policy lets it go there, and no token of ours`()
        async throws
    {
        try await GatewayHarness.run { harness in
            let jane = try harness.signIn(
                Principal(
                    sessionID: .make(), userID: .make(), name: "jane", role: .client,
                    clientID: harness.janeID))
            func made(_ address: String) -> ActionID {
                let id = ActionID.make()
                var action = Fixtures.action(id, "getConnection", on: harness.product)
                action.category = "servers"
                action.state = .succeeded
                action.result = [
                    "type": "form_post",
                    "form_post": ["url": .string(address), "params": ["to\"ken": "<once>", "server": 7]],
                ]
                harness.fake.state.withLock { [action] in $0.actions[id] = action }
                return id
            }
            let id = made("https://panel.example.com:8443/login?x=1")
            let action = try await harness.page("/client/actions/\(id)", jane)
            #expect(action.text.contains("href=\"/client/actions/\(id)/open\""), "\(action.text)")
            #expect(action.headers[.contentSecurityPolicy] == Response.pagePolicy)
            let page = try await harness.page("/client/actions/\(id)/open", jane)
            #expect(page.status == 200, "\(page.text)")
            let policy = try #require(page.headers[.contentSecurityPolicy])
            #expect(policy.contains("form-action 'self' https://panel.example.com:8443;"))
            let form = try #require(page.text.split(separator: "action=\"https://panel").last)
            let sent = try #require(form.split(separator: "</form>").first)
            #expect(!sent.contains("csrf_token"))
            #expect(sent.contains("name=\"to&quot;ken\" value=\"&lt;once&gt;\""))
            #expect(sent.contains("name=\"server\" value=\"7\""))
            let foreign = try await harness.page(
                "/client/actions/\(id)/open", .token(GatewayHarness.john))
            #expect(foreign.status == 404)
            for address in [
                "javascript:alert(1)", "https://a.example; script-src *", "https://a.example\r\nX: y",
                "https://",
                "//a.example", "https://user@a.example/", "data:text/html,x",
            ] {
                let hostile = try await harness.page("/client/actions/\(made(address))/open", jane)
                #expect(hostile.status == 404, "\(address)")
            }
        }
    }

    @Test func `a product's log has its actions with who asked, how they went and how long they took`()
        async throws
    {
        try await GatewayHarness.run { harness in
            let id = ActionID.make()
            var action = Fixtures.action(id, "suspend", on: harness.product)
            action.state = .failed
            action.finishedAt = action.createdAt.advanced(by: .milliseconds(1200))
            action.error = ActionError(kind: .rejected, message: "It is locked.", details: ["code": "E17"])
            let configuration = harness.product.configurationID
            harness.fake.state.withLock { [action] state in
                state.actions[id] = action
                state.clients[harness.janeID] = Client(
                    id: harness.janeID, name: "Jane", email: "jane@example.com", createdAt: .now)
                state.configurations[configuration] = Configuration(
                    id: configuration, category: "hosting", provider: "demo", name: "WHM 3", settings: [:],
                    createdAt: .now, updatedAt: .now)
            }
            let page = try await harness.page("/admin/products/\(harness.product.id)/log")
            #expect(page.status == 200, "\(page.text)")
            for shown in [
                "Suspend", "Failed", "test · 1.2 s", "It is locked.", "E17", "/admin/actions/\(id)",
            ] {
                #expect(page.text.contains(shown), "\(shown)")
            }
        }
    }
}

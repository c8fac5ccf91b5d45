import AdapterKit
import AdapterTestSupport
import Models
import Testing

/// What the recordings do not show.
@Suite("VirtFusion beyond the recordings")
struct VirtfusionTests {
    private static let web: [String: JSONValue] = [
        "email": "jane@example.com", "customer_name": "Jane Doe", "upmind_client_int_id": 77,
        "label": "web1.example.com", "location": "2", "image": "15", "size": "3",
    ]
    private static let id: [String: JSONValue] = ["instance_id": "301"]

    private static func server(
        _ state: String, name: String? = "web1.example.com", created: String = "2026-02-03T10:11:20+00:00",
        failed: Bool = false
    ) -> String {
        let name = name.map { #""\#($0)""# } ?? "null"
        return #"{"id":301,"ownerId":9,"owner":{"extRelationId":77},"state":"\#(state)","hostname":\#(name),"#
            + #""name":\#(name),"commissionStatus":\#(name == "null" ? 0 : 3),"buildFailed":\#(failed),"#
            + #""remoteState":{"state":"running"},"created":"\#(created)"}"#
    }

    /// - Parameters:
    ///   - servers: what the customer has.
    ///   - more: answers by method and path; they go before the usual ones.
    private static func panel(
        servers: String..., answers more: [String: Vendor.Answer] = [:]
    ) throws -> Vendor {
        try Vendor("virtfusion", ["hostname": "vf.example.com", "api_token": "t0k3n"]) { request in
            let path = request.path.trimmingPrefix("/api/v1")
            if let answer = more["\(request.method.rawValue) \(path)"] { return answer }
            return switch (request.method, String(path)) {
            case (.post, "/users"): .success(.json(#"{"data":{"id":9}}"#, status: 201))
            case (.get, "/users/77/byExtRelation"): .success(.json(#"{"data":{"id":9}}"#))
            case (.get, "/ssh_keys/user/9"): .success(.json(#"{"data":[]}"#))
            case (.get, "/servers/user/9"):
                .success(.json(#"{"data":[\#(servers.joined(separator: ","))]}"#))
            case (.get, "/servers/301"):
                servers.first.map { .success(.json(#"{"data":\#($0)}"#)) }
                    ?? .success(.json(#"{"msg":"server not found"}"#, status: 404))
            case (.get, "/servers/301/templates"): .success(.json(#"{"data":[]}"#))
            case (.post, "/servers"): .success(.json(#"{"data":{"id":301}}"#, status: 201))
            case (.post, _): .success(.json(#"{"data":{"queueId":1}}"#, status: 202))
            default: .success(HTTPResponse(status: 204))
            }
        }
    }

    @Test(
        "A server that is being built is asked about until it is there, or has failed",
        arguments: [
            ("queued", false, .deferred), ("complete", false, .succeeded), ("complete", true, .failed),
            ("failed", false, .failed),
        ] as [(String, Bool, AttemptOutcome)])
    func building(state: String, failed: Bool, outcome: AttemptOutcome) async throws {
        let panel = try Self.panel(servers: Self.server(state, failed: failed))
        let polled = await panel.run("create", Self.web, polling: "301")
        #expect(polled.outcome == outcome)
        #expect(panel.changes.isEmpty)
        if outcome == .failed { #expect(polled.error?.details?["instance_id"] == "301") }
        guard outcome == .deferred else { return }
        let begun = await panel.run("create", Self.web)
        #expect(begun.outcome == .deferred)
        #expect(begun.deferredReference == "301")
    }

    @Test(
        "What was not recorded is sent as the panel documents it",
        arguments: [
            ("suspend", "suspend", true), ("unsuspend", "unsuspend", false),
            ("changeRootPassword", "resetPassword", nil),
        ] as [(String, String, Bool?)])
    func unrecorded(function: String, path: String, suspended: Bool?) async throws {
        let panel = try Self.panel(servers: Self.server("complete"))
        let outcome = await panel.run(function, Self.id.merging(["root_password": "N3w!pass"]) { $1 })
        #expect(outcome.outcome == .succeeded)
        if let suspended { #expect(outcome.result?["suspended"] == .bool(suspended)) }
        let request = try #require(panel.changes.first)
        #expect(request.method == .post)
        #expect(request.path == "/api/v1/servers/301/\(path)")
        // The panel picks the password; the one given is not handed out for nothing.
        #expect(request.body == (suspended == nil ? .json(["user": "root"]) : .none))
    }

    @Test("A customer whom the panel knows already is found by the number in the billing system")
    func knownCustomer() async throws {
        let taken = #"{"errors":["The ext relation id has already been taken."]}"#
        let panel = try Self.panel(
            servers: Self.server("complete"), answers: ["POST /users": .success(.json(taken, status: 422))])
        #expect(await panel.run("create", Self.web).outcome == .succeeded)
        let request = try #require(panel.changes.first { $0.path == "/api/v1/servers" })
        guard case .json(let body) = request.body else { throw CancellationError() }
        #expect(body["userId"] == 9)
    }

    @Test(
        "A server whose making is lost is known by its name and by when it was made",
        arguments: [
            (VirtfusionTests.server("complete"), .succeeded), (server("queued", name: nil), .unsure),
            (VirtfusionTests.server("complete", failed: true), .unsure),
            (VirtfusionTests.server("complete", created: "2026-02-03T10:08:00+00:00"), .unsure),
            (VirtfusionTests.server("complete", created: "2026-01-31T00:00:00+00:00"), .failed),
            (VirtfusionTests.server("complete", name: "web2.example.com"), .failed),
        ] as [(String, AttemptOutcome)])
    func lost(server: String, outcome: AttemptOutcome) async throws {
        let panel = try Self.panel(servers: server, answers: ["POST /servers": Vendor.lost])
        let result = await panel.run("create", Self.web)
        #expect(result.outcome == outcome)
        #expect(result.observed == (outcome == .succeeded))
        #expect(panel.changes.map(\.path) == ["/api/v1/users", "/api/v1/servers"])
    }

    @Test("A server that was made and could not be told to build is left to a person")
    func halfMade() async throws {
        let panel = try Self.panel(
            servers: Self.server("queued", name: nil),
            answers: ["POST /servers/301/build": .success(HTTPResponse(status: 500))])
        let outcome = await panel.run("create", Self.web)
        #expect(outcome.outcome == .unsure)
    }

    @Test("A deletion that may be a repeat is done when the server is gone")
    func deleted() async throws {
        let panel = try Self.panel()
        let outcome = await panel.run("terminate", Self.id, possibleDuplicate: true)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.observed)
        #expect(panel.changes.isEmpty)
    }

    @Test(
        "Refusals have their kinds, and customers are not told the panel's name",
        arguments: [
            (401, .unauthorized), (404, .notFound), (409, .rejected), (422, .invalidInput), (423, .rejected),
            (429, .rateLimited), (502, .providerUnavailable),
        ] as [(Int, ErrorKind)])
    func refusals(status: Int, kind: ErrorKind) async throws {
        let refusal = HTTPResponse.json(#"{"msg":"VirtFusion says no."}"#, status: status)
        let panel = try Self.panel(
            servers: Self.server("complete"), answers: ["POST /servers/301/suspend": .success(refusal)])
        let outcome = await panel.run("suspend", Self.id)
        #expect(outcome.error?.kind == kind)
        #expect(outcome.error?.details?["msg"] == "VirtFusion says no.")
        #expect(outcome.error?.message.lowercased().contains("virtfusion") == false)
    }

    @Test("Hostile ids change no path, and the token is in no address")
    func hostile() async throws {
        let panel = try Self.panel(servers: Self.server("complete"))
        #expect(await panel.run("terminate", ["instance_id": "301/../302"]).error?.kind == .notFound)
        #expect(panel.sent.isEmpty)
        _ = await panel.run("getInfo", Self.id)
        #expect(!panel.sent.contains { $0.url.contains("t0k3n") })
    }
}

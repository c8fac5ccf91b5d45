import AdapterKit
import AdapterTestSupport
import Models
import Testing

/// What the recordings do not show.
@Suite("Linode beyond the recordings")
struct LinodeTests {
    private static let web: [String: JSONValue] = [
        "email": "jane@example.com", "label": "web1", "location": "eu-west", "image": "linode/debian12",
        "size": "g6-nanode-1",
    ]
    private static let id: [String: JSONValue] = ["instance_id": "401"]

    private static func instance(_ status: String, created: String = "2026-02-03T10:11:20") -> String {
        #"{"id":401,"label":"web1","status":"\#(status)","created":"\#(created)","type":"g6-nanode-1","#
            + #""ipv4":["192.0.2.80"],"image":"linode/debian12","region":"eu-west"}"#
    }

    /// - Parameter more: answers by method and path; they go before the usual ones.
    private static func cloud(_ more: [String: Vendor.Answer]) throws -> Vendor {
        try Vendor("linode", ["access_token": "t0k3n"]) { request in
            if let answer = more["\(request.method.rawValue) \(request.path)"] { return answer }
            return switch (request.method, request.path) {
            case (.get, "/v4/images/linode/debian12"): .success(.json(#"{"id":"linode/debian12"}"#))
            case (.get, "/v4/linode/types/g6-nanode-1"): .success(.json(#"{"id":"g6-nanode-1"}"#))
            case (.get, "/v4/regions/eu-west"): .success(.json(#"{"id":"eu-west"}"#))
            default: .success(.json(#"{"errors":[{"reason":"Not found"}]}"#, status: 404))
            }
        }
    }

    private static func list(_ entries: String...) -> Vendor.Answer {
        .success(.json(#"{"data":[\#(entries.joined(separator: ","))],"pages":1}"#))
    }

    @Test("A server that is being built is asked about until it is there")
    func building() async throws {
        let cloud = try Self.cloud([
            "POST /v4/linode/instances": .success(.json(Self.instance("provisioning")))
        ])
        let begun = await cloud.run("create", Self.web)
        #expect(begun.outcome == .deferred)
        #expect(begun.deferredReference == "401")
        for (status, outcome) in [("booting", AttemptOutcome.deferred), ("running", .succeeded)] {
            let cloud = try Self.cloud([
                "GET /v4/linode/instances/401": .success(.json(Self.instance(status)))
            ])
            let polled = await cloud.run("create", Self.web, polling: "401")
            #expect(polled.outcome == outcome)
            #expect(polled.result?["state"] == (outcome == .succeeded ? "running" : nil))
            #expect(cloud.changes.isEmpty)
        }
    }

    @Test(
        "A server whose making is lost is known by its label and by when it was made",
        arguments: [
            ("2026-02-03T10:11:12", .succeeded), ("2026-02-03T10:09:00", .unsure),
            ("2026-01-31T00:00:00", .failed), (nil, .failed),
        ] as [(String?, AttemptOutcome)])
    func lost(created: String?, outcome: AttemptOutcome) async throws {
        let found = created.map { Self.list(Self.instance("running", created: $0)) } ?? Self.list()
        let cloud = try Self.cloud([
            "POST /v4/linode/instances": Vendor.lost, "GET /v4/linode/instances": found,
        ])
        let result = await cloud.run("create", Self.web)
        #expect(result.outcome == outcome)
        #expect(result.observed == (outcome == .succeeded))
        #expect(cloud.changes.count == 1)
        let search = cloud.sent.last { $0.path == "/v4/linode/instances" }
        #expect(search?.headers.contains(.init("X-Filter", #"{"label":"web1"}"#)) == true)
    }

    @Test("A server of the same label that was there before is not taken for the action's own")
    func foreign() async throws {
        let cloud = try Self.cloud([
            "GET /v4/linode/instances": Self.list(Self.instance("running", created: "2026-01-01T00:00:00")),
            "POST /v4/linode/instances": .success(
                .json(#"{"errors":[{"field":"label","reason":"Label must be unique"}]}"#, status: 400)),
        ])
        let outcome = await cloud.run("create", Self.web, possibleDuplicate: true)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .alreadyExists)
    }

    @Test("A reinstallation that was taken is not asked for again when the look at it fails")
    func reinstalled() async throws {
        let cloud = try Self.cloud([
            "POST /v4/linode/instances/401/rebuild": .success(.json("{}")),
            "GET /v4/linode/instances/401": .success(HTTPResponse(status: 503)),
        ])
        let outcome = await cloud.run("reinstall", Self.id.merging(["image": "linode/debian12"]) { $1 })
        #expect(outcome.outcome == .deferred)
        #expect(outcome.deferredReference == "401")
    }

    @Test(
        "A deletion that may be a repeat is looked into first",
        arguments: [(404, 0), (200, 1)])
    func deleted(status: Int, deletions: Int) async throws {
        let cloud = try Self.cloud([
            "GET /v4/linode/instances/401": .success(.json(Self.instance("offline"), status: status)),
            "DELETE /v4/linode/instances/401": .success(.json("{}")),
        ])
        let outcome = await cloud.run("terminate", Self.id, possibleDuplicate: true)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.observed == (deletions == 0))
        #expect(cloud.changes.count == deletions)
    }

    @Test(
        "Refusals have their kinds, and customers are not told the provider's name",
        arguments: [
            (400, "region", .invalidInput), (400, nil, .rejected), (401, nil, .unauthorized),
            (404, nil, .notFound), (429, nil, .rateLimited), (500, nil, .providerUnavailable),
        ] as [(Int, String?, ErrorKind)])
    func refusals(status: Int, field: String?, kind: ErrorKind) async throws {
        let field = field.map { #""\#($0)""# } ?? "null"
        let body = #"{"errors":[{"field":\#(field),"reason":"Linode says no."}]}"#
        let cloud = try Self.cloud([
            "POST /v4/linode/instances/401/reboot": .success(.json(body, status: status))
        ])
        let outcome = await cloud.run("reboot", Self.id)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == kind)
        #expect(outcome.error?.details?["errors"] != nil)
        #expect(outcome.error?.message.lowercased().contains("linode") == false)
    }

    @Test("Hostile ids and names change no path, and no secret is in an address")
    func hostile() async throws {
        let cloud = try Self.cloud(["GET /v4/images": Self.list()])
        #expect(
            await cloud.run("terminate", ["instance_id": "401/disks/../../402"]).error?.kind == .notFound)
        #expect(cloud.sent.isEmpty)
        let wanted = Self.web.merging(["image": "linode/../profile", "root_password": "R00t-s3cret"]) { $1 }
        #expect(await cloud.run("create", wanted).error?.kind == .invalidInput)
        #expect(cloud.paths == ["/v4/images"])
        let addresses = cloud.sent.map(\.url)
        #expect(!addresses.contains { $0.contains("t0k3n") || $0.contains("R00t-s3cret") })
    }
}

import AdapterKit
import AdapterTestSupport
import Models
import Testing

/// What the recordings do not show.
@Suite("SolusVM beyond the recordings")
struct SolusVMTests {
    private static let settings: [String: JSONValue] = [
        "hostname": "svm.example.com", "api_id": "id1", "api_key": "k3y-s3cret",
        "location_type": "node_group",
        "default_virtualization_type": "kvm",
    ]
    private static let web: [String: JSONValue] = [
        "email": "jane@example.com", "label": "web1.example.com", "location": "London",
        "image": "Debian 12", "size": "small",
    ]
    private static let id: [String: JSONValue] = ["instance_id": "201"]

    private static func done(_ members: String = "") -> Vendor.Answer {
        .success(.json(#"{"status":"success","statusmsg":""\#(members)}"#))
    }

    private static func refused(_ reason: String) -> Vendor.Answer {
        .success(.json(#"{"status":"error","statusmsg":"\#(reason)"}"#))
    }

    /// - Parameter more: answers by action; they go before the usual ones.
    private static func master(_ more: [String: Vendor.Answer] = [:]) throws -> Vendor {
        try Vendor("solusvm", settings) { request in
            let action = Vendor.fields(of: request)["action"] ?? ""
            if let answer = more[action] { return answer }
            return switch action {
            case "listtemplates": done(#","templateskvm":"debian-12|Debian 12""#)
            case "list-plans": done(#","plans":[{"id":"1","name":"small","cpus":2,"ram":"2048","disk":40}]"#)
            case "listnodegroups": done(#","nodegroups":"1|London""#)
            case "node-idlist": done(#","nodes":"1,2""#)
            case "node-virtualservers": done(#","virtualservers":"""#)
            case "node-statistics": done(#","city":"London""#)
            case "vserver-create": done(#","vserverid":201"#)
            case "vserver-infoall", "vserver-info":
                done(
                    #","state":"online","hostname":"web1.example.com","template":"debian-12","type":"kvm","#
                        + #""cpus":2,"memory":"2048M","hdd":"40,10,30,25","node":"node1""#)
            default: done()
            }
        }
    }

    private static func actions(_ requests: [HTTPRequest]) -> [String] {
        requests.compactMap { Vendor.fields(of: $0)["action"] }
    }

    @Test(
        "A server whose making is lost is seen only by its name, which may be somebody else's",
        arguments: [
            (#","virtualservers":[{"vserverid":"201","hostname":"WEB1.example.com"}]"#, .unsure),
            (#","virtualservers":{"vserverid":"201","hostname":"web1.example.com"}"#, .unsure),
            (#","virtualservers":[{"vserverid":"200","hostname":"web2.example.com"}]"#, .failed),
        ] as [(String, AttemptOutcome)])
    func lost(servers: String, outcome: AttemptOutcome) async throws {
        let master = try Self.master([
            "vserver-create": Vendor.lost, "node-virtualservers": Self.done(servers),
        ])
        let result = await master.run("create", Self.web)
        #expect(result.outcome == outcome)
        #expect(Self.actions(master.changes) == ["client-create", "vserver-create"])
        if outcome == .failed { #expect(result.error?.kind == .timedOut) }
    }

    @Test("A customer's client that is there already is used")
    func knownClient() async throws {
        let master = try Self.master(["client-create": Self.refused("Client already exists")])
        let outcome = await master.run("create", Self.web)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.result?["customer_identifier"] == "jane@example.com")
        #expect(outcome.result?["size"] == "small")
    }

    @Test("A server that was made and cannot be read is asked about later, and made once")
    func unreadable() async throws {
        let ill = try Self.master(["vserver-infoall": .success(HTTPResponse(status: 502))])
        let begun = await ill.run("create", Self.web)
        #expect(begun.outcome == .deferred)
        #expect(begun.deferredReference == "201")
        let well = try Self.master()
        let polled = await well.run("create", Self.web, polling: "201")
        #expect(polled.outcome == .succeeded)
        #expect(polled.result?["state"] == "online")
        #expect(polled.result?["customer_identifier"] == "jane@example.com")
        #expect(well.changes.isEmpty)
    }

    @Test("Without a plan that fits, a server's parts are told")
    func parts() async throws {
        let master = try Self.master(["list-plans": Self.done(#","plans":[]"#)])
        let outcome = await master.run("getInfo", Self.id)
        #expect(outcome.result?["size"] == nil)
        #expect(outcome.result?["memory_mb"] == 2_048)
        #expect(outcome.result?["disk_mb"] == 40_960)
    }

    @Test("A deletion that may be a repeat is done when the server is gone")
    func deleted() async throws {
        let master = try Self.master(["vserver-info": Self.refused("Virtual server not found")])
        let outcome = await master.run("terminate", Self.id, possibleDuplicate: true)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.observed)
        #expect(master.changes.isEmpty)
    }

    @Test("A running server is resized only where that is wanted")
    func running() async throws {
        let master = try Self.master()
        let wanted = Self.id.merging(["size": "1"]) { $1 }
        #expect(await master.run("resize", wanted).error?.kind == .rejected)
        #expect(master.changes.isEmpty)
        let outcome = await master.run("resize", wanted.merging(["resize_running": true]) { $1 })
        #expect(outcome.result?["size"] == "small")
        #expect(Self.actions(master.changes) == ["vserver-change"])
    }

    @Test("A console whose address would be more than an address in a terminal is not handed out")
    func console() async throws {
        let master = try Self.master([
            "vserver-console": Self.done(#","consoleusername":"x","consoleip":"192.0.2.1;reboot""#)
        ])
        let outcome = await master.run("getConnection", Self.id)
        #expect(outcome.error?.kind == .providerUnavailable)
    }

    @Test(
        "Reasons have their kinds, and customers are not told the panel's name",
        arguments: [
            ("Invalid ipaddress", .unauthorized), ("Virtual server not found", .notFound),
            ("Plan already in use", .alreadyExists), ("Invalid password", .invalidInput),
            ("SolusVM says no", .rejected),
        ] as [(String, ErrorKind)])
    func reasons(reason: String, kind: ErrorKind) async throws {
        let master = try Self.master(["vserver-reboot": Self.refused(reason)])
        let outcome = await master.run("reboot", Self.id)
        #expect(outcome.error?.kind == kind)
        #expect(outcome.error?.details?["reason"]?.stringValue == reason)
        #expect(outcome.error?.message.lowercased().contains("solusvm") == false)
    }

    @Test("Hostile ids are sent nowhere, and key and passwords are in no address")
    func hostile() async throws {
        let master = try Self.master()
        #expect(await master.run("terminate", ["instance_id": "201&action=x"]).error?.kind == .notFound)
        #expect(master.sent.isEmpty)
        _ = await master.run("create", Self.web.merging(["root_password": "R00t-s3cret"]) { $1 })
        let addresses = Set(master.sent.map(\.url))
        #expect(addresses == ["https://svm.example.com:5656/api/admin/command.php"])
    }
}

import AdapterKit
import AdapterTestSupport
import Models
import Testing

@testable import ServersAdapter

/// What the recordings do not show.
@Suite("Virtualizor beyond the recordings")
struct VirtualizorTests {
    private static let settings: [String: JSONValue] = [
        "hostname": "vz1.example.com", "api_key": "key123", "api_password": "pass456",
        "location_type": "server_group",
    ]
    private static let web: [String: JSONValue] = [
        "email": "jane@example.com", "label": "web1.example.com", "location": "1", "image": "909",
        "size": "5",
    ]
    private static let id: [String: JSONValue] = ["instance_id": "101"]
    private static let made = ManualAdapterClock.usualStart.milliseconds / 1_000 + 5

    private static func json(_ text: String) -> Vendor.Answer { .success(.json(text)) }

    private static func server(status: Int) -> Vendor.Answer {
        json(
            #"{"vps":{"vpsid":"101","vps_name":"v1001","hostname":"web1.example.com","plid":"5","serid":"0","#
                + #""stats":{"status":\#(status)},"os_name":"debian-12","virt":"kvm","ips":["192.0.2.50"],"#
                + #""cores":"2","ram":"2048","space":"40"},"plans":{"5":{"plan_name":"small"}},"servers":[]}"#
        )
    }

    private static func task(_ status: String, progress: Int = 0) -> Vendor.Answer {
        json(
            #"{"tasks":{"9":{"actid":"9","vpsid":"101","action":"addvs","status":"\#(status)","#
                + #""progress":"\#(progress)"}}}"#)
    }

    /// - Parameter more: answers by act; they go before the usual ones.
    private static func master(
        settings: [String: JSONValue] = settings, _ more: [String: Vendor.Answer] = [:]
    ) throws -> Vendor {
        try Vendor("virtualizor", settings) { request in
            let act = Vendor.fields(of: request)["act"] ?? ""
            if let answer = more[act] { return answer }
            return switch act {
            case "plans": json(#"{"plans":{"5":{"plid":"5","plan_name":"small"}}}"#)
            case "ostemplates": json(#"{"ostemplates":{"909":{"name":"debian-12","type":"kvm"}}}"#)
            case "servergroups": json(#"{"servergroups":{"1":{"sgid":"1","sg_name":"London"}}}"#)
            case "addvs": json(#"{"done":101,"vpsid":101}"#)
            case "editvs": server(status: 1)
            case "tasks": json(#"{"tasks":[]}"#)
            case "vs" where !request.isChanging: json(#"{"vs":[]}"#)
            default: json(#"{"done":1}"#)
            }
        }
    }

    @Test("A server that is off right after it was made is asked about")
    func building() async throws {
        let master = try Self.master(["editvs": Self.server(status: 0)])
        let outcome = await master.run("create", Self.web)
        #expect(outcome.outcome == .deferred)
        #expect(outcome.deferredReference == "101")
    }

    @Test(
        "Building ends when the panel's work on it has",
        arguments: [
            ("1", 40, .deferred), ("3", 90, .deferred), ("2", 100, .succeeded), ("1", 100, .succeeded),
            ("-1", 40, .failed),
        ] as [(String, Int, AttemptOutcome)])
    func polling(status: String, progress: Int, outcome: AttemptOutcome) async throws {
        let master = try Self.master([
            "tasks": Self.task(status, progress: progress), "editvs": Self.server(status: 0),
        ])
        let polled = await master.run("create", Self.web, polling: "101")
        #expect(polled.outcome == outcome)
        #expect(polled.result?["state"] == (outcome == .succeeded ? "Off" : nil))
        #expect(master.changes.isEmpty)
    }

    @Test(
        "A server whose making is lost is known by its host name and by when it was made",
        arguments: [
            ("web1.example.com", made, .succeeded), ("web1.example.com", made - 100, .unsure),
            ("web1.example.com", made - 86_400, .failed), ("my.web1.example.com", made, .failed),
        ] as [(String, Int64, AttemptOutcome)])
    func lost(hostname: String, time: Int64, outcome: AttemptOutcome) async throws {
        let master = try Self.master([
            "addvs": Vendor.lost,
            "vs": Self.json(
                #"{"vs":{"101":{"vpsid":"101","hostname":"\#(hostname)","time":"\#(time)"}}}"#),
        ])
        let result = await master.run("create", Self.web)
        #expect(result.outcome == outcome)
        #expect(result.observed == (outcome == .succeeded))
        #expect(master.changes.count == 1)
    }

    @Test("A deletion that may be a repeat is done when the server is gone")
    func deleted() async throws {
        let master = try Self.master(["editvs": Self.json(#"{"vps":[]}"#)])
        let outcome = await master.run("terminate", Self.id, possibleDuplicate: true)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.observed)
        #expect(master.changes.isEmpty)
    }

    @Test("An id that would name several servers is sent nowhere", arguments: ["101,102", "", "101 ", "١٠١"])
    func severalServers(id: String) async throws {
        let master = try Self.master()
        for function in ["terminate", "suspend", "shutdown", "reboot"] {
            let outcome = await master.run(function, ["instance_id": .string(id)])
            #expect(outcome.error?.kind == .notFound)
        }
        #expect(master.sent.isEmpty)
    }

    @Test("The one-off key is the password's hash behind a prefix of its own")
    func key() async throws {
        #expect(
            VirtualizorKey.make(password: "pass456", prefix: "es56a379")
                == "es56a379317964a59b11e6c2e13ca65eb2a25fd6")
        let master = try Self.master()
        _ = await master.run("getInfo", Self.id)
        _ = await master.run("getInfo", Self.id)
        let keys = master.sent.compactMap { Vendor.fields(of: $0)["apikey"] }
        #expect(Set(keys).count == 2)
        #expect(
            keys.allSatisfy { VirtualizorKey.make(password: "pass456", prefix: String($0.prefix(8))) == $0 })
    }

    @Test(
        "A location is a machine, or where it stands, as the configuration says",
        arguments: [
            ("server", "node2", "2"), ("server", "2", "2"), ("geographic", "Paris", "2"),
            ("geographic", "gb", "1"), ("geographic", "node2", nil),
        ] as [(String, String, String?)])
    func places(type: String, location: String, machine: String?) async throws {
        let servers =
            #"{"servs":{"1":{"serid":"1","server_name":"node1","location":"{\"country_code\":\"GB\"}"},"#
            + #""2":{"serid":"2","server_name":"node2","location":"{\"city\":\"Paris\"}"}}}"#
        // The list is the same on every page, as at a panel that knows no pages.
        let master = try Self.master(
            settings: Self.settings.merging(["location_type": .string(type)]) { $1 },
            ["servers": Self.json(servers)])
        let outcome = await master.run("create", Self.web.merging(["location": .string(location)]) { $1 })
        #expect(outcome.error?.kind == (machine == nil ? .invalidInput : nil))
        let sent = master.changes.first.map(Vendor.fields)
        #expect(sent?["serid"] == machine)
    }

    @Test(
        "Refusals have their kinds, and success is what the panel says is done",
        arguments: [
            (#"{"error":["The VPS does not exist"]}"#, .notFound), (#"{"done":false}"#, .rejected),
            (#"{"title":"Virtual Servers"}"#, .rejected), (#"{"act":"login"}"#, .unauthorized),
            (#"{"error":{"a":"Virtualizor says no"}}"#, .rejected), ("<html>", .providerUnavailable),
            ("[]", .providerUnavailable),
        ] as [(String, ErrorKind)])
    func refusals(body: String, kind: ErrorKind) async throws {
        let master = try Self.master(["vs": Self.json(body)])
        let outcome = await master.run("suspend", Self.id)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == kind)
        #expect(outcome.error?.message.lowercased().contains("virtualizor") == false)
    }
}

import AdapterKit
import AdapterTestSupport
import Models
import ServiceRuntime
import Testing

@Suite("The demo cloud")
struct DemoTests {
    @Test("A server lives from being built to its deletion")
    func life() async throws {
        let cloud = try Cloud()
        let server = try await cloud.build()
        let built = try await cloud.succeed("getInfo", server)
        #expect(built["state"] == "running")
        #expect(built["label"] == "web1.example.com")
        #expect(built["image"] == "debian-12")
        #expect(built["created_at"] == "2026-02-03 10:11:12")
        _ = try await cloud.succeed(
            "changeRootPassword", server.merging(["root_password": "N3w!pass"]) { $1 })
        #expect(try await cloud.succeed("reboot", server)["state"] == "running")
        #expect(try await cloud.fail("resize", server.merging(["size": "large"]) { $1 }) == .rejected)
        #expect(try await cloud.succeed("shutdown", server)["state"] == "off")
        #expect(try await cloud.fail("reboot", server) == .rejected)
        #expect(
            try await cloud.succeed("resize", server.merging(["size": "large"]) { $1 })["size"] == "large")
        let attached = try await cloud.succeed("attachRecoveryIso", server)
        #expect(attached["metadata"] == ["recovery_iso": "attached"])
        #expect(try await cloud.succeed("powerOn", server)["state"] == "running")
        #expect(try await cloud.succeed("detachRecoveryIso", server)["metadata"] == nil)
        let suspended = try await cloud.succeed("suspend", server)
        #expect(suspended["state"] == "suspended" && suspended["suspended"] == true)
        #expect(try await cloud.fail("powerOn", server) == .rejected)
        let active = try await cloud.succeed("unsuspend", server)
        #expect(active["state"] == "running" && active["suspended"] == false)
        let reinstalled = try await cloud.succeed("reinstall", server.merging(["image": "ubuntu-24"]) { $1 })
        #expect(reinstalled["image"] == "ubuntu-24")
        #expect(try await cloud.succeed("terminate", server) == [:])
        #expect(try await cloud.fail("getInfo", server) == .notFound)
        #expect(
            try cloud.ledger().map(\.function) == [
                "create", "changeRootPassword", "reboot", "shutdown", "resize", "attachRecoveryIso",
                "powerOn", "detachRecoveryIso", "suspend", "unsuspend", "reinstall", "terminate",
            ])
    }

    @Test("A server that is being built is asked about until it is there, and made once")
    func building() async throws {
        let cloud = try Cloud(settings: ["build_seconds": 90])
        var action = cloud.action("create", Cloud.web)
        let begun = await cloud.run(action)
        #expect(begun.outcome == .deferred)
        #expect(begun.pollAfterSeconds == 90)
        let id = try #require(begun.deferredReference)
        #expect(try await cloud.succeed("getInfo", ["instance_id": .string(id)])["state"] == "building")
        #expect(try await cloud.fail("reboot", ["instance_id": .string(id)]) == .rejected)
        action.deferredReference = id
        cloud.bench.clock.advance(by: .seconds(60))
        let early = await cloud.run(action)
        #expect(early.outcome == .deferred)
        #expect(early.deferredReference == id)
        #expect(early.pollAfterSeconds == 30)
        cloud.bench.clock.advance(by: .seconds(30))
        let built = await cloud.run(action)
        #expect(built.outcome == .succeeded)
        #expect(built.result?["instance_id"]?.stringValue == id)
        #expect(built.result?["state"] == "running")
        #expect(try cloud.ledger().count == 1)
    }

    @Test("A cloud that builds in no time is done at once")
    func atOnce() async throws {
        let cloud = try Cloud(settings: ["build_seconds": 0])
        #expect(try await cloud.succeed("create", Cloud.web)["state"] == "running")
    }

    @Test(
        "What is not there is not found",
        arguments: [
            "getInfo", "getConnection", "changeRootPassword", "resize", "reinstall", "reboot", "shutdown",
            "powerOn", "suspend", "unsuspend", "attachRecoveryIso", "detachRecoveryIso", "terminate",
        ])
    func notFound(function: String) async throws {
        let cloud = try Cloud()
        let parameters: [String: JSONValue] = [
            "instance_id": "7", "root_password": "N3w!pass", "size": "small", "image": "debian-12",
        ]
        #expect(try await cloud.fail(function, parameters) == .notFound)
        #expect(try cloud.ledger().isEmpty)
    }

    @Test(
        "A possible repeat does nothing twice", arguments: ["create", "reinstall", "terminate"])
    func repeated(function: String) async throws {
        let cloud = try Cloud(settings: ["build_seconds": 0])
        let server = try #require(try await cloud.succeed("create", Cloud.web)["instance_id"])
        var action = cloud.action(
            function,
            function == "create" ? Cloud.web : ["instance_id": server, "image": "ubuntu-24"])
        let first = await cloud.run(action)
        #expect(first.outcome == .succeeded && !first.observed)
        action.attempt = 2
        action.possibleDuplicate = true
        let second = await cloud.run(action)
        #expect(second.outcome == .succeeded && second.observed)
        #expect(second.result == first.result)
        #expect(try cloud.ledger().count == 2)
    }

    @Test("What another action did is not taken for one's own", arguments: ["create", "reinstall"])
    func foreign(function: String) async throws {
        let cloud = try Cloud(settings: ["build_seconds": 0])
        let server = try #require(try await cloud.succeed("create", Cloud.web)["instance_id"])
        let parameters = function == "create" ? Cloud.web : ["instance_id": server, "image": "ubuntu-24"]
        _ = try await cloud.succeed(function, parameters)
        var action = cloud.action(function, parameters)
        action.possibleDuplicate = true
        let outcome = await cloud.run(action)
        #expect(outcome.outcome == .succeeded && !outcome.observed)
        #expect(try cloud.ledger().count == 3)
    }

    @Test(
        "A cloud that hangs is looked at, and tells the truth",
        arguments: [
            ("hang_before_effect", .failed, 0), ("hang_after_effect", .succeeded, 1),
            ("unobservable", .unsure, 1),
        ] as [(String, AttemptOutcome, Int)])
    func hang(fault: String, outcome: AttemptOutcome, effects: Int) async throws {
        let cloud = try Cloud(settings: ["fault": .string(fault), "fault_functions": ["create"]])
        let result = try await cloud.runLettingTimePass(cloud.action("create", Cloud.web))
        #expect(result.outcome == outcome)
        #expect(result.observed == (outcome == .succeeded))
        #expect(try cloud.ledger().count == effects)
    }

    @Test(
        "There are four ways into a server",
        arguments: [
            ("ssh", "ssh", "command"), ("vnc", "vnc", "vnc_connection"),
            ("panel", "redirect", "redirect_url"),
            ("form", "form_post", "form_post"),
        ])
    func connections(application: String, type: String, member: String) async throws {
        let cloud = try Cloud()
        let server = try await cloud.build()
        let connection = try await cloud.succeed(
            "getConnection", server.merging(["application": .string(application)]) { $1 })
        #expect(connection["type"]?.stringValue == type)
        #expect(connection[member] != nil)
        if type == "redirect" {
            #expect(Sealer.isSealed(connection["redirect_url"]?.stringValue ?? ""))
        }
        #expect(
            try await cloud.fail("getConnection", server.merging(["application": "telnet"]) { $1 })
                == .unsupported)
    }
}

@testable import AdapterKit
import AdapterTestSupport
@testable import DomainsAdapter
import Models
import TestSupport
import Testing

@Suite("CentralNic")
struct CentralNicTests {
    private static let name: [String: JSONValue] = ["sld": "example", "tld": "xyz"]

    private static func bench(_ answer: @escaping StubRegistry.Answering) throws -> (EPPBench, StubRegistry) {
        let registry = StubRegistry(answer)
        return (try EPPBench("centralnic", EPPBench.centralNic, registry), registry)
    }

    @Test("A lock is set only as far as it is missing")
    func lock() async throws {
        let (bench, registry) = try Self.bench { command in
            command.name == "contact:info"
                ? .contact("R1")
                : .domain("example.xyz", sponsor: "H1", statuses: ["clientTransferProhibited"])
        }
        _ = await bench.run("setLock", Self.name.merging(["lock": true]) { $1 })
        let update = try #require(registry.commands.elements.first { $0.name == "domain:update" })
        #expect(
            update.frame.descendant("add")?.all("status").map { $0.attribute("s") } == [
                "clientUpdateProhibited"
            ])
        #expect(update.frame.descendant("rem") == nil)
        _ = await bench.run("setLock", Self.name.merging(["lock": false]) { $1 })
        #expect(
            registry.commands.elements.last { $0.name == "domain:update" }?.frame.descendant("rem")?.all(
                "status"
            )
            .map { $0.attribute("s") } == ["clientTransferProhibited"])
    }

    @Test("Nothing is sent where the nameservers are as wanted already, whatever their spelling")
    func sameNameservers() async throws {
        let (bench, registry) = try Self.bench { _ in
            .domain("example.xyz", sponsor: "H1", nameservers: ["NS1.example.net.", "ns2.example.net"])
        }
        let wanted = Self.name.merging([
            "ns1": ["host": "ns1.example.net"], "ns2": ["host": "NS2.example.net"],
        ]) { $1 }
        #expect(await bench.run("updateNameservers", wanted).outcome == .succeeded)
        #expect(registry.changes.isEmpty)
    }

    @Test("A repeat of a change of contact makes no second contact")
    func repeatedContact() async throws {
        let made = Recorder<String>()
        let (bench, registry) = try Self.bench { command in
            switch command.name {
            case "contact:create":
                defer { made.record(command.text("id") ?? "") }
                return made.count == 0 ? .done : .result(2_302)
            case "domain:info":
                return .domain("example.xyz", sponsor: "H1", contacts: ["tech": made.elements.first ?? "T1"])
            case "contact:info": return .contact(command.text("id") ?? "")
            default: return .done
            }
        }
        var action = bench.action(
            "updateContact",
            Self.name.merging(["contact": DemoRegistrar.jane, "contact_type": "tech"]) { $1 })
        let first = await bench.run(action)
        action.attempt = 2
        let second = await bench.run(action)
        #expect(first.outcome == .succeeded && first.result == second.result)
        #expect(Set(made.elements).count == 1)
        #expect(registry.changes == ["contact:create", "domain:update", "contact:create"])
    }

    @Test("Another action's contact has another id")
    func contactIDs() async throws {
        let ids = Recorder<String>()
        let (bench, _) = try Self.bench { command in
            if command.name == "contact:create" { ids.record(command.text("id") ?? "") }
            return command.name == "contact:info"
                ? .contact("R1")
                : command.name == "domain:info" ? .domain("example.xyz", sponsor: "H1") : .done
        }
        for _ in 0..<2 {
            _ = await bench.run(
                "updateRegistrantContact", Self.name.merging(["contact": DemoRegistrar.jane]) { $1 })
        }
        #expect(Set(ids.elements).count == 2)
        #expect(ids.elements.allSatisfy { (3...16).contains($0.count) })
    }

    @Test("A name that is taken is not asked for")
    func taken() async throws {
        let (bench, registry) = try Self.bench { _ in .available("example.xyz", false) }
        let outcome = await bench.run("register", DemoRegistrar.registration(tld: "xyz"))
        #expect(outcome.error?.kind == .alreadyExists)
        #expect(registry.names == ["domain:check"])
    }

    @Test("Delegation signers among the additional fields go with the registration")
    func signers() async throws {
        let (bench, registry) = try Self.bench { command in
            switch command.name {
            case "domain:check": .available("example.xyz", true)
            case "host:check": .result(1_000, "<host:chkData/>")
            case "domain:info": .domain("example.xyz", sponsor: "H1")
            case "contact:info": .contact("R1")
            default: .done
            }
        }
        var parameters = DemoRegistrar.registration(tld: "xyz")
        parameters["additional_fields"] = [
            "ds_records": [["key_tag": 1, "algorithm": 13, "digest_type": 2, "digest": "49fd"]]
        ]
        #expect(await bench.run("register", parameters).outcome == .succeeded)
        let creation = try #require(registry.commands.elements.first { $0.name == "domain:create" })
        #expect(creation.text("digest") == "49FD")
    }

    @Test(
        "Messages of transfers are told by who asked",
        arguments: [("H1", "transfer_in"), ("H2", "transfer_out")])
    func transferMessages(requester: String, type: String) async throws {
        let data = """
            <domain:trnData><domain:name>example.xyz</domain:name><domain:trStatus>serverApproved</domain:trStatus>\
            <domain:reID>\(requester)</domain:reID></domain:trnData>
            """
        let (bench, _) = try Self.bench { command in
            command.name == "poll req"
                ? .message(id: "1", count: 1, text: "Transfer approved", data: data) : .done
        }
        let result = await bench.run("poll", ["limit": 1]).result
        #expect(result?["count_remaining"] == 0)
        #expect(result?["notifications"]?.arrayValue?.first?["type"] == .string(type))
    }

    @Test("The connection is tested by signing in anew, with the services that are used")
    func connection() async throws {
        let registry = StubRegistry(extensions: ["urn:ietf:params:xml:ns:secDNS-1.1"]) { _ in .done }
        let bench = try EPPBench("centralnic", EPPBench.centralNic, registry)
        #expect(await bench.run("getEppCode", Self.name).outcome == .succeeded)
        let configuration = AttemptConfiguration(
            id: ConfigurationID(rawValue: "cfg_bench"), version: 1, settings: EPPBench.centralNic)
        let test = try await ConnectionTester(runner: bench.bench.runner).test(
            TestProvider(provider: "centralnic", configuration: configuration), traceparent: nil)
        #expect(test.ok)
        #expect(test.message == "Signed in to epp.centralnic.com as H1.")
        #expect(registry.logins.count == 2)
        let login = try #require(registry.logins.elements.first)
        #expect(login.descendant("clID")?.content == "H1")
        #expect(login.descendants("objURI").count == 3 && login.descendants("extURI").isEmpty)
    }
}

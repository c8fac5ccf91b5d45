import AdapterKit
import AdapterTestSupport
@testable import DomainsAdapter
import Models
import ServiceRuntime
import TestSupport
import Testing

@Suite("EURid")
struct EURidTests {
    private static let name: [String: JSONValue] = ["sld": "example", "tld": "eu"]

    private static func bench(_ answer: @escaping StubRegistry.Answering) throws -> (EPPBench, StubRegistry) {
        let registry = StubRegistry(answer)
        return (try EPPBench("eurid", EPPBench.eurid, registry), registry)
    }

    @Test("A private person is registered as one, an organisation is not")
    func persons() async throws {
        let (bench, registry) = try Self.bench { command in
            switch command.name {
            case "domain:check": .available("example.eu", true)
            case "domain:info": .domain("example.eu", sponsor: "a001234")
            case "contact:info": .contact("R1")
            default: .done
            }
        }
        var parameters = DemoRegistrar.registration(tld: "eu")
        #expect(await bench.run("register", parameters).outcome == .succeeded)
        var acme = DemoRegistrar.jane.objectValue ?? [:]
        acme["organisation"] = "Acme Ltd"
        parameters["registrant"] = ["register": .object(acme)]
        #expect(await bench.run("register", parameters).outcome == .succeeded)
        let contacts = registry.commands.elements.filter { $0.name == "contact:create" }
        #expect(contacts.map { $0.text("naturalPerson") } == ["true", "false"])
        #expect(contacts.map { $0.text("type") } == ["registrant", "registrant"])
    }

    @Test("The contact's id is the one that the registry gives")
    func givenID() async throws {
        let (bench, registry) = try Self.bench { command in
            switch command.name {
            case "domain:check": .available("example.eu", true)
            case "contact:create":
                .result(1_000, "<contact:creData><contact:id>c4711</contact:id></contact:creData>")
            case "domain:info": .domain("example.eu", sponsor: "a001234")
            case "contact:info": .contact("R1")
            default: .done
            }
        }
        _ = await bench.run("register", DemoRegistrar.registration(tld: "eu"))
        let creation = registry.commands.elements.first { $0.name == "domain:create" }
        #expect(creation?.text("registrant") == "c4711")
        #expect(creation?.frame.descendants("contact").map(\.content) == ["c11", "c10"])
    }

    @Test(
        "A repeat finds a domain whose holder has an id of the registry's by who it is and when it was made",
        arguments: [
            ("jane@example.com", "2026-02-03T10:11:13Z", true),
            ("jane@example.com", "2026-01-03T10:11:13Z", false),
            ("other@example.com", "2026-02-03T10:11:13Z", false),
        ])
    func observed(email: String, created: String, isDone: Bool) async throws {
        let (bench, registry) = try Self.bench { command in
            switch command.name {
            case "domain:info":
                .domain("example.eu", sponsor: "a001234", registrant: "c4711", created: created)
            case "contact:info": .contact("c4711", email: email)
            case "domain:check": .available("example.eu", false)
            default: .done
            }
        }
        let action = bench.action("register", DemoRegistrar.registration(tld: "eu"), possibleDuplicate: true)
        let outcome = await bench.run(action)
        #expect(outcome.outcome == (isDone ? .succeeded : .failed))
        #expect(outcome.observed == isDone)
        #expect(registry.changes.isEmpty)
    }

    @Test("Where the registry does not tell the code, it is asked to make one")
    func code() async throws {
        let (bench, registry) = try Self.bench { command in
            .domain(
                "example.eu", sponsor: "a001234",
                authCode: command.frame.descendant("request") == nil ? nil : "made-for-us")
        }
        let action = bench.action("getEppCode", Self.name)
        let outcome = await bench.run(action)
        let result = try bench.bench.sealer.open(
            secretsOf: try #require(outcome.result),
            fields: try #require(Domains.blueprint.function("getEppCode")).result,
            context: "\(action.actionID)/result")
        #expect(result["epp_code"] == "made-for-us")
        #expect(registry.names == ["domain:info", "domain:info"])
    }

    @Test("A domain without a contact for administration is not given one, and a transfer needs a holder")
    func refusals() async throws {
        let (bench, registry) = try Self.bench { _ in .domain("example.eu", sponsor: "other") }
        let admin = Self.name.merging(["contact": DemoRegistrar.jane, "contact_type": "admin"]) { $1 }
        #expect(await bench.run("updateContact", admin).error?.kind == .unsupported)
        #expect(await bench.run("transfer", Self.name).error?.kind == .invalidInput)
        #expect(registry.changes.isEmpty)
    }

    @Test("A new holder takes the place of the old one")
    func holder() async throws {
        let (bench, registry) = try Self.bench { command in
            command.name == "contact:info" ? .contact(command.text("id") ?? "") : .done
        }
        let outcome = await bench.run(
            "updateRegistrantContact", Self.name.merging(["contact": DemoRegistrar.jane]) { $1 })
        #expect(outcome.outcome == .succeeded)
        let update = registry.commands.elements.first { $0.name == "domain:update" }
        #expect(update?.text("registrant") == outcome.result?["id"]?.stringValue)
    }

    @Test(
        "Messages of the registry's own kind are told",
        arguments: [
            ("TRANSFER", "AWAY", "transfer_out"), ("TRANSFER", "CONFIRMED", "transfer_in"),
            ("LEGAL", "SUSPENDED", "suspended"), ("DOMAIN", "DELETED", "deleted"),
        ])
    func messages(context: String, action: String, type: String) async throws {
        let data = """
            <poll:pollData xmlns:poll="http://www.eurid.eu/xml/epp/poll-1.2"><poll:context>\(context)</poll:context>\
            <poll:objectType>DOMAIN</poll:objectType><poll:object>example.eu</poll:object>\
            <poll:action>\(action)</poll:action></poll:pollData>
            """
        let (bench, _) = try Self.bench { command in
            command.name == "poll req" ? .message(id: "1", count: 1, text: "A message", data: data) : .done
        }
        let told = await bench.run("poll", ["limit": 1]).result?["notifications"]?.arrayValue?.first
        #expect(told?["type"] == .string(type))
        #expect(told?["domains"] == ["example.eu"])
    }
}

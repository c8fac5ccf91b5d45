import AdapterKit
import AdapterTestSupport
@testable import DomainsAdapter
import Models
import TestSupport
import Testing

@Suite("Nominet")
struct NominetTests {
    private static let name: [String: JSONValue] = ["sld": "example", "tld": "co.uk"]
    private static let notOurs = StubRegistry.Answer.result(
        2_201, text: "V096 Domain name is not registered to your tag")

    private static func bench(_ answer: @escaping StubRegistry.Answering) throws -> (EPPBench, StubRegistry) {
        let registry = StubRegistry(answer)
        return (try EPPBench("nominet", EPPBench.nominet, registry), registry)
    }

    private static func domain(registrant: String = "R1", created: String = "2020-01-02T03:04:05Z")
        -> StubRegistry.Answer
    {
        .domain("example.co.uk", sponsor: "ACME-TAG", registrant: registrant, created: created)
    }

    // MARK: Registering

    @Test("A repeat of a registration finds the domain by the contact that the action registered")
    func observedRegistration() async throws {
        let made = Recorder<String>()
        let (bench, registry) = try Self.bench { command in
            switch command.name {
            case "contact:create":
                made.record(command.text("id") ?? "")
                return .done
            case "host:check": return .result(1_000, "<host:chkData/>")
            case "domain:info": return Self.domain(registrant: made.elements.first ?? "R1")
            case "contact:info": return .contact(command.text("id") ?? "")
            default: return .done
            }
        }
        var action = bench.action("register", DemoRegistrar.registration(tld: "co.uk"))
        #expect(await bench.run(action).outcome == .succeeded)
        action.attempt = 2
        action.possibleDuplicate = true
        let again = await bench.run(action)
        #expect(again.outcome == .succeeded && again.observed)
        #expect(registry.changes == ["contact:create", "domain:create"])
    }

    @Test("A domain with another holder, or older than the action, is not this action's")
    func strangersDomain() async throws {
        let (bench, registry) = try Self.bench { command in
            switch command.name {
            case "domain:info": return Self.domain(created: "2026-02-03T10:11:12Z")
            case "contact:info": return .contact("R1", email: "somebody@example.com")
            case "domain:create": return .result(2_302)
            case "host:check": return .result(1_000, "<host:chkData/>")
            default: return .done
            }
        }
        let action = bench.action(
            "register", DemoRegistrar.registration(tld: "co.uk"), possibleDuplicate: true)
        let outcome = await bench.run(action)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .alreadyExists)
        #expect(registry.changes == ["contact:create", "domain:create"])
    }

    @Test("A contact that an earlier run registered is taken, and hosts of the domain get their addresses")
    func secondTry() async throws {
        let (bench, registry) = try Self.bench { command in
            switch command.name {
            case "contact:create": return .result(2_302)
            case "host:check": return .missingHosts(command)
            case "domain:info": return registryDomain
            case "contact:info": return .contact("R1")
            default: return .done
            }
        }
        var parameters = DemoRegistrar.registration(tld: "co.uk")
        parameters["nameservers"] = [
            "ns1": ["host": "ns1.example.co.uk", "ip": "192.0.2.1"], "ns2": ["host": "ns2.example.net"],
        ]
        #expect(await bench.run("register", parameters).outcome == .succeeded)
        #expect(registry.changes == ["contact:create", "host:create", "host:create", "domain:create"])
        let hosts = registry.commands.elements.filter { $0.name == "host:create" }
        #expect(hosts.map { $0.text("addr") } == ["192.0.2.1", nil])
    }

    private static let registryDomain = domain()
    private var registryDomain: StubRegistry.Answer { Self.registryDomain }

    // MARK: Moving

    @Test("A domain is waited for until it is on our tag")
    func transfer() async throws {
        let isHere = Recorder<Bool>()
        let (bench, registry) = try Self.bench { command in
            if command.name == "contact:info" { return .contact("R1") }
            return isHere.count == 0 ? Self.notOurs : Self.domain()
        }
        let begun = await bench.run("transfer", Self.name)
        #expect(begun.outcome == .deferred && begun.pollAfterSeconds == 600)
        let waiting = await bench.run("transfer", Self.name, reference: begun.deferredReference)
        #expect(waiting.outcome == .deferred)
        isHere.record(true)
        let arrived = await bench.run("transfer", Self.name, reference: begun.deferredReference)
        #expect(arrived.outcome == .succeeded && arrived.result?["domain"] == "example.co.uk")
        #expect(registry.changes.isEmpty)
    }

    @Test("A release that the other registrar has to accept is asked for until the domain is gone")
    func release() async throws {
        let isGone = Recorder<Bool>()
        let (bench, registry) = try Self.bench { command in
            if command.name == "std-release-1.0:release" || command.name.hasSuffix(":release") {
                return .result(1_001)
            }
            return isGone.count == 0 ? Self.domain() : Self.notOurs
        }
        let parameters = Self.name.merging(["ips_tag": "OTHER"]) { $1 }
        let begun = await bench.run("updateIpsTag", parameters)
        #expect(begun.outcome == .deferred)
        #expect(
            await bench.run("updateIpsTag", parameters, reference: begun.deferredReference).outcome
                == .deferred)
        isGone.record(true)
        #expect(
            await bench.run("updateIpsTag", parameters, reference: begun.deferredReference).outcome
                == .succeeded)
        #expect(registry.changes.count == 1)
    }

    @Test(
        "Whether a release happened shows by the tag",
        arguments: [
            (.result(2_201), .succeeded), (.result(2_303), .unsure),
            (.domain("example.co.uk", sponsor: "ACME-TAG"), .failed),
        ] as [(StubRegistry.Answer, AttemptOutcome)])
    func lostRelease(look: StubRegistry.Answer, outcome: AttemptOutcome) async throws {
        let (bench, registry) = try Self.bench { $0.name == "domain:info" ? look : .lost }
        let parameters = Self.name.merging(["ips_tag": "OTHER"]) { $1 }
        #expect(await bench.run("updateIpsTag", parameters).outcome == outcome)
        #expect(registry.changes.count == 1)
    }

    // MARK: Notices

    @Test("Notices are stored before they are taken off the queue, also those that there is no word for")
    func poll() async throws {
        let n = "http://www.nominet.org.uk/epp/xml/std-notifications-1.2"
        func named(_ name: String) -> String {
            #"<n:\#(name) xmlns:n="\#(n)"><n:domainListData><n:domainName>example.co.uk</n:domainName></n:domainListData></n:\#(name)>"#
        }
        let messages: [StubRegistry.Answer] = [
            .message(id: "1", count: 4, text: "Registrar Change Notification", data: named("rcData")),
            .message(id: "2", count: 3, text: "Host cancelled", data: named("hostCancData")),
            .message(id: "3", count: 2, text: "Domains Released Notification", data: named("relData")),
            .message(
                id: "4", count: 1, text: "Domain name Cancellation Notification", data: named("cancData")),
        ]
        let acknowledged = Recorder<String>()
        let (bench, _) = try Self.bench { command in
            guard command.name == "poll req" else {
                acknowledged.record(command.frame.descendant("poll")?.attribute("msgID") ?? "")
                return .done
            }
            return messages[acknowledged.count]
        }
        let result = await bench.run("poll", ["limit": 2]).result
        #expect(result?["count_remaining"] == 1)
        let told = result?["notifications"]?.arrayValue ?? []
        #expect(told.map { $0["type"] } == ["transfer_in", "transfer_out"])
        #expect(told.first?["domains"] == ["example.co.uk"])
        #expect(told.first?["created_at"] == "2026-02-03 09:00:00")
        #expect(acknowledged.elements == ["1", "2", "3"])
        #expect(bench.bench.notices.all.map(\.type) == ["transfer_in", "other", "transfer_out"])
    }

    // MARK: Odds

    @Test("A contact that the domain does not have cannot be changed, and none is made")
    func missingContact() async throws {
        let (bench, registry) = try Self.bench { _ in Self.domain() }
        let parameters = Self.name.merging(["contact": DemoRegistrar.jane, "contact_type": "tech"]) { $1 }
        #expect(await bench.run("updateContact", parameters).error?.kind == .unsupported)
        #expect(registry.changes.isEmpty)
    }

    @Test("A domain that is not on our tag and not free is another's")
    func transferredAway() async throws {
        let (bench, _) = try Self.bench { command in
            command.name == "domain:info" ? Self.notOurs : .available("example.co.uk", false)
        }
        #expect(await bench.run("getStatus", Self.name).result?["status"] == "transferred_away")
    }
}

import AdapterKit
import AdapterTestSupport
@testable import DomainsAdapter
import Models
import TestSupport
import Testing

@Suite("CoCCA and the registries that run it")
struct CoCCATests {
    private static let name: [String: JSONValue] = ["sld": "example", "tld": "ng"]

    private static func bench(_ answer: @escaping StubRegistry.Answering) throws -> (EPPBench, StubRegistry) {
        let registry = StubRegistry(answer)
        return (try EPPBench("cocca", EPPBench.cocca, registry), registry)
    }

    private static func domain(
        _ statuses: [String] = ["ok"], sponsor: String = "acme", updated: String? = nil,
        expires: String = "2030-01-02T03:04:05Z", transferred: String? = nil
    ) -> StubRegistry.Answer {
        .domain(
            "example.ng", sponsor: sponsor, statuses: statuses, updated: updated, expires: expires,
            transferred: transferred)
    }

    // MARK: Renewing

    @Test("A renewal whose answer is lost is looked for at once, and not repeated")
    func lostRenewal() async throws {
        let renewals = Recorder<String>()
        let (bench, registry) = try Self.bench { command in
            switch command.name {
            case "domain:renew":
                renewals.record(command.text("curExpDate") ?? "")
                return .lost
            case "contact:info": return .contact("R1")
            default:
                return Self.domain(
                    expires: renewals.count == 0 ? "2030-01-02T03:04:05Z" : "2031-01-02T03:04:05Z")
            }
        }
        let outcome = await bench.run("renew", Self.name.merging(["renew_years": 1]) { $1 })
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.result?["expires_at"] == "2031-01-02 03:04:05")
        #expect(renewals.elements == ["2030-01-02"])
        #expect(registry.changes == ["domain:renew"])
    }

    @Test(
        "A repeat renews only what surely was not renewed since the action was made",
        arguments: [
            ("2026-02-03T10:11:13Z", "2030-01-02T03:04:05Z", false),
            ("2026-02-03T10:11:13Z", "2026-05-01T00:00:00Z", true),
            ("2026-02-01T00:00:00Z", "2030-01-02T03:04:05Z", true), (nil, "2030-01-02T03:04:05Z", true),
        ] as [(String?, String, Bool)])
    func repeatedRenewal(updated: String?, expires: String, isRenewed: Bool) async throws {
        let (bench, registry) = try Self.bench { command in
            command.name == "domain:info" ? Self.domain(updated: updated, expires: expires) : .contact("R1")
        }
        let action = bench.action("renew", Self.name.merging(["renew_years": 1]) { $1 })
        let outcome = await bench.run(action, isRedelivered: true)
        #expect((outcome.outcome == .succeeded) == isRenewed)
        #expect(registry.changes == (isRenewed ? ["domain:renew"] : []))
    }

    @Test("A renewal that succeeded is told, even if the domain cannot be read afterwards")
    func unreadRenewal() async throws {
        let reads = Recorder<Int>()
        let (bench, registry) = try Self.bench { command in
            guard command.name == "domain:info" else {
                return .result(
                    1_000,
                    """
                    <domain:renData><domain:name>example.ng</domain:name>\
                    <domain:exDate>2031-01-02T03:04:05Z</domain:exDate></domain:renData>
                    """)
            }
            reads.record(1)
            return reads.count == 1 ? Self.domain() : .lost
        }
        let outcome = await bench.run("renew", Self.name.merging(["renew_years": 1]) { $1 })
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.result?["expires_at"] == "2031-01-02 03:04:05")
        #expect(registry.changes == ["domain:renew"])
    }

    // MARK: Transfers

    @Test("A transfer is asked for until the domain is in the account")
    func transfer() async throws {
        let isHere = Recorder<Bool>()
        let (bench, registry) = try Self.bench { command in
            switch command.name {
            case "transfer request": return .result(1_001)
            case "transfer query": return Self.transfer("pending", by: "acme")
            case "contact:info": return .contact("R1")
            default: return Self.domain(sponsor: isHere.count == 0 ? "other" : "acme")
            }
        }
        let parameters = Self.name.merging(["epp_code": "CODE"]) { $1 }
        let begun = await bench.run("transfer", parameters)
        #expect(begun.outcome == .deferred)
        #expect(
            await bench.run("transfer", parameters, reference: begun.deferredReference).outcome == .deferred)
        isHere.record(true)
        #expect(
            await bench.run("transfer", parameters, reference: begun.deferredReference).outcome == .succeeded)
        #expect(registry.changes == ["transfer request", "transfer query"])
    }

    private static func transfer(_ status: String, by requester: String) -> StubRegistry.Answer {
        .result(
            1_000,
            """
            <domain:trnData><domain:name>example.ng</domain:name><domain:trStatus>\(status)</domain:trStatus>\
            <domain:reID>\(requester)</domain:reID></domain:trnData>
            """)
    }

    @Test("A transfer that the other side refused ends as refused")
    func refusedTransfer() async throws {
        let (bench, _) = try Self.bench { command in
            command.name == "transfer query"
                ? Self.transfer("clientRejected", by: "acme") : Self.domain(sponsor: "other")
        }
        let outcome = await bench.run("transfer", Self.name, reference: "example.ng")
        #expect(outcome.outcome == .failed && outcome.error?.kind == .rejected)
    }

    @Test(
        "A transfer that is under way is taken up if it is ours",
        arguments: [("acme", true), ("other", false)])
    func pendingTransfer(requester: String, isOurs: Bool) async throws {
        let (bench, _) = try Self.bench { command in
            switch command.name {
            case "transfer request": .result(2_300)
            case "transfer query": Self.transfer("pending", by: requester)
            default: Self.domain(sponsor: "other")
            }
        }
        let outcome = await bench.run("transfer", Self.name, possibleDuplicate: true)
        #expect(outcome.outcome == (isOurs ? .deferred : .failed))
    }

    @Test(
        "Whether a transfer brought the domain in shows by its date",
        arguments: [
            ("2026-02-03T10:11:13Z", .succeeded), ("2025-01-01T00:00:00Z", .failed), (nil, .unsure),
        ] as [(String?, AttemptOutcome)])
    func observedTransfer(transferred: String?, outcome: AttemptOutcome) async throws {
        let (bench, _) = try Self.bench { command in
            switch command.name {
            case "domain:info": Self.domain(transferred: transferred)
            case "contact:info": .contact("R1")
            default: .result(2_106)
            }
        }
        #expect(await bench.run("transfer", Self.name, possibleDuplicate: true).outcome == outcome)
    }

    @Test("A wrong code is told as such, without the provider's name")
    func wrongCode() async throws {
        let (bench, _) = try Self.bench { command in
            command.name == "transfer request"
                ? .result(2_202, text: "CoCCA says no") : Self.domain(sponsor: "other")
        }
        let outcome = await bench.run("transfer", Self.name.merging(["epp_code": "BAD"]) { $1 })
        #expect(outcome.error?.kind == .unauthorized)
        #expect(outcome.error?.message == "The authorisation code is not right.")
        #expect(outcome.error?.details?["text"] == "CoCCA says no")
    }

    // MARK: Registering

    @Test("Hosts that the registry does not know are made, and the domain asked for once more")
    func missingHosts() async throws {
        let creations = Recorder<Int>()
        let (bench, registry) = try Self.bench { command in
            switch command.name {
            case "domain:create":
                creations.record(1)
                return creations.count == 1 ? .result(2_303) : .done
            case "host:info": return .result(2_303)
            case "domain:info": return Self.domain()
            case "contact:info": return .contact("R1")
            default: return .done
            }
        }
        #expect(await bench.run("register", DemoRegistrar.registration(tld: "ng")).outcome == .succeeded)
        #expect(
            registry.changes.filter { $0 != "contact:create" } == [
                "domain:create", "host:create", "host:create", "domain:create",
            ])
    }

    @Test("A registration that the registry has to decide on is deferred")
    func pendingRegistration() async throws {
        let states = Recorder<[String]>()
        let (bench, _) = try Self.bench { command in
            switch command.name {
            case "domain:create": .result(1_001)
            case "domain:info": Self.domain(states.elements.last ?? ["pendingCreate"])
            case "contact:info": .contact("R1")
            default: .done
            }
        }
        let parameters = DemoRegistrar.registration(tld: "ng")
        let begun = await bench.run("register", parameters)
        #expect(begun.outcome == .deferred)
        #expect(
            await bench.run("register", parameters, reference: begun.deferredReference).outcome == .deferred)
        states.record(["ok"])
        #expect(
            await bench.run("register", parameters, reference: begun.deferredReference).outcome == .succeeded)
    }

    // MARK: Locks and endings

    @Test(
        "A lock that the registry refuses because it is there already is as good as set",
        arguments: [(["clientTransferProhibited"], .succeeded), (["ok"], .failed)]
            as [([String], AttemptOutcome)])
    func repeatedLock(statuses: [String], outcome: AttemptOutcome) async throws {
        let (bench, _) = try Self.bench { command in
            switch command.name {
            case "domain:update": .result(2_304)
            case "domain:info": Self.domain(statuses)
            default: .contact("R1")
            }
        }
        #expect(await bench.run("setLock", Self.name.merging(["lock": true]) { $1 }).outcome == outcome)
    }

    @Test("The endings are those of the settings, else those of the registry's host name")
    func endings() async throws {
        let registry = StubRegistry { command in
            let names = command.frame.descendants("name").compactMap(\.content)
            return .result(
                1_000,
                "<domain:chkData>"
                    + names.map { #"<domain:cd><domain:name avail="true">\#($0)</domain:name></domain:cd>"# }
                    .joined()
                    + "</domain:chkData>")
        }
        let settings = EPPBench.cocca.merging(["supported_tlds": ".org.gy, gy"]) { $1 }
        let bench = try EPPBench("cocca", settings, registry)
        let result = await bench.run(
            "domainAvailabilityCheck", ["sld": "bücher", "tlds": ["ng", "co.gy", "gy"]]
        ).result
        #expect(
            result?["domains"]?.arrayValue?.map { $0["domain"] } == [
                "xn--bcher-kva.ng", "xn--bcher-kva.co.gy", "xn--bcher-kva.gy",
            ])
        #expect(result?["domains"]?.arrayValue?.map { $0["can_register"] } == [false, true, true])
        #expect(registry.endpoints.elements.map(\.port) == [700])
    }
}

import AdapterKit
import AdapterTestSupport
@testable import DomainsAdapter
import Models
import ServiceRuntime
import TestSupport
import Testing

@Suite("The demo registrar")
struct DemoTests {
    // MARK: What it does

    @Test("A domain lives from registration to deletion")
    func life() async throws {
        let registrar = try DemoRegistrar()
        let made = try await registrar.succeed("register", DemoRegistrar.registration())
        #expect(made["domain"] == "example.com")
        #expect(made["locked"] == true)
        #expect(made["expires_at"] == "2027-02-03 10:11:12")
        #expect(made["registrant"]?["name"] == "Jane Doe")
        #expect(try await registrar.succeed("getInfo") == made)
        #expect(
            try await registrar.succeed("setLock", DemoRegistrar.name(["lock": false]))["locked"] == false)
        let renewing = try await registrar.succeed("setAutoRenew", DemoRegistrar.name(["auto_renew": true]))
        #expect(renewing["auto_renew"] == true)
        #expect(
            try await registrar.succeed("renew", DemoRegistrar.name(["renew_years": 2]))["expires_at"]
                == "2029-02-03 10:11:12")
        let code = try await registrar.succeed("getEppCode")["epp_code"]?.stringValue ?? ""
        #expect(Sealer.isSealed(code))
        #expect(try await registrar.status() == "active")

        registrar.bench.clock.advance(by: .seconds(4 * 366 * 86_400))
        #expect(try await registrar.succeed("getInfo")["expires_at"] == "2031-02-03 10:11:12")
        _ = try await registrar.succeed("setAutoRenew", DemoRegistrar.name(["auto_renew": false]))
        registrar.bench.clock.advance(by: .seconds(366 * 86_400))
        #expect(try await registrar.status() == "expired")
        registrar.bench.clock.advance(by: .seconds(46 * 86_400))
        #expect(try await registrar.status() == "cancelled")
        #expect(try await registrar.fail("getInfo") == .notFound)
        #expect(
            try await registrar.notices() == [
                "renewed example.com", "renewed example.com", "renewed example.com", "deleted example.com",
            ])
        _ = try await registrar.succeed("register", DemoRegistrar.registration())
    }

    @Test("Contacts, nameservers and glue records are kept")
    func changes() async throws {
        let registrar = try DemoRegistrar()
        _ = try await registrar.succeed("register", DemoRegistrar.registration())
        var john = DemoRegistrar.jane.objectValue ?? [:]
        john["name"] = "John Doe"
        let contact = DemoRegistrar.name(["contact": .object(john), "contact_type": "tech"])
        #expect(try await registrar.succeed("updateContact", contact)["name"] == "John Doe")
        let holder = DemoRegistrar.name(["contact": .object(john)])
        #expect(try await registrar.succeed("updateRegistrantContact", holder)["name"] == "John Doe")
        let servers = DemoRegistrar.name([
            "ns1": ["host": "ns1.example.com"], "ns2": ["host": "ns2.example.net"],
        ])
        #expect(
            try await registrar.succeed("updateNameservers", servers)["ns1"]?["host"] == "ns1.example.com")
        let glue = DemoRegistrar.name([
            "hostname": "ns1.example.com", "ip_1": "192.0.2.1", "ip_2": "2001:db8::1",
        ])
        #expect(
            try await registrar.succeed("setGlueRecord", glue)["glue_records"]
                == [["hostname": "ns1.example.com", "ips": ["192.0.2.1", "2001:db8::1"]]])
        let foreign = DemoRegistrar.name(["hostname": "ns1.example.org", "ip_1": "192.0.2.1"])
        #expect(try await registrar.fail("setGlueRecord", foreign) == .invalidInput)
        let info = try await registrar.succeed("getInfo")
        #expect(info["tech"]?["name"] == "John Doe" && info["registrant"]?["name"] == "John Doe")
        #expect(info["admin"]?["name"] == "Jane Doe")
        #expect(info["ns"]?["ns1"]?["host"] == "ns1.example.com")
        #expect(info["glue_records"]?.arrayValue?.count == 1)
        for _ in 0..<2 {
            let removed = try await registrar.succeed(
                "removeGlueRecord", DemoRegistrar.name(["hostname": "ns1.example.com"]))
            #expect(removed["glue_records"] == [])
        }
    }

    @Test("A holder confirms a day after they were written to")
    func verification() async throws {
        let registrar = try DemoRegistrar()
        _ = try await registrar.succeed("register", DemoRegistrar.registration())
        let pending = try await registrar.succeed("getVerificationStatus")
        #expect(pending["icann_verification_status"] == "pending")
        #expect(pending["days_to_suspend"] == 15)
        #expect(
            try await registrar.succeed("resendVerificationEmail")["message"] == "Sent to jane@example.com.")
        registrar.bench.clock.advance(by: .seconds(86_400))
        #expect(
            try await registrar.succeed("getVerificationStatus")["icann_verification_status"] == "verified")
        #expect(try await registrar.fail("resendVerificationEmail") == .rejected)
    }

    @Test(
        "What is not there is not found",
        arguments: ["getInfo", "getEppCode", "getVerificationStatus", "resendVerificationEmail"])
    func notFound(function: String) async throws {
        let registrar = try DemoRegistrar()
        #expect(try await registrar.fail(function) == .notFound)
        #expect(try await registrar.status() == "unknown")
        #expect(try registrar.ledger().isEmpty)
    }

    @Test("A name is given once, and names that begin with taken never")
    func taken() async throws {
        let registrar = try DemoRegistrar()
        _ = try await registrar.succeed("register", DemoRegistrar.registration())
        #expect(try await registrar.fail("register", DemoRegistrar.registration()) == .alreadyExists)
        #expect(try await registrar.fail("register", DemoRegistrar.registration("taken")) == .alreadyExists)
        let answers = try await registrar.succeed(
            "domainAvailabilityCheck", ["sld": "example", "tlds": ["com", "net"]])
        #expect(answers["domains"]?.arrayValue?.map { $0["can_register"] } == [false, true])
        #expect(answers["domains"]?.arrayValue?.map { $0["can_transfer"] } == [false, false])
    }

    @Test("A UK domain leaves by its tag, and a repeat shows that it was this action")
    func tag() async throws {
        let registrar = try DemoRegistrar()
        _ = try await registrar.succeed("register", DemoRegistrar.registration(tld: "co.uk"))
        let name: [String: JSONValue] = ["sld": "example", "tld": "co.uk"]
        #expect(try await registrar.fail("getEppCode", name) == .rejected)
        let action = registrar.action("updateIpsTag", name.merging(["ips_tag": "OTHER"]) { $1 })
        #expect(await registrar.run(action).outcome == .succeeded)
        let again = await registrar.runAgain(action, possibleDuplicate: true)
        #expect(again.outcome == .succeeded && again.observed)
        #expect(try registrar.ledger().map(\.function) == ["register", "updateIpsTag"])
        #expect(try await registrar.status(name) == "transferred_away")
        #expect(try await registrar.notices() == ["transfer_out example.co.uk"])
    }

    // MARK: Bringing in

    @Test("A domain is on its way for as long as the settings say, and is asked for until it is there")
    func transfer() async throws {
        let registrar = try DemoRegistrar(settings: ["transfer_seconds": 90])
        let action = registrar.action("transfer", DemoRegistrar.name(["epp_code": "E", "renew_years": 1]))
        let begun = await registrar.run(action)
        #expect(begun.outcome == .deferred && begun.pollAfterSeconds == 90)
        #expect(try await registrar.fail("getInfo") == .notFound)
        #expect(try await registrar.fail("register", DemoRegistrar.registration()) == .alreadyExists)
        #expect(try await registrar.notices().isEmpty)
        registrar.bench.clock.advance(by: .seconds(40))
        let waiting = await registrar.runAgain(action, reference: begun.deferredReference)
        #expect(waiting.outcome == .deferred && waiting.pollAfterSeconds == 50)
        registrar.bench.clock.advance(by: .seconds(50))
        let arrived = await registrar.runAgain(action, reference: begun.deferredReference)
        #expect(arrived.outcome == .succeeded)
        #expect(arrived.result?["expires_at"] == "2028-02-03 10:11:12")
        #expect(arrived.result?["locked"] == false)
        #expect(try await registrar.notices() == ["transfer_in example.com"])
        #expect(try registrar.ledger().map(\.function).filter { $0 == "transfer" }.count == 1)
    }

    @Test("A repeat of a transfer takes up what was begun, another action does not")
    func repeatedTransfer() async throws {
        let registrar = try DemoRegistrar()
        let action = registrar.action("transfer", DemoRegistrar.name)
        _ = await registrar.run(action)
        let again = await registrar.runAgain(action, possibleDuplicate: true)
        #expect(again.outcome == .deferred)
        #expect(try await registrar.fail("transfer") == .alreadyExists)
        #expect(try registrar.ledger().count == 1)
        registrar.bench.clock.advance(by: .seconds(2))
        let arrived = await registrar.runAgain(action, possibleDuplicate: true)
        #expect(arrived.outcome == .succeeded && arrived.observed)
    }

    // MARK: Repeats and faults

    @Test("A possible repeat does nothing twice")
    func repeated() async throws {
        let registrar = try DemoRegistrar()
        let register = registrar.action("register", DemoRegistrar.registration())
        _ = await registrar.run(register)
        let again = await registrar.runAgain(register, possibleDuplicate: true)
        #expect(again.outcome == .succeeded && again.observed)
        let renew = registrar.action("renew", DemoRegistrar.name(["renew_years": 1]))
        let once = await registrar.run(renew)
        let twice = await registrar.runAgain(renew, possibleDuplicate: true)
        #expect(once.result?["expires_at"] == "2028-02-03 10:11:12")
        #expect(twice.result == once.result)
        #expect(try registrar.ledger().map(\.function) == ["register", "renew"])
    }

    @Test("A registrar that hangs is looked at, and tells the truth", arguments: ["register", "transfer"])
    func hang(function: String) async throws {
        let registrar = try DemoRegistrar(settings: ["fault": "hang_after_effect"])
        let parameters = function == "register" ? DemoRegistrar.registration() : DemoRegistrar.name
        let outcome = try await registrar.runLettingTimePass(registrar.action(function, parameters))
        #expect(outcome.outcome == .succeeded && outcome.observed)
        #expect(try registrar.ledger().count == 1)
    }

    @Test("Notices are given once, those wanted only, and after they were stored")
    func notices() async throws {
        let registrar = try DemoRegistrar()
        for sld in ["one", "two", "three"] {
            _ = try await registrar.succeed("register", DemoRegistrar.registration(sld))
            let renewal: [String: JSONValue] = ["sld": .string(sld), "tld": "com", "renew_years": 1]
            _ = try await registrar.succeed("renew", renewal)
            registrar.bench.clock.advance(by: .seconds(60))
        }
        let late = try await registrar.succeed("poll", ["limit": 5, "after_date": "2026-02-03 10:12:30"])
        #expect(late["notifications"]?.arrayValue?.map { $0["domains"] } == [["three.com"]])
        #expect(late["count_remaining"] == 2)
        #expect(try await registrar.notices(limit: 1) == ["renewed one.com"])
        #expect(registrar.bench.notices.all.map(\.subjects) == [["three.com"], ["one.com"]])
        #expect(try await registrar.notices() == ["renewed two.com"])
        #expect(try await registrar.notices().isEmpty)
    }
}

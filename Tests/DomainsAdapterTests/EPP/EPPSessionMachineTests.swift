@testable import DomainsAdapter
import AdapterKit
import Foundation
import Testing

@Suite("Where an EPP session stands")
struct EPPSessionMachineTests {
    private static func greeting() throws -> EPPFrame { try EPPFrame(Data(StubRegistry.greeting().utf8)) }

    private static func response(_ code: Int, id: String = "A-1") throws -> EPPFrame {
        try EPPFrame(StubRegistry.response(code, id: id))
    }

    /// A session on which we are signed in.
    private static func ready() throws -> EPPSessionMachine {
        var machine = EPPSessionMachine()
        #expect(machine.take(try greeting()) == .accepted)
        #expect(machine.ask(.login(transactionID: "L-1")) == true)
        #expect(machine.take(try response(1_000, id: "L-1")) == .accepted)
        return machine
    }

    @Test("Nothing is asked before the greeting and the login")
    func order() throws {
        var machine = EPPSessionMachine()
        let questions: [EPPSessionMachine.Question] = [
            .login(transactionID: "A-1"), .command(transactionID: "A-1"), .hello,
            .logout(transactionID: "A-1"),
        ]
        for question in questions { #expect(machine.ask(question) == false) }
        #expect(machine.take(try Self.greeting()) == .accepted)
        for question in questions.dropFirst() { #expect(machine.ask(question) == false) }
        #expect(machine.ask(questions[0]) == true)
        for question in questions { #expect(machine.ask(question) == false) }
        #expect(!machine.isReady)
        #expect(machine.take(try Self.response(1_000)) == .accepted)
        #expect(machine.isReady)
    }

    @Test(
        "What an answer leaves of the session",
        arguments: [
            (1_000, true), (1_001, true), (1_300, true), (1_301, true), (2_303, true), (2_400, true),
            (1_500, false),
            (2_500, false), (2_501, false), (2_502, false),
        ])
    func afterCommand(code: Int, isReady: Bool) throws {
        var machine = try Self.ready()
        #expect(machine.ask(.command(transactionID: "A-1")) == true)
        #expect(machine.take(try Self.response(code)) == .accepted)
        #expect(machine.isReady == isReady)
    }

    @Test("A login that is refused ends it", arguments: [2_200, 2_501, 2_502, 2_400])
    func refusedLogin(code: Int) throws {
        var machine = EPPSessionMachine()
        _ = machine.take(try Self.greeting())
        _ = machine.ask(.login(transactionID: "A-1"))
        #expect(machine.take(try Self.response(code)) == .accepted)
        #expect(machine.state == .over)
    }

    @Test("An answer without an id is let through, one to another command is not")
    func transactionIDs() throws {
        var machine = try Self.ready()
        _ = machine.ask(.command(transactionID: "A-1"))
        #expect(machine.take(try Self.response(1_000, id: "")) == .accepted)
        _ = machine.ask(.command(transactionID: "A-2"))
        #expect(machine.take(try Self.response(1_000, id: "A-1")) == .violation("belongs to another command"))
        #expect(machine.state == .over)
    }

    @Test("What comes unasked, or is not what was asked for, ends it")
    func violations() throws {
        var machine = try Self.ready()
        #expect(machine.take(try Self.response(1_000)) == .violation("came unasked"))
        machine = try Self.ready()
        _ = machine.ask(.command(transactionID: "A-1"))
        #expect(machine.take(try Self.greeting()) == .violation("is not what was asked for"))
        machine = try Self.ready()
        _ = machine.ask(.hello)
        #expect(machine.take(try Self.response(1_000)) == .violation("is not what was asked for"))
        machine = EPPSessionMachine()
        #expect(machine.take(try Self.response(1_000)) == .violation("is not what was asked for"))
    }

    @Test("A hello is answered with a greeting, and leave is taken once")
    func helloAndLogout() throws {
        var machine = try Self.ready()
        #expect(machine.ask(.hello) == true)
        #expect(machine.take(try Self.greeting()) == .accepted)
        #expect(machine.isReady)
        #expect(machine.ask(.logout(transactionID: "A-1")) == true)
        #expect(machine.take(try Self.response(1_500)) == .accepted)
        #expect(machine.state == .over)
        #expect(machine.ask(.hello) == false)
    }

    @Test(
        "What is no EPP is refused",
        arguments: [
            "", "<epp", "<html></html>", "<epp/>", "<epp><response/></epp>",
            #"<epp><response><result code="x"/></response></epp>"#,
            #"<!DOCTYPE epp [<!ENTITY a "b">]><epp>&a;</epp>"#,
        ])
    func garbage(text: String) {
        #expect(throws: EPPFrame.Problem.self) { try EPPFrame(Data(text.utf8)) }
    }
}

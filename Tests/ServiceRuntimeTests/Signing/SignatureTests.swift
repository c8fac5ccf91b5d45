import Bus
import Foundation
import Models
import ServiceRuntime
import Testing

@Suite("Signatures of messages")
struct SignatureTests {
    private static let master = MasterKey()
    private static let hosting = Sealer(master.derived(for: .category("hosting")))
    private static let route = Queue.outcomes.route

    static func message(_ id: String = "act_1-1") -> BusMessage {
        BusMessage(Envelope(id: id, source: "/hosting", data: AdaptersAsked()))
    }

    @Test("What was signed is verified, is still an envelope, and is the message without its signature")
    func verified() throws {
        let message = Self.message()
        let signed = Self.hosting.signed(message, for: Self.route)
        try Self.hosting.verify(signed, for: Self.route)
        #expect(try Envelope<AdaptersAsked>(decoding: signed.body).id == "act_1-1")
        #expect(MessageSignature.removed(from: signed.body) == message.body)
        #expect(MessageSignature.removed(from: message.body) == message.body)
        // Where the bytes stand in other data, too.
        var shifted = signed
        shifted.body = (Data("xyz".utf8) + signed.body).dropFirst(3)
        try Self.hosting.verify(shifted, for: Self.route)
    }

    @Test("Signed again, it has one signature, the newest")
    func again() throws {
        let other = Sealer(MasterKey().derived(for: .gateway))
        let message = Self.message()
        let signed = other.signed(Self.hosting.signed(message, for: Self.route), for: Self.route)
        try other.verify(signed, for: Self.route)
        #expect(MessageSignature.removed(from: signed.body) == message.body)
        #expect(Self.refusal(of: signed)?.kind == .unknownKey)
    }

    /// Changes that somebody on the way may make.
    private static let changes: [(name: String, change: @Sendable (inout BusMessage) -> Void)] = [
        ("another id", { $0.id = "act_2-1" }),
        ("another type", { $0.type = "action.outcome.v1" }),
        ("a part of the id in the type", { ($0.id, $0.type) = ("ct_1-1", $0.type + "a") }),
        ("one bit of the body", { $0.body[$0.body.count - 2] ^= 1 }),
        ("more body", { $0.body.append(32) }),
        ("less body", { $0.body.removeLast() }),
        ("one digit of the signature", { $0.body[40] = $0.body[40] == 48 ? 49 : 48 }),
    ]

    @Test("Nothing that it covers can be changed", arguments: changes.indices)
    func changed(_ index: Int) {
        var message = Self.hosting.signed(Self.message(), for: Self.route)
        Self.changes[index].change(&message)
        #expect(Self.refusal(of: message)?.kind == .forged, "\(Self.changes[index].name)")
    }

    @Test("It is good for one place only")
    func elsewhere() {
        let signed = Self.hosting.signed(Self.message(), for: Self.route)
        for route in [Queue.orchestratorRequests.route, .event("adapter.announced")] {
            #expect(throws: SignatureError.self) { try Self.hosting.verify(signed, for: route) }
        }
    }

    @Test(
        "What is no signature is none",
        arguments: [
            #"{"signature":"v1.12345678.00","a":1}"#, #"{"signature":"","a":1}"#, #"{"signature":"v1."#, "",
            "{",
            #"{ "signature":"v1.12345678.\#(String(repeating: "0", count: 64))","a":1}"#,
            #"{"signature":"v1.12345678.\#(String(repeating: "G", count: 64))","a":1}"#,
            #"{"signature":"v1.12345678.\#(String(repeating: "0", count: 64))"}"#,
            #"{"signature":"v1.\#(String(repeating: "k", count: 100)).\#(String(repeating: "0", count: 64))","a":1}"#,
        ])
    func malformed(_ body: String) {
        let message = BusMessage(id: "1", type: "t", body: Data(body.utf8))
        #expect(Self.refusal(of: message)?.kind == .missing)
    }

    @Test("An older key verifies what it signed, and a key that is not known does not")
    func rotated() throws {
        let (old, new) = (MasterKey().derived(for: .gateway), MasterKey().derived(for: .gateway))
        let signed = Sealer(old).signed(Self.message(), for: Self.route)
        try Sealer(new, older: [old]).verify(signed, for: Self.route)
        #expect(throws: SignatureError.self) { try Sealer(new).verify(signed, for: Self.route) }
    }

    @Test("The log collector knows what the gateway signs for it, and nothing else of the gateway's")
    func logCollector() throws {
        let gateway = Sealer(Self.master.derived(for: .gateway))
        let collector = Sealer(Self.master.derived(for: .logCollector))
        let route = Queue.logRequests.route
        try collector.verify(gateway.forLogCollector.signed(Self.message(), for: route), for: route)
        #expect(throws: SignatureError.self) {
            try collector.verify(gateway.signed(Self.message(), for: route), for: route)
        }
        #expect(throws: SignatureError.self) {
            try gateway.verify(collector.signed(Self.message(), for: Self.route), for: Self.route)
        }
    }

    private static func refusal(of message: BusMessage) -> SignatureError? {
        do throws(SignatureError) {
            try hosting.verify(message, for: route)
            return nil
        } catch {
            return error
        }
    }
}

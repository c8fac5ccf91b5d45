import AdapterKit
import AdapterTestSupport
@testable import DomainsAdapter
import Foundation
import Models
import ServiceRuntime
import TestSupport
import Testing

@Suite("EPP over the network")
struct EPPNetworkTests {
    private static let name: [String: JSONValue] = ["sld": "example", "tld": "ng"]
    private static let nameservers = name.merging([
        "ns1": ["host": "ns1.example.net"], "ns2": ["host": "ns2.example.net"],
    ]) { $1 }

    private static func settings(_ server: EPPServer, _ more: [String: JSONValue] = [:]) -> [String:
        JSONValue]
    {
        EPPBench.cocca.merging(["hostname": "localhost", "port": .integer(server.port)]) { $1 }
            .merging(more) { $1 }
    }

    /// Runs a test against a server that answers as usual, but for what the closure gives.
    private static func with(
        _ answer: @escaping @Sendable (_ connection: Int, _ name: String) -> EPPServer.Answer? = { _, _ in nil
        },
        _ operation: (EPPServer, EPPBench) async throws -> Void
    ) async throws {
        try await EPPServer.with { connection, name, id in
            answer(connection, name) ?? EPPServer.usual(name, id)
        } _: { server, frames in
            let bench = try EPPBench("cocca", settings(server), frames)
            try await operation(server, bench)
            await bench.bench.sessions.shutDown()
        }
    }

    // MARK: Sessions

    @Test("A session is opened with greeting and login, and reused by the next attempts until leave is taken")
    func reuse() async throws {
        try await Self.with { server, bench in
            for _ in 0..<3 { #expect(await bench.run("getInfo", Self.name).outcome == .succeeded) }
            #expect(server.received.elements == ["1 login", "1 info", "1 info", "1 info"])
            await bench.bench.sessions.shutDown()
            try await eventually("the logout") { server.received.elements.last == "1 logout" }
            #expect(server.connections == 1)
        }
    }

    @Test("An idle session says hello, and is ended when nobody needs it")
    func keeping() async throws {
        try await Self.with { server, bench in
            _ = await bench.run("getInfo", Self.name)
            bench.bench.clock.advance(by: .seconds(120))
            await bench.bench.sessions.tend()
            #expect(server.received.elements.last == "1 hello")
            _ = await bench.run("getInfo", Self.name)
            #expect(server.connections == 1)
            bench.bench.clock.advance(by: .seconds(600))
            await bench.bench.sessions.tend()
            #expect(server.received.elements.last == "1 logout")
            _ = await bench.run("getInfo", Self.name)
            #expect(server.connections == 2)
        }
    }

    @Test("When the settings change, the old session is ended and another opened")
    func changedSettings() async throws {
        try await Self.with { server, bench in
            _ = await bench.run("getInfo", Self.name)
            let changed = Self.settings(server, ["epp_password": "another-password"])
            var action = bench.action("getInfo", Self.name, settings: changed)
            action.configuration.version = 2
            #expect(await bench.run(action).outcome == .succeeded)
            #expect(server.received.elements == ["1 login", "1 info", "1 logout", "2 login", "2 info"])
        }
    }

    @Test("No more sessions are opened at once than are allowed")
    func limit() async throws {
        try await Self.with { server, bench in
            await withDiscardingTaskGroup { group in
                for _ in 0..<30 {
                    group.addTask { #expect(await bench.run("getInfo", Self.name).outcome == .succeeded) }
                }
            }
            #expect((1...SessionPool.usualLimit).contains(server.connections))
            #expect(server.received.elements.count { $0.hasSuffix("info") } == 30)
        }
    }

    @Test("A connection that the registry closed while nobody used it is replaced")
    func closedWhileIdle() async throws {
        try await Self.with { connection, name in
            connection == 1 && name == "hello" ? .close : nil
        } _: { server, bench in
            _ = await bench.run("getInfo", Self.name)
            bench.bench.clock.advance(by: .seconds(120))
            await bench.bench.sessions.tend()
            #expect(await bench.run("getInfo", Self.name).outcome == .succeeded)
            #expect(server.connections == 2)
        }
    }

    // MARK: Lost answers

    @Test(
        "When the connection is lost after a change was sent, it may have been done, and nothing is sent again"
    )
    func lostAnswer() async throws {
        try await Self.with { _, name in
            name == "update" ? .close : nil
        } _: { server, bench in
            let outcome = await bench.run("getEppCode", Self.name)
            #expect(outcome.outcome == .failed)
            #expect(outcome.error?.kind == .providerUnavailable)
            #expect(server.received.elements == ["1 login", "1 update"])
        }
    }

    @Test("A lost answer to what must not be done twice is looked into")
    func lostRegistration() async throws {
        try await Self.with { connection, name in
            connection == 1 && name == "create" ? .close : connection > 1 && name == "info" ? .close : nil
        } _: { server, bench in
            var registration = DemoRegistrar.registration(tld: "ng")
            for role in ["registrant", "billing", "tech", "admin"] { registration[role] = ["id": "C1"] }
            let outcomes = Recorder<ActionOutcome>()
            let action = bench.action("register", registration)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await bench.bench.deadlines.run() }
                group.addTask { outcomes.record(await bench.run(action)) }
                try await eventually("the outcome") {
                    bench.bench.clock.advance(by: .milliseconds(100))
                    return outcomes.count > 0
                }
                group.cancelAll()
            }
            #expect(outcomes.elements.first?.outcome == .unsure)
            #expect(server.received.elements.count { $0.hasSuffix("create") } == 1)
        }
    }

    @Test(
        "What is no frame, or no answer, closes the session; a change may have been done",
        arguments: [
            [0, 0, 0, 2], [0, 0, 0, 0], [255, 255, 255, 255], Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8),
            Array(FrameReader.write(Data("<epp".utf8))), Array(FrameReader.write(Data([0xFF, 0xFE, 0x00]))),
            Array(FrameReader.write(Data("<html><body>Sorry</body></html>".utf8))),
            Array(FrameReader.write(StubRegistry.response(1_000, id: "another-command"))),
            Array(FrameReader.write(Data(StubRegistry.greeting().utf8))),
        ] as [[UInt8]])
    func garbage(bytes: [UInt8]) async throws {
        try await Self.with { connection, name in
            connection == 1 && name == "update" ? .bytes(bytes) : nil
        } _: { server, bench in
            let outcome = await bench.run("getEppCode", Self.name)
            #expect(outcome.outcome == .failed)
            #expect(outcome.error?.kind == .providerUnavailable)
            #expect(await bench.run("getInfo", Self.name).outcome == .succeeded)
            #expect(server.connections == 2)
        }
    }

    @Test("A frame longer than the limit is not taken")
    func tooLong() async throws {
        let long = FrameReader.write(Data(repeating: 32, count: FrameEndpoint.usualFrameByteLimit + 1))
        try await Self.with { _, name in
            name == "info" ? .bytes(Array(long)) : nil
        } _: { server, bench in
            let outcome = await bench.run("getInfo", Self.name)
            #expect(outcome.error?.kind == .providerUnavailable)
            #expect(
                outcome.error?.details?["problem"]?.stringValue
                    == "A frame came that is longer than \(FrameEndpoint.usualFrameByteLimit) bytes.")
        }
    }

    @Test("A registry that falls silent is waited for as long as is allowed, and its session not used again")
    func silence() async throws {
        try await Self.with { connection, name in
            connection == 1 && name == "info" ? .silence : nil
        } _: { server, bench in
            let outcomes = Recorder<ActionOutcome>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await bench.bench.deadlines.run() }
                group.addTask { outcomes.record(await bench.run("getInfo", Self.name)) }
                try await eventually("the question") { server.received.elements.contains("1 info") }
                try await eventually("the outcome") {
                    bench.bench.clock.advance(by: .seconds(5))
                    return outcomes.count > 0
                }
                group.cancelAll()
            }
            #expect(outcomes.elements.first?.error?.kind == .timedOut)
        }
    }

    // MARK: Who is there

    @Test(
        "A registry whose certificate nobody vouches for is not spoken to, and one with another name neither")
    func certificate() async throws {
        try await Self.with { server, bench in
            let stranger = try EPPBench("cocca", Self.settings(server), NIOFrameTransport(.loopback))
            let outcome = await stranger.run("getInfo", Self.name)
            #expect(outcome.error?.kind == .providerUnavailable)
            #expect(outcome.error?.details?["problem"]?.stringValue?.contains("certificate") == true)
            let address = Self.settings(server, ["hostname": "127.0.0.1"])
            #expect(await bench.run(bench.action("getInfo", Self.name, settings: address)).outcome == .failed)
            #expect(server.received.elements.isEmpty)
            let lenient = address.merging(["verify_peer_name": false]) { $1 }
            var action = bench.action("getInfo", Self.name, settings: lenient)
            action.configuration.version = 2
            #expect(await bench.run(action).outcome == .succeeded)
        }
    }

    @Test("A registry that wants to see a certificate gets the one that the settings have")
    func clientCertificate() async throws {
        let folder = try TemporaryFolder()
        let url = URL(filePath: folder.path)
        let authority = try TestAuthority(in: url)
        let (certificate, key) = try authority.certificate(for: "registrar.example", in: url)
        let pem =
            try String(contentsOf: certificate, encoding: .utf8) + String(contentsOf: key, encoding: .utf8)
        try await EPPServer.with(clientAuthority: authority.certificateFile) { _, name, id in
            EPPServer.usual(name, id)
        } _: { server, frames in
            let bare = try EPPBench("cocca", Self.settings(server), frames)
            #expect(await bare.run("getInfo", Self.name).outcome == .failed)
            let shown = try EPPBench("cocca", Self.settings(server, ["certificate": .string(pem)]), frames)
            #expect(await shown.run("getInfo", Self.name).outcome == .succeeded)
            let broken = try EPPBench("cocca", Self.settings(server, ["certificate": "no PEM"]), frames)
            #expect(await broken.run("getInfo", Self.name).error?.kind == .internal)
            await shown.bench.sessions.shutDown()
        }
    }

    @Test("Credentials that are not taken are told as such, and every attempt signs in anew")
    func refusedLogin() async throws {
        try await EPPServer.with { _, name, id in
            name == "login" ? .frame(StubRegistry.response(2_200, id: id)) : EPPServer.usual(name, id)
        } _: { server, frames in
            let bench = try EPPBench("cocca", Self.settings(server), frames)
            for _ in 0..<2 { #expect(await bench.run("getInfo", Self.name).error?.kind == .unauthorized) }
            #expect(server.received.elements == ["1 login", "2 login"])
        }
    }

    @Test("Where nobody listens, nothing was done")
    func refusedConnection() async throws {
        let settings = EPPBench.cocca.merging(["hostname": "localhost", "port": 1]) { $1 }
        let bench = try EPPBench("cocca", settings, NIOFrameTransport(.loopback))
        let outcome = await bench.run("register", DemoRegistrar.registration(tld: "ng"))
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .providerUnavailable)
    }

    // MARK: Traces

    @Test("Passwords and codes are neither in the log nor in what staff see of the traffic")
    func secrets() async throws {
        let registry = StubRegistry { command in
            command.name == "domain:info"
                ? .domain("example.eu", sponsor: "a001234", authCode: "registry-made-code") : .contact("R1")
        }
        let bench = try EPPBench("eurid", EPPBench.eurid, registry)
        let action = bench.action("getEppCode", ["sld": "example", "tld": "eu"])
        let outcome = await bench.run(action)
        #expect(outcome.outcome == .succeeded)
        let ended = try #require(bench.log.line("Ended attempt")?.metadata["debug"])
        let debug = try bench.bench.sealer.open(ended, context: "\(action.actionID)/debug").stringValue ?? ""
        #expect(debug.contains("<clID>a001234</clID>") && debug.contains("example.eu"))
        for secret in ["eurid-password", "registry-made-code"] {
            #expect(!debug.contains(secret))
            #expect(!bench.log.lines.contains { $0.metadata.values.contains { $0.contains(secret) } })
        }
        let call = bench.log.lines.first { $0.metadata["command"] == "domain:info" }
        #expect(call?.metadata["transaction.id"]?.hasPrefix("\(action.actionID)-1-") == true)
    }
}

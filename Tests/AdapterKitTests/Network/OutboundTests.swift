import AdapterKit
import AdapterTestSupport
import Foundation
import Models
import ServiceRuntime
import Testing
import TestSupport

/// What keeps providers' addresses from leading into the operator's network.
@Suite("Connections to addresses that third parties may not have")
struct OutboundTests {
    private static let publicAddress = ["93.184.216.34"].compactMap { NetworkAddress($0) }

    /// Only public addresses, and a resolver that says what is wanted.
    private static func guardian(
        _ resolve: @escaping OutboundGuard.Resolver = OutboundGuard.systemAddresses
    ) -> OutboundGuard {
        OutboundGuard(.publicOnly, resolve: resolve)
    }

    private static func send(
        _ outbound: OutboundGuard, to host: String, port: Int
    ) async throws -> Result<HTTPResponse, ProviderError> {
        let transport = HTTPClientTransport(outbound)
        let result: Result<HTTPResponse, ProviderError>
        do throws(ProviderError) {
            result = .success(
                try await transport.send(
                    HTTPRequest(.post, scheme: "http", host: host, port: port, path: "/")))
        } catch {
            result = .failure(error)
        }
        try await transport.shutdown()
        return result
    }

    private static func expectRefusal(_ result: Result<HTTPResponse, ProviderError>, _ name: String) {
        let error = #expect(throws: ProviderError.self, "\(name)") { try result.get() }
        #expect(error?.kind == .internal, "\(name)")
        #expect(error?.isRetriable == false, "\(name)")
        #expect(error?.mayHaveTakenEffect == false, "\(name)")
        let problem = error?.details["problem"]?.stringValue
        #expect(problem?.contains("PURSER_OUTBOUND_ALLOW") == true, "\(name): \(problem ?? "")")
        #expect(problem?.contains("127.0.0.1") == false, "\(name)")
    }

    @Test("An address, and a name that leads to it, are refused before a connection is sought")
    func refused() async throws {
        try await LoopbackServer.with { _ in
            .http("200 OK", [], "{}")
        } _: { server in
            for host in ["127.0.0.1", "localhost", "::1", "::ffff:127.0.0.1", "127.1"] {
                let result = try await Self.send(Self.guardian(), to: host, port: server.port)
                Self.expectRefusal(result, host)
            }
            #expect(server.requests.isEmpty)
            #expect(server.connectionCount == 0)
            let answer = try await Self.send(.loopback, to: "localhost", port: server.port).get()
            #expect(answer.status == 200)
        }
    }

    @Test("One address among public ones is enough to refuse a name")
    func mixed() async throws {
        let outbound = Self.guardian { _ in
            Self.publicAddress + ["10.0.0.5"].compactMap { NetworkAddress($0) }
        }
        Self.expectRefusal(try await Self.send(outbound, to: "panel.example.com", port: 9), "mixed")
    }

    @Test("A name that leads elsewhere by the time of the connection is sent nothing")
    func rebinding() async throws {
        try await LoopbackServer.with { _ in
            .http("200 OK", [], "{}")
        } _: { server in
            // Public when it is looked up, this host when it is connected to.
            let outbound = Self.guardian { _ in Self.publicAddress }
            for _ in 0..<3 {
                Self.expectRefusal(
                    try await Self.send(outbound, to: "localhost", port: server.port), "rebinding")
            }
            #expect(server.requests.isEmpty)
            #expect(server.connectionCount > 0, "otherwise the check of the connection was not tried")
        }
    }

    @Test("A name that is not known is unavailability, and may be tried again")
    func unknown() async throws {
        let outbound = Self.guardian { _ in throw OutboundGuard.UnknownHost() }
        let result = try await Self.send(outbound, to: "panel.example.com", port: 9)
        let error = #expect(throws: ProviderError.self) { try result.get() }
        #expect(error?.kind == .providerUnavailable)
        #expect(error?.mayHaveTakenEffect == false)
    }

    @Test("Frames are refused alike, and not even TLS is begun")
    func frames() async throws {
        try await LoopbackServer.with { _ in
            .silence
        } _: { server in
            for (name, outbound) in [
                ("before", Self.guardian()), ("rebinding", Self.guardian { _ in Self.publicAddress }),
            ] {
                let transport = NIOFrameTransport(outbound)
                let error = await #expect(throws: ProviderError.self, "\(name)") {
                    _ = try await transport.connect(
                        to: FrameEndpoint(host: "localhost", port: server.port))
                }
                #expect(error?.kind == .internal, "\(name)")
                #expect(
                    error?.details["problem"]?.stringValue?.contains("PURSER_OUTBOUND_ALLOW") == true,
                    "\(name)")
            }
            #expect(server.byteCount == 0)
        }
    }
}

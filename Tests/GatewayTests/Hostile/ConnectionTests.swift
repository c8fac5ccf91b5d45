import HTTPTypes
import HummingbirdTesting
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Synchronization
import Testing

@testable import Gateway

/// What can be said on a connection that no client would say.
@Suite struct ConnectionTests {
    private static let head = "Host: purser\r\nAuthorization: Bearer \(GatewayHarness.admin)\r\n"
    /// A request that must never be seen: it stands where a body does.
    private static let smuggled = "GET /v1/whoami HTTP/1.1\r\n\(head)\r\n"

    private static func post(_ headers: String, _ body: String) -> String {
        "POST /v1/clients HTTP/1.1\r\n\(head)Content-Type: application/json\r\n\(headers)\r\n\(body)"
    }

    /// Requests of which two readers could see different ends.
    private static let forms: [(name: String, text: String)] = [
        (
            "a length and chunks",
            post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n\(smuggled)")
        ),
        (
            "chunks and a length",
            post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n\(smuggled)")
        ),
        ("two lengths", post("Content-Length: 0\r\nContent-Length: 200\r\n", smuggled)),
        ("two lengths in one", post("Content-Length: 0, 200\r\n", smuggled)),
        ("a length with a sign", post("Content-Length: +0\r\n", smuggled)),
        ("a length below nothing", post("Content-Length: -1\r\n", smuggled)),
        ("a length in hexadecimal digits", post("Content-Length: 0x0\r\n", smuggled)),
        ("a length out of reach", post("Content-Length: 99999999999999999999999\r\n", smuggled)),
        ("a space before the colon", post("Content-Length : 0\r\n", smuggled)),
        (
            "a space before the colon of chunks",
            post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n\(smuggled)")
        ),
        ("a folded header", post("X-A: b\r\n Content-Length: 0\r\n", smuggled)),
        ("chunks under another name", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n\(smuggled)")),
        (
            "chunks that are not last",
            post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n\(smuggled)")
        ),
        ("a chunk's length that is none", post("Transfer-Encoding: chunked\r\n", "g\r\n\r\n\(smuggled)")),
        (
            "a chunk's length out of reach",
            post("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n\(smuggled)")
        ),
        (
            "a chunk that is longer than it says",
            post("Transfer-Encoding: chunked\r\n", "2\r\n{}}\r\n0\r\n\r\n\(smuggled)")
        ),
        ("a header without a colon", post("Content-Length\r\n", smuggled)),
        ("NUL in a header", post("X-A: b\u{0}c\r\nContent-Length: 0\r\n", smuggled)),
        ("CR in a header", post("X-A: b\rContent-Length: 0\r\n", smuggled)),
        ("a version that is none", "GET /v1/whoami HTTP/9.9\r\n\(head)\r\n"),
        ("no version", "GET /v1/whoami\r\n\(head)\r\n"),
        ("no HTTP", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{FC}\u{3}\u{3}"),
        ("a method with a space", "GE T /v1/whoami HTTP/1.1\r\n\(head)\r\n"),
        ("an address with a space", "GET /v1/who ami HTTP/1.1\r\n\(head)\r\n"),
    ]

    @Test(arguments: forms.indices)
    func `a request whose end is not clear is refused, and ends the connection`(_ index: Int) async throws {
        let (name, text) = Self.forms[index]
        try await GatewayHarness.run(.live) { harness in
            let port = try #require(harness.http.port)
            try await RawConnection.with(port: port) { connection in
                try await connection.send(text)
                try await connection.end()
                #expect(connection.statuses == [400], "\(name): \(connection.text)")
            }
            #expect(harness.fake.state.withLock { $0.clients.isEmpty }, "\(name)")
        }
    }

    @Test(arguments: [
        "Host: purser\r\nHost: elsewhere.example\r\n", "Host: purser\r\nHost: purser\r\n",
        "Host: purser\r\nhOsT:\r\n", "Host: purser elsewhere.example\r\n",
        "Host: purser/v1\r\n", "Host: someone@purser\r\n",
    ])
    func `a request that does not name one host is refused`(_ hosts: String) async throws {
        try await GatewayHarness.run(.live) { harness in
            let port = try #require(harness.http.port)
            for path in ["/v1/whoami", "/healthz", "/v1/nothing"] {
                try await RawConnection.with(port: port) { connection in
                    try await connection.send(
                        "GET \(path) HTTP/1.1\r\n\(hosts)Authorization: Bearer \(GatewayHarness.admin)\r\n"
                            + "Connection: close\r\n\r\n")
                    try await connection.end()
                    #expect(connection.statuses == [400], "\(connection.text)")
                    #expect(connection.text.contains("urn:purser:problem:not-one-host"))
                }
            }
        }
    }

    @Test(arguments: [
        "1.1\r\nHost:", "1.1\r\nHost: [::1]:8080", "1.1\r\nHost: purser.example:8080",
        "1.0", "1.0\r\nHost: purser",
    ])
    func `a host may be empty, and in HTTP 1 0 left out`(_ version: String) async throws {
        try await GatewayHarness.run(.live) { harness in
            let port = try #require(harness.http.port)
            try await RawConnection.with(port: port) { connection in
                try await connection.send("GET /healthz HTTP/\(version)\r\nConnection: close\r\n\r\n")
                try await connection.end()
                #expect(connection.statuses == [200], "\(connection.text)")
            }
        }
    }

    @Test(arguments: [
        "X-Big: \(String(repeating: "a", count: 20_000))\r\n",
        (0..<300).map { "X-\($0): a\r\n" }.joined(),
        (0..<90).map { "X-\($0): \(String(repeating: "a", count: 500))\r\n" }.joined(),
    ])
    func `headers over the limits are refused`(_ headers: String) async throws {
        try await GatewayHarness.run(.live) { harness in
            let port = try #require(harness.http.port)
            try await RawConnection.with(port: port) { connection in
                try await connection.send("GET /v1/whoami HTTP/1.1\r\n\(Self.head)\(headers)\r\n")
                try await connection.end()
                #expect(connection.statuses == [400], "\(connection.text)")
            }
            #expect(try await harness.call(.get, "/v1/whoami").status == 200)
        }
    }

    @Test func `an address with a host in it is a path of this gateway`() async throws {
        try await GatewayHarness.run(.live) { harness in
            let port = try #require(harness.http.port)
            for address in ["http://elsewhere.example/v1/whoami", "https://elsewhere.example:1/v1/whoami"] {
                try await RawConnection.with(port: port) { connection in
                    try await connection.send(
                        "GET \(address) HTTP/1.1\r\n\(Self.head)Connection: close\r\n\r\n")
                    try await connection.end()
                    #expect(connection.statuses == [200], "\(connection.text)")
                    #expect(connection.text.contains("\"token_id\""))
                }
            }
        }
    }

    @Test func `requests behind each other are answered in their order`() async throws {
        try await GatewayHarness.run(.live) { harness in
            let port = try #require(harness.http.port)
            try await RawConnection.with(port: port) { connection in
                let requests = ["/healthz", "/v1/nothing", "/v1/whoami"].map {
                    "GET \($0) HTTP/1.1\r\n\(Self.head)\r\n"
                }
                try await connection.send(
                    requests.joined() + "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                try await connection.end()
                #expect(connection.statuses == [200, 404, 200, 200])
            }
        }
    }

    @Test func `who waits for leave to send a body gets it, or the refusal`() async throws {
        try await GatewayHarness.run(.live) { harness in
            let port = try #require(harness.http.port)
            let body = #"{"name":"Jane","email":"jane@example.com"}"#
            let expect = "Expect: 100-continue\r\nConnection: close\r\n"
            try await RawConnection.with(port: port) { connection in
                try await connection.send(Self.post("Content-Length: \(body.utf8.count)\r\n\(expect)", ""))
                try await connection.wait(for: "HTTP/1.1 100 Continue\r\n\r\n")
                try await connection.send(body)
                try await connection.end()
                #expect(connection.statuses == [100, 201], "\(connection.text)")
            }
            try await RawConnection.with(port: port) { connection in
                try await connection.send(Self.post("Content-Length: 5000000\r\n\(expect)", ""))
                try await connection.wait(for: "HTTP/1.1 413")
                #expect(connection.statuses == [413])
            }
        }
    }

    // MARK: Slow and endless requests

    private static func channel() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(RequestDeadline())
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private static let request = HTTPRequestPart.head(
        HTTPRequest(method: .post, scheme: "http", authority: "a", path: "/"))

    @Test func `a body that drips ends its connection`() throws {
        let channel = try Self.channel()
        try channel.writeInbound(Self.request)
        for _ in 1..<Limits.requestSeconds {
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "a")))
            #expect(channel.isActive)
        }
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func `a request that has come in has all the time that its answer takes`() throws {
        let channel = try Self.channel()
        for _ in 0..<3 {
            try channel.writeInbound(Self.request)
            channel.embeddedEventLoop.advanceTime(by: .seconds(Limits.requestSeconds - 1))
            try channel.writeInbound(HTTPRequestPart.end(nil))
            channel.embeddedEventLoop.advanceTime(by: .hours(1))
            #expect(channel.isActive)
        }
    }

    @Test func `a body without end ends its connection`() throws {
        let channel = try Self.channel()
        try channel.writeInbound(Self.request)
        let piece = ByteBuffer(repeating: 1, count: 1 << 20)
        for _ in 0..<(Limits.discardedBodyBytes >> 20) {
            try channel.writeInbound(HTTPRequestPart.body(piece))
            #expect(channel.isActive)
        }
        try channel.writeInbound(HTTPRequestPart.body(piece))
        #expect(!channel.isActive)
    }

    @Test func `a refused body is read on to the next request`() async throws {
        try await GatewayHarness.run(.live) { harness in
            let port = try #require(harness.http.port)
            try await RawConnection.with(port: port) { connection in
                let body = String(repeating: "a", count: 2 << 20)
                try await connection.send(Self.post("Content-Length: \(body.utf8.count)\r\n", body))
                try await connection.send("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                try await connection.end()
                #expect(connection.statuses == [413, 200])
            }
        }
    }
}

import AdapterKit
import AdapterTestSupport
import Foundation
import Models
import NIOSSL
import TestSupport
import Testing

@Suite("Requests over the network")
struct NetworkTests {
    @Test("A request arrives as it was given, encoded")
    func request() async throws {
        let response = try await Self.send(
            { $0.hasPrefix("GET") ? .http("200 OK", ["X-A: 1"], #"{"a":1}"#) : .http("500 No", [], "") },
            path: "/json-api/a b/ü?", query: [.init("na&me", "ja ne+é")], headers: [.init("X-Test", "yes")]
        ) { head in
            #expect(head.hasPrefix("GET /json-api/a%20b/%C3%BC%3F?na%26me=ja%20ne%2B%C3%A9 HTTP/1.1\r\n"))
            #expect(head.contains("X-Test: yes"))
        }.get()
        #expect(try response.json() == ["a": 1])
        #expect(response.header("x-a") == "1")
    }

    @Test(
        "Bodies that cannot be read are unavailability, and a change may have happened",
        arguments: [
            ("<!DOCTYPE html><html><body>Sign in</body></html>", "is an HTML page instead of JSON"),
            ("\n  <html></html>", "is an HTML page instead of JSON"),
            (#"{"metadata":{"result":1,"#, "is no JSON, or cut off"), ("", "is no JSON, or cut off"),
            ("OK", "is no JSON, or cut off"),
        ])
    func unreadable(body: String, problem: String) async throws {
        for (method, mayHaveTakenEffect) in [(HTTPRequest.Method.get, false), (.post, true)] {
            let response = try await Self.send({ _ in .http("200 OK", [], body) }, method).get()
            let error = #expect(throws: ProviderError.self) { try response.json() }
            #expect(error?.kind == .providerUnavailable)
            #expect(error?.mayHaveTakenEffect == mayHaveTakenEffect)
            #expect(error?.details["problem"]?.stringValue?.contains(problem) == true)
        }
    }

    @Test("Text that is not UTF-8 is unavailability")
    func invalidUTF8() async throws {
        let bytes = Array("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n".utf8) + [0x22, 0xC3, 0x28, 0x22]
        let response = try await Self.send { _ in .bytes(bytes) }.get()
        let error = #expect(throws: ProviderError.self) { try response.json() }
        #expect(error?.kind == .providerUnavailable)
    }

    @Test(
        "Each status has its kind",
        arguments: [
            (401, .unauthorized), (403, .unauthorized), (404, .notFound), (408, .timedOut),
            (409, .alreadyExists),
            (410, .notFound), (422, .rejected), (400, .rejected), (429, .rateLimited),
            (500, .providerUnavailable),
            (502, .providerUnavailable), (503, .providerUnavailable), (304, .providerUnavailable),
        ] as [(Int, ErrorKind)])
    func status(status: Int, kind: ErrorKind) async throws {
        let response = try await Self.send({ _ in .http("\(status) Whatever", [], "x") }, .post).get()
        let error = #expect(throws: ProviderError.self) { try response.successful() }
        #expect(error?.kind == kind)
        #expect(error?.mayHaveTakenEffect == (status >= 500 || status == 408))
    }

    @Test(
        "Retry-After is heeded within reason",
        arguments: [
            ("120", Duration.seconds(120)), ("0", .zero), ("999999999", .seconds(86_400)), ("soon", nil),
            ("-1", nil),
        ] as [(String, Duration?)])
    func retryAfter(value: String, duration: Duration?) async throws {
        let response = try await Self.send { _ in .http("429 Slow", ["Retry-After: \(value)"], "") }.get()
        #expect(response.retryAfter == duration)
    }

    @Test("A redirect to the same host is followed")
    func redirect() async throws {
        let response = try await Self.send { head in
            head.hasPrefix("GET /there")
                ? .http("200 OK", [], "{}") : .http("302 Found", ["Location: /there?a=1"], "")
        }.get()
        #expect(response.status == 200)
    }

    @Test("A redirect to another host is not followed, and nothing is sent there")
    func redirectElsewhere() async throws {
        try await LoopbackServer.with { _ in
            .http("200 OK", [], "{}")
        } _: { other in
            let result = try await Self.send { _ in
                .http("302 Found", ["Location: http://localhost:\(other.port)/"], "")
            }
            let error = #expect(throws: ProviderError.self) { try result.get() }
            #expect(error?.kind == .providerUnavailable)
            #expect(error?.details["location_host"] == "localhost")
            #expect(other.requests.isEmpty)
        }
    }

    @Test("A redirect to another port of the host is not followed")
    func redirectToPort() async throws {
        let result = try await Self.send { _ in .http("302 Found", ["Location: http://127.0.0.1:1/"], "") }
        #expect(throws: ProviderError.self) { try result.get() }
    }

    @Test("Redirects end after three")
    func redirectLoop() async throws {
        let count = Counter()
        let result = try await Self.send { _ in
            _ = count.next()
            return .http("302 Found", ["Location: /again"], "")
        }
        #expect(throws: ProviderError.self) { try result.get() }
        #expect(count.next() == 5)
    }

    @Test("A changing request is not turned into another one by a redirect")
    func redirectedChange() async throws {
        let result = try await Self.send({ _ in .http("302 Found", ["Location: /there"], "") }, .post)
        let error = #expect(throws: ProviderError.self) { try result.get() }
        #expect(error?.mayHaveTakenEffect == false)
    }

    @Test("An answer of 50 MB is not read")
    func largeBody() async throws {
        let result = try await Self.send({ _ in .large(50 << 20) }, .post)
        let error = #expect(throws: ProviderError.self) { try result.get() }
        #expect(error?.kind == .providerUnavailable)
        #expect(error?.mayHaveTakenEffect == true)
        #expect(error?.details["problem"]?.stringValue?.contains("larger than 8388608 bytes") == true)
    }

    @Test("A connection that is closed without an answer may have been a change", arguments: [true, false])
    func closed(isChanging: Bool) async throws {
        let result = try await Self.send({ _ in .close }, isChanging ? .post : .get)
        let error = #expect(throws: ProviderError.self) { try result.get() }
        #expect(error?.kind == .providerUnavailable)
        #expect(error?.mayHaveTakenEffect == isChanging)
    }

    @Test("A port where nobody listens was sent nothing")
    func refused() async throws {
        // The discard service: below the ports that other tests are given.
        let result = await Self.send(
            HTTPRequest(.post, scheme: "http", host: "127.0.0.1", port: 9, path: "/"))
        let error = #expect(throws: ProviderError.self) { try result.get() }
        #expect(error?.kind == .providerUnavailable)
        #expect(error?.mayHaveTakenEffect == false)
    }

    @Test("A host that is not there was sent nothing")
    func unknownHost() async throws {
        let result = await Self.send(HTTPRequest(.post, scheme: "http", host: "nobody.invalid", path: "/"))
        let error = #expect(throws: ProviderError.self) { try result.get() }
        #expect(error?.kind == .providerUnavailable)
        #expect(error?.mayHaveTakenEffect == false)
    }

    @Test("A header with a line break is refused before anything is sent")
    func headerInjection() async throws {
        let result = try await Self.send(
            { _ in .http("200 OK", [], "{}") }, headers: [.init("X-A", "1\r\nX-B: 2")])
        let error = #expect(throws: ProviderError.self) { try result.get() }
        #expect(error?.kind == .invalidInput)
    }

    @Test("A cancelled call has timed out, and may have been a change")
    func cancelled() async throws {
        let arrived = Recorder<String>()
        try await LoopbackServer.with { head in
            arrived.record(head)
            return .silence
        } _: { server in
            let result = try await withThrowingTaskGroup(of: Result<HTTPResponse, ProviderError>?.self) {
                group in
                group.addTask {
                    await Self.send(
                        HTTPRequest(.post, scheme: "http", host: "127.0.0.1", port: server.port, path: "/"))
                }
                try await arrived.wait(for: 1)
                group.cancelAll()
                return try await group.next() ?? nil
            }
            guard case .failure(let error) = try #require(result) else {
                Issue.record("it was answered")
                return
            }
            #expect(error.kind == .timedOut)
            #expect(error.mayHaveTakenEffect)
        }
    }

    @Test(
        "A certificate that does not verify ends the connection before anything is sent, unless that is wanted"
    )
    func tls() async throws {
        let folder = try TemporaryFolder()
        let place = URL(filePath: folder.path)
        let files = try TestAuthority(in: place).certificate(for: "localhost", in: place)
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(files.certificate.path).map {
                    .certificate($0)
                },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: files.key.path, format: .pem))))
        try await LoopbackServer.with(tls: context) { _ in
            .http("200 OK", [], "{}")
        } _: { server in
            var request = HTTPRequest(.post, host: "localhost", port: server.port, path: "/")
            let refused = await Self.send(request)
            let error = #expect(throws: ProviderError.self) { try refused.get() }
            #expect(error?.kind == .providerUnavailable)
            #expect(error?.mayHaveTakenEffect == false)
            #expect(server.requests.isEmpty)
            request.tls.isVerified = false
            let status = try await Self.send(request).get().status
            #expect(status == 200)
        }
    }

    // MARK: Sending

    private static func send(_ request: HTTPRequest) async -> Result<HTTPResponse, ProviderError> {
        let transport = HTTPClientTransport(.loopback)
        let result: Result<HTTPResponse, ProviderError>
        do throws(ProviderError) {
            result = .success(try await transport.send(request))
        } catch {
            result = .failure(error)
        }
        do {
            try await transport.shutdown()
        } catch {
            Issue.record(error)
        }
        return result
    }

    private static func send(
        _ answer: @escaping @Sendable (String) -> LoopbackServer.Answer, _ method: HTTPRequest.Method = .get,
        path: String = "/", query: [HTTPRequest.Field] = [], headers: [HTTPRequest.Field] = [],
        check: (String) -> Void = { _ in }
    ) async throws -> Result<HTTPResponse, ProviderError> {
        try await LoopbackServer.with(answer: answer) { server in
            let result = await send(
                HTTPRequest(
                    method, scheme: "http", host: "127.0.0.1", port: server.port, path: path, query: query,
                    headers: headers))
            if let head = server.requests.first { check(head) }
            return result
        }
    }
}

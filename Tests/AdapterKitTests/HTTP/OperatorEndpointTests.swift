import AdapterKit
import AdapterTestSupport
import Foundation
import Models
import TestSupport
import Testing

@Suite("Endpoints of an operator's own")
struct OperatorEndpointTests {
    private static let access = OperatorEndpoint.Access(token: "tok-9", timeLimit: .seconds(60))

    private static func call(
        _ url: String, method: String = "post", _ fields: [HTTPRequest.Field] = [.init("a", "1")],
        answer: HTTPResponse = .json("{}")
    ) async throws -> (HTTPRequest, OperatorAnswer) {
        let transport = StubTransport { _ in .success(answer) }
        let answer = try await OperatorEndpoint(url: url, method: method)
            .call(fields, isChanging: true, access: access, over: transport)
        return (try #require(transport.sent.elements.first), answer)
    }

    @Test("What lies within others is named in brackets; null and empty say nothing")
    func bracketed() {
        let fields = [HTTPRequest.Field](bracketed: [
            "text": "x y", "number": 3, "share": 1.5, "yes": true, "no": false, "nothing": .null, "none": [],
            "map": .object(["b": ["c": "d"], "a": .null]), "list": ["p", ["q": "r"]],
        ])
        #expect(
            fields == [
                .init("list[0]", "p"), .init("list[1][q]", "r"), .init("map[b][c]", "d"), .init("no", "0"),
                .init("number", "3"), .init("share", "1.5"), .init("text", "x y"), .init("yes", "1"),
            ])
    }

    @Test("Fields travel in the address with GET, else as a form; the token in a header always")
    func placed() async throws {
        let (read, _) = try await Self.call("https://svc.example.com/api?op=login", method: "GET")
        #expect(read.query == [.init("op", "login"), .init("a", "1")])
        #expect(read.body == .none)
        #expect(read.isChanging)
        for method in ["post", "put", "patch", "delete"] {
            let (request, _) = try await Self.call("https://svc.example.com/api?op=login", method: method)
            #expect(request.method.rawValue == method.uppercased())
            #expect(request.query == [.init("op", "login")])
            #expect(request.body == .form([.init("a", "1")]))
            #expect(request.headers.contains(.init("Authorization", "Bearer tok-9")))
            #expect(!request.url.contains("tok-9"))
        }
    }

    @Test(
        "An address is called as it is configured",
        arguments: [
            ("https://svc.example.com", "https://svc.example.com/"),
            ("HTTP://svc.example.com:8080/a%20b/", "http://svc.example.com:8080/a%20b/"),
            ("https://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
            ("https://svc.example.com/x?a=b%26c#part", "https://svc.example.com/x?a=b%26c"),
        ])
    func address(configured: String, called: String) async throws {
        #expect(try await Self.call(configured, []).0.url == called)
    }

    @Test(
        "What cannot be called is told to staff",
        arguments: [
            (nil, "post"), ("https://svc.example.com", nil), ("https://svc.example.com", "trace"),
            ("ftp://svc.example.com", "post"), ("/api/create", "post"), ("", "post"),
            ("https://user:secret@svc.example.com/", "post"),
        ] as [(String?, String?)])
    func impossible(url: String?, method: String?) {
        let error = #expect(throws: ProviderError.self) { try OperatorEndpoint(url: url, method: method) }
        #expect(error?.kind == .internal)
        #expect(error?.details["problem"]?.stringValue?.contains("secret") == false)
    }

    @Test("Members of extra stand beside the others and displace none")
    func extra() throws {
        let parameters: [String: JSONValue] = [
            "username": "u-77",
            "extra": ["username": "root", "region": "eu", "extra": "x", "configuration_extra": ["k": "v"]],
        ]
        let spread = try [HTTPRequest.Field](
            operatorFields: parameters, adding: ["configuration_extra": .object([:])])
        #expect(
            spread.filter { !$0.name.hasPrefix("extra[") } == [
                .init("region", "eu"), .init("username", "u-77"),
            ])
        let kept = try [HTTPRequest.Field](operatorFields: parameters, spreadsExtra: false)
        #expect(!kept.contains { $0.name == "region" })
        #expect(kept.contains(.init("extra[region]", "eu")))
    }

    @Test(
        "A refusal has its kind, and the endpoint's own words for staff",
        arguments: [
            (401, #"{"message":"No"}"#, .unauthorized), (404, #"{"error":"No"}"#, .notFound),
            (409, #"{"message":"No"}"#, .alreadyExists), (422, #"{"message":"No"}"#, .rejected),
            (200, #"{"success":false,"message":"No"}"#, .rejected),
            (200, #"{"success":"0","error":"No"}"#, .rejected),
        ] as [(Int, String, ErrorKind)])
    func refused(status: Int, body: String, kind: ErrorKind) async throws {
        let error = await #expect(throws: ProviderError.self) {
            try await Self.call("https://svc.example.com", answer: .json(body, status: status))
        }
        #expect(error?.kind == kind)
        #expect(error?.details["reason"] == "No")
        #expect(error?.mayHaveTakenEffect == false)
    }

    @Test("Answers are read as JSON, as a form, or as text")
    func answers() async throws {
        func read(_ body: String, _ type: String) async throws -> OperatorAnswer {
            let answer = HTTPResponse(
                status: 200, headers: [.init("Content-Type", type)], body: Data(body.utf8))
            return try await Self.call("https://svc.example.com", answer: answer).1
        }
        #expect(try await read(#"{"key":"k","empty":""}"#, "text/html").value("key") == "k")
        #expect(try await read(#"{"key":"k","empty":""}"#, "text/html").value("empty") == nil)
        #expect(try await read("key=k+1&b=2", "application/x-www-form-urlencoded").value("key") == "k 1")
        #expect(
            try await read(" https://svc.example.com/x \n", "text/plain").text == "https://svc.example.com/x")
        #expect(
            try await read(#""https://svc.example.com/x""#, "application/json").text
                == "https://svc.example.com/x")
        let empty = try await read("", "text/plain")
        #expect(empty.text == nil && empty.members.isEmpty)
    }

    @Test("Only the host is asked whether it answers, without the token")
    func reach() async throws {
        let transport = StubTransport { _ in .success(HTTPResponse(status: 404)) }
        let endpoint = try OperatorEndpoint(url: "https://svc.example.com/api/create?x=1", method: "get")
        try await endpoint.reach(access: Self.access, over: transport)
        let request = try #require(transport.sent.elements.first)
        #expect(request.method == .head)
        #expect(request.url == "https://svc.example.com/")
        #expect(request.headers.isEmpty)
        let broken = StubTransport { _ in .success(HTTPResponse(status: 502)) }
        await #expect(throws: ProviderError.self) {
            try await endpoint.reach(access: Self.access, over: broken)
        }
    }
}

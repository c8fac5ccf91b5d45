import AdapterKit
import AdapterTestSupport
@testable import AutoLoginAdapter
import Foundation
import Models
import TestSupport
import Testing

/// What the recordings do not show.
@Suite("Signing in by an operator's own endpoints beyond the recordings")
struct GenericTests {
    private static let settings: [String: JSONValue] = [
        "access_token": "tok-123", "login_endpoint_http_method": "post",
        "login_endpoint_url": "https://svc.example.com/login", "has_create": true,
        "create_endpoint_http_method": "post", "create_endpoint_url": "https://svc.example.com/create",
        "has_terminate": true, "terminate_endpoint_http_method": "get",
        "terminate_endpoint_url": "https://svc.example.com/end", "extra_secret_1": "s3cr3t",
    ]

    private static func service(
        _ more: [String: JSONValue] = [:], _ answer: @escaping StubTransport.Answer
    ) throws -> ProviderBench {
        try ProviderBench(
            "generic", of: AutoLoginAdapter.self, settings: settings.merging(more) { $1 }, answer)
    }

    @Test(
        "What is not offered is unsupported, and nothing is sent",
        arguments: ["suspend", "renew", "changePackage"])
    func notOffered(function: String) async throws {
        let service = try Self.service { _ in .success(.json("{}")) }
        #expect(await service.run(function, ["username": "u-77"]).error?.kind == .unsupported)
        #expect(service.transport.sent.count == 0)
    }

    @Test(
        "A browser is sent to web addresses only",
        arguments: [
            "", "{}", "<html>", "Please sign in", #"{"url":null}"#, #"{"url":"javascript:alert(1)"}"#,
            #"{"url":"/sso"}"#, #"{"url":"https://"}"#, #"{"url":"https://a.example/ b"}"#,
        ])
    func noAddress(body: String) async throws {
        let service = try Self.service { _ in .success(.json(body)) }
        #expect(await service.run("login", ["username": "u-77"]).error?.kind == .providerUnavailable)
    }

    @Test("A lost answer of what may not be done twice is for a person")
    func lost() async throws {
        let service = try Self.service { request in
            .failure(ProviderError(.timedOut, mayHaveTakenEffect: request.isChanging))
        }
        #expect(await service.run("create", ["user_id": 42]).outcome == .unsure)
        #expect(await service.run("terminate", ["username": "u-77"]).outcome == .unsure)
        #expect(await service.run("login", ["username": "u-77"]).outcome == .failed)
    }

    @Test(
        "An account has a name or an id, whatever else is answered",
        arguments: [
            (#"{"username":77,"extra":{"shard":"b"}}"#, .succeeded),
            (#"{"service_identifier":"svc-9","extra":"none"}"#, .succeeded),
            ("<html>Welcome</html>", .unsure),
            (#"{"username":""}"#, .unsure),
        ] as [(String, AttemptOutcome)])
    func opened(body: String, expected: AttemptOutcome) async throws {
        let service = try Self.service { _ in .success(.json(body)) }
        let outcome = await service.run("create", ["user_id": 42])
        #expect(outcome.outcome == expected)
        #expect(outcome.result?["extra"] == (body.contains("shard") ? ["shard": "b"] : nil))
    }

    @Test("Secrets of the configuration go in the body, and its certificates are checked unless it says so")
    func secrets() async throws {
        let service = try Self.service { _ in .success(.json(#"{"username":"u-77"}"#)) }
        _ = await service.run("create", ["user_id": 42])
        let request = try #require(service.last)
        #expect(!request.url.contains("s3cr3t") && !request.url.contains("tok-123"))
        #expect(request.bodyText?.contains("s3cr3t") == true)
        #expect(request.tls.isVerified)
        let trusting = try Self.service(["skip_ssl_verification": true]) { _ in .success(.json("{}")) }
        _ = await trusting.run("create", ["user_id": 42])
        #expect(trusting.last?.tls.isVerified == false)
    }

    @Test("The connection is tested without calling an endpoint")
    func connection() async throws {
        let service = try Self.service { _ in .success(HTTPResponse(status: 405)) }
        let configuration = AutoLoginGenericContract.Configuration(
            loginEndpointHttpMethod: "get", loginEndpointURL: "https://svc.example.com/login")
        let provider = GenericProvider(configuration: configuration, context: service.context)
        #expect(try await provider.testConnection().contains("svc.example.com"))
        #expect(service.transport.paths == ["/"])
    }
}

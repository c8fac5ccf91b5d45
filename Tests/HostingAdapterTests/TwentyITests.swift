import AdapterKit
import AdapterTestSupport
import HostingAdapter
import Models
import ServiceRuntime
import TestSupport
import Testing

/// What the recordings do not show.
@Suite("20i beyond the recordings")
struct TwentyITests {
    private typealias Answer = Result<HTTPResponse, ProviderError>

    private struct Reseller {
        let bench: AttemptBench
        let transport: StubTransport
        private let folder: TemporaryFolder

        /// - Parameter answers: by path.
        init(_ answers: [String: Answer]) throws {
            transport = StubTransport { request in
                answers[request.path]
                    ?? .success(.json(#"{"error":{"message":"No such package"}}"#, status: 404))
            }
            folder = try TemporaryFolder()
            bench = AttemptBench(
                blueprint: Hosting.blueprint, providers: HostingAdapter.providers, network: transport,
                dataFolder: folder.path)
        }

        func action(
            _ function: String, _ parameters: [String: JSONValue], possibleDuplicate: Bool = false
        ) -> ExecuteAction {
            bench.action(
                function, provider: "20i", settings: ["general_api_key": "c0ffee"], parameters: parameters,
                possibleDuplicate: possibleDuplicate)
        }

        func run(
            _ function: String, _ parameters: [String: JSONValue], possibleDuplicate: Bool = false
        ) async -> ActionOutcome {
            await bench.runner.run(
                action(function, parameters, possibleDuplicate: possibleDuplicate), isRedelivered: false,
                traceparent: nil)
        }

        var changes: [String] { transport.sent.elements.filter(\.isChanging).map(\.path) }
    }

    private static let jane: [String: JSONValue] = [
        "email": "jane@example.com", "domain": "example.com", "package_name": "9001",
    ]
    private static let lost = Answer.failure(ProviderError(.timedOut, mayHaveTakenEffect: true))
    private static let knownUser = Answer.success(.json(#"{"result":"stack-user:70"}"#))

    private static func package(_ more: String = "", users: String = #""stack-user:70""#) -> Answer {
        .success(
            .json(
                #"{"id":600,"names":["example.com"],"status":true,"stackUsers":[\#(users)],"web":{"name":"example.com","typeRef":"9001"}\#(more)}"#
            ))
    }

    @Test("An opening that is lost is found by its domain and the time that it was made")
    func lostOpening() async throws {
        let listing =
            #"[{"id":7,"created":"2020-01-15T16:30:30+00:00"},{"id":600,"created":"2026-02-03T10:11:00+00:00"}]"#
        let reseller = try Reseller([
            "/reseller/*/explicitStackUserCheck": Self.knownUser, "/reseller/*/addWeb": Self.lost,
            "/package/example.com": Self.package(), "/package": .success(.json(listing)),
        ])
        let outcome = await reseller.run("create", Self.jane)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.observed)
        #expect(outcome.result?["username"] == "600")
        #expect(outcome.result?["customer_id"] == "stack-user:70")
        #expect(reseller.changes == ["/reseller/*/addWeb"])
    }

    @Test(
        "A package that is older than the action, or of unknown age, is not taken for its own",
        arguments: [(#","created":"2026-02-01T00:00:00+00:00""#, .failed), ("", .unsure)]
            as [(String, AttemptOutcome)])
    func olderPackage(created: String, expected: AttemptOutcome) async throws {
        let reseller = try Reseller([
            "/reseller/*/explicitStackUserCheck": Self.knownUser,
            "/reseller/*/addWeb": .success(
                .json(#"{"error":{"message":"example.com is in use already"}}"#, status: 400)),
            "/package/example.com": Self.package(created), "/package": .success(.json("[]")),
        ])
        let outcome = await reseller.run("create", Self.jane, possibleDuplicate: true)
        #expect(outcome.outcome == expected)
        #expect(reseller.changes.isEmpty == (expected == .unsure))
        if expected == .failed { #expect(outcome.error?.kind == .alreadyExists) }
    }

    @Test("An opening that is lost and not there has timed out")
    func notOpened() async throws {
        let reseller = try Reseller([
            "/reseller/*/explicitStackUserCheck": Self.knownUser, "/reseller/*/addWeb": Self.lost,
        ])
        let outcome = await reseller.run("create", Self.jane)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .timedOut)
    }

    @Test("A package whose id is gone is looked for by its domain only to read")
    func onlyToRead() async throws {
        let reseller = try Reseller(["/package/example.com": Self.package()])
        let account: [String: JSONValue] = ["username": "599", "domain": "example.com"]
        #expect(await reseller.run("getInfo", account).result?["username"] == "600")
        for function in ["suspend", "unsuspend", "terminate"] {
            #expect(await reseller.run(function, account).error?.kind == .notFound)
        }
        #expect(reseller.changes == [])
    }

    @Test(
        "A termination that may be a repeat is done when 20i says that the package is gone",
        arguments: [
            (.success(.json(#"{"error":{"message":"No such package"}}"#, status: 404)), .succeeded),
            (.success(HTTPResponse(status: 404)), .unsure), (.success(HTTPResponse(status: 401)), .unsure),
        ] as [(Result<HTTPResponse, ProviderError>, AttemptOutcome)])
    func terminatedBefore(
        answer: Result<HTTPResponse, ProviderError>, expected: AttemptOutcome
    ) async throws {
        let reseller = try Reseller(["/package/600": answer])
        let outcome = await reseller.run("terminate", ["username": "600"], possibleDuplicate: true)
        #expect(outcome.outcome == expected)
        #expect(reseller.changes == [])
    }

    @Test(
        "A password is set for a user of the package only",
        arguments: [
            ("stack-user:71", #""stack-user:70","stack-user:71""#, "stack-user:71"),
            (nil, #""stack-user:70""#, "stack-user:70"), ("stack-user:72", #""stack-user:70""#, nil),
            (nil, #""stack-user:70","stack-user:71""#, nil), (nil, "", nil),
        ] as [(String?, String, String?)])
    func passwords(named: String?, users: String, changed: String?) async throws {
        let reseller = try Reseller([
            "/package/600": Self.package(users: users),
            "/reseller/*/susers": .success(.json(#"{"result":true}"#)),
        ])
        var parameters: [String: JSONValue] = ["username": "600", "password": "N3w!pass"]
        parameters["customer_id"] = named.map { .string($0) }
        let outcome = await reseller.run("changePassword", parameters)
        #expect((outcome.outcome == .succeeded) == (changed != nil))
        #expect(reseller.changes.count == (changed == nil ? 0 : 1))
        if let changed {
            #expect(
                reseller.transport.sent.elements.last?.body
                    == .json(["users": .object([changed: ["password": "N3w!pass"]])]))
        }
    }

    @Test(
        "A customer is signed in where the brand's panel is",
        arguments: [
            (#"{"brandDomain":"acme.example","brandSubdomain":"my"}"#, "my.acme.example"),
            (#"{"brandDomain":"*","brandSubdomain":"stackcp"}"#, "stackcp.example.com"),
            (#"{"brandDomain":null}"#, "www.stackcp.com"),
        ])
    func signIn(brand: String, host: String) async throws {
        let reseller = try Reseller([
            "/package/600": Self.package(), "/reseller/*/customisations": .success(.json(brand)),
            "/login/authenticate": .success(.json(#"{"access_token":"usertok","expires_in":"60"}"#)),
            "/login/implicitBranded": .success(.json(#"{"session_id":"sess-abc"}"#)),
        ])
        let action = reseller.action("getLoginUrl", ["username": "600", "user_ip": "198.51.100.7"])
        let outcome = await reseller.bench.runner.run(action, isRedelivered: false, traceparent: nil)
        let result = try reseller.bench.sealer.open(
            secretsOf: try #require(outcome.result),
            fields: try #require(Hosting.blueprint.function("getLoginUrl")).result,
            context: "\(action.actionID)/result")
        #expect(result["login_url"]?.stringValue == "https://\(host)/login/sso?PHPSESSID=sess-abc")
        #expect(result["expires"] == "2026-02-03 10:12:12")
        #expect(reseller.changes == [])
    }

    @Test(
        "An id that could lead to another path is refused, and nothing is sent",
        arguments: ["../reseller", ".."])
    func hostile(id: String) async throws {
        let reseller = try Reseller([:])
        #expect(await reseller.run("getInfo", ["username": .string(id)]).error?.kind == .invalidInput)
        #expect(reseller.transport.sent.elements.isEmpty)
    }

    @Test(
        "Refusals have their kinds, and neither key nor provider shows",
        arguments: [
            (#"{"error":{"message":"20i: no such package"}}"#, 404, .notFound),
            (#"{"error":{"message":"Bad credentials"}}"#, 401, .unauthorized),
            (#"{"error":{"message":"type is required"}}"#, 400, .invalidInput),
            (#"{"error":{"message":"Too many requests"}}"#, 429, .rateLimited),
            ("<html>", 200, .providerUnavailable), ("", 200, .providerUnavailable),
            (#"{"names":[]}"#, 200, .providerUnavailable), ("", 502, .providerUnavailable),
        ] as [(String, Int, ErrorKind)])
    func refusals(body: String, status: Int, kind: ErrorKind) async throws {
        let reseller = try Reseller(["/package/p?1": .success(.json(body, status: status))])
        let outcome = await reseller.run("getInfo", ["username": "p?1"])
        #expect(outcome.error?.kind == kind)
        #expect(outcome.error?.message.contains("20i") == false)
        let request = try #require(reseller.transport.sent.elements.first)
        #expect(request.headers.contains(.init("Authorization", "Bearer YzBmZmVl")))
        #expect(!request.url.contains("c0ffee"))
    }
}

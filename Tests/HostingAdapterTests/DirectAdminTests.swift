import AdapterKit
import AdapterTestSupport
import Foundation
import HostingAdapter
import Models
import ServiceRuntime
import TestSupport
import Testing

/// What the recordings do not show.
@Suite("DirectAdmin beyond the recordings")
struct DirectAdminTests {
    private typealias Answer = Result<HTTPResponse, ProviderError>

    /// A panel that answers by command.
    private struct Server {
        let bench: AttemptBench
        let transport: StubTransport
        private let folder: TemporaryFolder

        init(_ answers: [String: Answer]) throws {
            transport = StubTransport { request in
                let ip = request.query.first { $0.name == "ip" }?.value
                return answers[String(request.path.dropFirst()) + (ip.map { "?" + $0 } ?? "")]
                    ?? Server.refusal("User does not exist")
            }
            folder = try TemporaryFolder()
            bench = AttemptBench(
                blueprint: Hosting.blueprint, providers: HostingAdapter.providers, network: transport,
                dataFolder: folder.path)
        }

        static func refusal(_ reason: String) -> Answer {
            .success(.json(#"{"error":"DirectAdmin cannot","result":"\#(reason)"}"#, status: 500))
        }

        func run(
            _ function: String, _ parameters: [String: JSONValue], settings: [String: JSONValue] = [:],
            possibleDuplicate: Bool = false
        ) async -> ActionOutcome {
            let usual: [String: JSONValue] = [
                "hostname": "da1.example.com", "username": "acme", "password": "Pa55word",
            ]
            return await bench.runner.run(
                bench.action(
                    function, provider: "direct-admin", settings: usual.merging(settings) { $1 },
                    parameters: parameters, possibleDuplicate: possibleDuplicate), isRedelivered: false,
                traceparent: nil)
        }

        func fields(of command: String) -> [HTTPRequest.Field] {
            let request = transport.sent.elements.last { $0.path == "/\(command)" }
            guard case .form(let fields)? = request?.body else { return [] }
            return fields
        }

        /// As whom the last request signed in.
        var lastLogin: String? {
            transport.sent.elements.last?.headers.first { $0.name == "Authorization" }
                .flatMap { Data(base64Encoded: String($0.value.dropFirst("Basic ".count))) }
                .map { String(decoding: $0, as: UTF8.self) }
        }
    }

    private static let lost = Answer.failure(ProviderError(.timedOut, mayHaveTakenEffect: true))
    private static let jane: [String: JSONValue] = [
        "email": "jane@example.com", "username": "janedoe", "password": "S3cret!pass9",
        "domain": "example.com", "package_name": "gold",
    ]

    private static func account(
        kind: String = "user", created: String? = "Tue Feb  3 10:11:20 2026",
        email: String = "jane@example.com"
    ) -> Answer {
        let date = created.map { #","date_created":"\#($0)""# } ?? ""
        return .success(
            .json(
                #"{"username":"janedoe","domain":"example.com","usertype":"\#(kind)","email":"\#(email)","package":"gold","suspended":"no","quota":"0"\#(date)}"#
            ))
    }

    private static let willing: [String: Answer] = [
        "CMD_API_SHOW_RESELLER_IPS": .success(.json(#"["192.0.2.8","192.0.2.9","192.0.2.10"]"#)),
        "CMD_API_SHOW_RESELLER_IPS?192.0.2.8": .success(.json(#"{"status":"owned"}"#)),
        "CMD_API_SHOW_RESELLER_IPS?192.0.2.9": .success(.json(#"{"status":"free"}"#)),
        "CMD_API_SHOW_RESELLER_IPS?192.0.2.10": .success(.json(#"{"status":"shared"}"#)),
        "CMD_API_ACCOUNT_USER": .success(.json(#"{"error":"0"}"#)),
        "CMD_API_ACCOUNT_RESELLER": .success(.json(#"{"error":"0"}"#)),
        "CMD_API_SHOW_USER_CONFIG": account(),
    ]

    private static func willing(but answers: [String: Answer]) -> [String: Answer] {
        willing.merging(answers) { $1 }
    }

    @Test("An opening that is lost is found on the server")
    func createLost() async throws {
        let server = try Server(Self.willing(but: ["CMD_API_ACCOUNT_USER": Self.lost]))
        let outcome = await server.run("create", Self.jane)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.observed)
        #expect(outcome.result?["username"] == "janedoe")
        #expect(server.transport.paths.count { $0 == "/CMD_API_ACCOUNT_USER" } == 1)
    }

    @Test(
        "An account that is older or another's is not taken for this action's",
        arguments: [
            ("Mon Feb  2 10:11:20 2026", "jane@example.com"), ("Tue Feb  3 10:11:20 2026", "joe@example.com"),
        ])
    func createTaken(created: String, email: String) async throws {
        let server = try Server(
            Self.willing(but: [
                "CMD_API_SHOW_USER_CONFIG": Self.account(created: created, email: email),
                "CMD_API_ACCOUNT_USER": Server.refusal("That username already exists on the system"),
            ]))
        let outcome = await server.run("create", Self.jane, possibleDuplicate: true)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .alreadyExists)
    }

    @Test(
        "An account that does not say when it was opened is left to a person", arguments: [nil, "recently"])
    func createUnknown(created: String?) async throws {
        let server = try Server(
            Self.willing(but: ["CMD_API_SHOW_USER_CONFIG": Self.account(created: created)]))
        let outcome = await server.run("create", Self.jane, possibleDuplicate: true)
        #expect(outcome.outcome == .unsure)
        #expect(server.transport.paths == ["/CMD_API_SHOW_USER_CONFIG"])
    }

    @Test("A termination that may be a repeat is done when the account is gone")
    func terminatedBefore() async throws {
        let server = try Server([:])
        let outcome = await server.run("terminate", ["username": "janedoe"], possibleDuplicate: true)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.observed)
        #expect(server.transport.paths == ["/CMD_API_SHOW_USER_CONFIG"])
    }

    @Test(
        "A new account gets an address of the kind that the configuration says",
        arguments: [
            (nil, "192.0.2.10"), ("auto", "192.0.2.10"), ("shared", "192.0.2.10"), ("free", "192.0.2.9"),
            ("server", nil),
        ] as [(String?, String?)])
    func address(status: String?, ip: String?) async throws {
        let server = try Server(Self.willing)
        let outcome = await server.run(
            "create", Self.jane, settings: status.map { ["ip_status": .string($0)] } ?? [:])
        #expect(outcome.outcome == (ip == nil ? .failed : .succeeded))
        #expect(server.fields(of: "CMD_API_ACCOUNT_USER").first { $0.name == "ip" }?.value == ip)
    }

    @Test("A name and a password are made where none are given, and no password is in an address")
    func madeUp() async throws {
        let server = try Server(Self.willing)
        _ = await server.run(
            "create", ["email": "jane@example.com", "domain": "www.Example.com", "package_name": "gold"],
            settings: ["direct_admin_notify_on_create": true])
        let fields = server.fields(of: "CMD_API_ACCOUNT_USER")
        #expect(fields.contains(.init("domain", "example.com")))
        #expect(fields.contains(.init("notify", "yes")))
        let password = try #require(fields.first { $0.name == "passwd" }?.value)
        #expect(password.count == 20)
        #expect(!server.transport.sent.elements.contains { $0.url.contains(password) })
        #expect(fields.first { $0.name == "username" }?.value.count == 8)
    }

    @Test("A reseller's account is opened by the command for resellers, and in the name of its owner")
    func owner() async throws {
        let server = try Server(
            Self.willing(but: ["CMD_API_SHOW_USER_CONFIG": Self.account(kind: "reseller")]))
        let reseller = await server.run("create", Self.jane.merging(["as_reseller": true]) { $1 })
        #expect(reseller.result?["reseller"] == true)
        #expect(server.fields(of: "CMD_API_ACCOUNT_RESELLER").contains(.init("ip", "shared")))
        let refusing = try Server(
            Self.willing(but: ["CMD_API_ACCOUNT_USER": Server.refusal("You cannot exceed your limits")]))
        let owned = await refusing.run("create", Self.jane.merging(["owner_username": "bigco"]) { $1 })
        #expect(owned.error?.kind == .rejected)
        #expect(refusing.lastLogin == "acme|bigco:Pa55word")
        let hostile = await refusing.run("create", Self.jane.merging(["owner_username": "a:b"]) { $1 })
        #expect(hostile.error?.kind == .invalidInput)
    }

    @Test("Reseller rights that cannot be changed are not said to be")
    func resellerRights() async throws {
        let server = try Server(Self.willing)
        let outcome = await server.run(
            "changePackage", ["username": "janedoe", "package_name": "silver", "as_reseller": true])
        #expect(outcome.error?.kind == .unsupported)
        #expect(!server.transport.sent.elements.contains { $0.isChanging })
    }

    @Test("A sign-in address is made in the customer's name and sealed, never for an administrator")
    func loginURL() async throws {
        let url = "https://da1.example.com:2222/api/login/url?key=abc"
        let key = Answer.success(.json(#"{"error":"0","result":"\#(url)"}"#))
        let parameters: [String: JSONValue] = ["username": "janedoe", "user_ip": "198.51.100.7"]
        let server = try Server(Self.willing(but: ["CMD_API_LOGIN_KEYS": key]))
        let outcome = await server.run("getLoginUrl", parameters)
        #expect(Sealer.isSealed(outcome.result?["login_url"]?.stringValue ?? ""))
        #expect(server.lastLogin == "acme|janedoe:Pa55word")
        let admin = try Server([
            "CMD_API_SHOW_USER_CONFIG": Self.account(kind: "admin"), "CMD_API_LOGIN_KEYS": key,
        ])
        #expect(await admin.run("getLoginUrl", parameters).error?.kind == .rejected)
        #expect(admin.transport.paths == ["/CMD_API_SHOW_USER_CONFIG"])
    }

    @Test(
        "Reasons have their kinds, and customers are not told the provider's name",
        arguments: [
            (#"{"error":"Unable to change","result":"User does not exist"}"#, 500, .notFound),
            (#"{"error":"1","text":"Invalid Password","details":"too short"}"#, 200, .invalidInput),
            (#"{"error":1,"text":"Cannot Execute Your Command","details":"no"}"#, 200, .rejected),
            (#"{"error":"You do not have permission"}"#, 403, .unauthorized),
            (#"{"error":null}"#, 429, .rateLimited), ("", 401, .unauthorized),
            ("<html><title>DirectAdmin Login</title></html>", 200, .unauthorized),
            ("<html>Bad gateway</html>", 502, .providerUnavailable),
            ("<html>Welcome</html>", 200, .providerUnavailable), ("", 404, .providerUnavailable),
            (#"{"error":"0""#, 200, .providerUnavailable),
        ] as [(String, Int, ErrorKind)])
    func reasons(body: String, status: Int, kind: ErrorKind) async throws {
        let server = try Server(["CMD_API_USER_PASSWD": .success(.json(body, status: status))])
        let outcome = await server.run("changePassword", ["username": "janedoe", "password": "N3w!pass"])
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == kind)
        #expect(outcome.error?.message.lowercased().contains("directadmin") == false)
    }

    @Test("Settings that are none of an account are unavailability", arguments: ["{}", "[]", "null", "7"])
    func strangeAnswers(body: String) async throws {
        let server = try Server(["CMD_API_SHOW_USER_CONFIG": .success(.json(body))])
        let outcome = await server.run("getInfo", ["username": "janedoe&user=admin"])
        #expect(outcome.error?.kind == .providerUnavailable)
        let request = try #require(server.transport.sent.elements.first)
        #expect(request.url.contains("user=janedoe%26user%3Dadmin"))
    }
}

import AdapterKit
import AdapterTestSupport
import Foundation
import HostingAdapter
import Models
import ServiceRuntime
import TestSupport
import Testing

/// What the recordings do not show.
@Suite("Plesk beyond the recordings")
struct PleskTests {
    private typealias Answer = Result<HTTPResponse, ProviderError>

    /// A panel that answers by operation, as in `customer/add`.
    private struct Server {
        let bench: AttemptBench
        let transport: StubTransport
        private let folder: TemporaryFolder

        init(_ answers: [String: Answer]) throws {
            transport = StubTransport { request in
                let operation = Server.packet(request)?.operation ?? ""
                return answers[operation] ?? Server.refusal(operation, "1013")
            }
            folder = try TemporaryFolder()
            bench = AttemptBench(
                blueprint: Hosting.blueprint, providers: HostingAdapter.providers, network: transport,
                dataFolder: folder.path)
        }

        static func packet(_ request: HTTPRequest) -> (operation: String, content: XMLValue)? {
            guard let packet = try? XMLValue(document: Data((request.bodyText ?? "").utf8)),
                let target = packet.children.first, let operation = target.children.first
            else { return nil }
            return ("\(target.name)/\(operation.name)", operation)
        }

        static func xml(_ operation: String, _ result: String) -> Answer {
            let names = operation.split(separator: "/")
            let (target, name) = (names.first ?? "none", names.last ?? "none")
            let body = "<packet><\(target)><\(name)><result>\(result)</result></\(name)></\(target)></packet>"
            return .success(HTTPResponse(status: 200, body: Data(body.utf8)))
        }

        static func done(_ operation: String, _ more: String = "") -> Answer {
            xml(operation, "<status>ok</status><id>42</id>\(more)")
        }

        static func refusal(_ operation: String, _ code: String) -> Answer {
            xml(operation, "<status>error</status><errcode>\(code)</errcode><errtext>Plesk says no</errtext>")
        }

        static let settings: [String: JSONValue] = [
            "hostname": "plesk1.example.com", "secret_key": "0a1b2c3d-key",
        ]

        func run(
            _ function: String, _ parameters: [String: JSONValue],
            settings: [String: JSONValue] = Server.settings, possibleDuplicate: Bool = false
        ) async -> ActionOutcome {
            await bench.runner.run(
                bench.action(
                    function, provider: "plesk-onyx", settings: settings, parameters: parameters,
                    possibleDuplicate: possibleDuplicate), isRedelivered: false, traceparent: nil)
        }

        var operations: [String] { transport.sent.elements.map { Server.packet($0)?.operation ?? "" } }

        func content(of operation: String) -> XMLValue? {
            transport.sent.elements.compactMap(Server.packet).last { $0.operation == operation }?.content
        }
    }

    private static let lost = Answer.failure(ProviderError(.timedOut, mayHaveTakenEffect: true))
    private static let jane: [String: JSONValue] = [
        "email": "jane@example.com", "username": "janedoe", "password": "S3cret!pass9",
        "domain": "example.com", "package_name": "Gold",
    ]

    private static func customer(
        email: String = "jane@example.com", day: String = "2026-02-03"
    ) -> Answer {
        Server.done(
            "customer/get",
            "<data><gen_info><cr_date>\(day)</cr_date><login>janedoe</login><status>0</status><email>\(email)</email></gen_info></data>"
        )
    }

    private static let webspace = Server.done(
        "webspace/get",
        "<data><gen_info><cr_date>2026-02-03</cr_date><name>example.com</name><ascii-name>example.com</ascii-name><status>2</status><owner-id>42</owner-id></gen_info></data>"
    )

    /// A server on which everything that opening takes can be done.
    private static let willing: [String: Answer] = [
        "customer/add": Server.done("customer/add"),
        "customer/del": Server.done("customer/del"),
        "ip/get": Server.xml(
            "ip/get",
            "<status>ok</status><addresses><ip_info><ip_address>2001:db8::9</ip_address><type>shared</type></ip_info><ip_info><ip_address>192.0.2.10</ip_address><type>shared</type></ip_info></addresses>"
        ),
        "service-plan/get": Server.done("service-plan/get", "<name>Gold</name><guid>g7</guid>"),
        "reseller-plan/get": Server.done("reseller-plan/get", "<name>Big</name><guid>g8</guid>"),
        "webspace/add": Server.done("webspace/add"),
        "site/get": Server.done(
            "site/get",
            "<data><gen_info><name>example.com</name><webspace-id>314</webspace-id></gen_info></data>"),
        "customer/get": customer(), "webspace/get": webspace,
    ]

    private static func willing(but answers: [String: Answer]) -> [String: Answer] {
        willing.merging(answers) { $1 }
    }

    @Test("An opening that is lost is found on the server")
    func createLost() async throws {
        let server = try Server(Self.willing(but: ["webspace/add": Self.lost]))
        let outcome = await server.run("create", Self.jane)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.observed)
        #expect(outcome.result?["username"] == "janedoe")
        #expect(outcome.result?["suspended"] == true)
        #expect(server.operations.count { $0 == "webspace/add" } == 1)
        let address = server.content(of: "webspace/add")?["gen_setup"]?["ip_address"]?.content
        #expect(address == "192.0.2.10")
    }

    @Test("A customer whose subscription may be in the making is left to a person")
    func createHalfDone() async throws {
        let server = try Server(
            Self.willing(but: [
                "webspace/add": Self.lost,
                "webspace/get": Server.xml("webspace/get", "<status>ok</status>"),
            ]))
        let outcome = await server.run("create", Self.jane)
        #expect(outcome.outcome == .unsure)
        #expect(!server.operations.contains("customer/del"))
    }

    @Test(
        "Where the subscription is refused, or cannot be asked for, the new customer is removed again",
        arguments: [
            ("webspace/add", "1007", .alreadyExists), ("webspace/add", "1023", .rejected),
            ("service-plan/get", "1013", .invalidInput), ("ip/get", "1003", .providerUnavailable),
        ] as [(String, String, ErrorKind)])
    func createTakenBack(operation: String, code: String, kind: ErrorKind) async throws {
        let server = try Server(
            Self.willing(but: [
                operation: Server.refusal(operation, code),
                "customer/get": Server.refusal("customer/get", "1013"),
            ]))
        let outcome = await server.run("create", Self.jane)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == kind)
        #expect(server.content(of: "customer/del")?["filter"]?["id"]?.content == "42")
    }

    @Test(
        "Somebody else's customer is neither taken for this action's nor removed",
        arguments: [("joe@example.com", "2026-02-03"), ("jane@example.com", "2026-02-01")])
    func createTaken(email: String, day: String) async throws {
        let server = try Server(
            Self.willing(but: [
                "customer/add": Server.refusal("customer/add", "1002"),
                "customer/get": Self.customer(email: email, day: day),
            ]))
        let outcome = await server.run("create", Self.jane, possibleDuplicate: true)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .alreadyExists)
        #expect(!server.operations.contains("customer/del"))
    }

    @Test("A known customer gets a further subscription and is not made anew")
    func createForCustomer() async throws {
        let server = try Server(Self.willing)
        let outcome = await server.run("create", Self.jane.merging(["customer_id": "42"]) { $1 })
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.result?["customer_id"] == "42")
        #expect(!server.operations.contains("customer/add"))
        #expect(server.content(of: "webspace/add")?["gen_setup"]?["owner-id"]?.content == "42")
    }

    @Test("A termination that may be a repeat is done when the customer has the domain no more")
    func terminatedBefore() async throws {
        let server = try Server([:])
        let outcome = await server.run(
            "terminate", ["username": "janedoe", "domain": "example.com"], possibleDuplicate: true)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.observed)
        #expect(server.operations == ["reseller/get", "webspace/get"])
    }

    @Test("A domain that another customer has by now is left alone")
    func terminateMoved() async throws {
        let server = try Server(["webspace/get": Self.webspace])
        let outcome = await server.run("terminate", ["username": "janedoe", "domain": "example.net"])
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .notFound)
        #expect(!server.operations.contains("webspace/del"))
    }

    @Test(
        "Changing the package converts accounts where reseller rights are to change",
        arguments: [
            (true, nil, "reseller/switch-subscription"), (true, false, "reseller/convert-to-customer"),
            (false, true, "customer/convert-to-reseller"), (false, false, "webspace/switch-subscription"),
        ] as [(Bool, Bool?, String)])
    func changePackage(isReseller: Bool, wanted: Bool?, operation: String) async throws {
        var answers = Self.willing(but: [operation: Server.done(operation)])
        if isReseller {
            answers["reseller/get"] = Server.done(
                "reseller/get", "<data><gen-info><login>janedoe</login><status>16</status></gen-info></data>")
        }
        let server = try Server(answers)
        var parameters: [String: JSONValue] = [
            "username": "janedoe", "package_name": "Gold", "domain": "example.com",
        ]
        if let wanted { parameters["as_reseller"] = .bool(wanted) }
        let outcome = await server.run("changePackage", parameters)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.result?["suspended"] == true)
        let changes = server.transport.sent.elements.filter(\.isChanging)
        #expect(changes.compactMap { Server.packet($0)?.operation } == [operation])
    }

    @Test(
        "Codes have their kinds, and customers are not told the provider's name",
        arguments: [
            ("1001", .unauthorized), ("1006", .unauthorized), ("1013", .notFound), ("1014", .invalidInput),
            ("1023", .rejected), ("1024", .rejected), ("1003", .providerUnavailable), ("", .rejected),
        ] as [(String, ErrorKind)])
    func codes(code: String, kind: ErrorKind) async throws {
        let server = try Server(["customer/set": Server.refusal("customer/set", code)])
        let outcome = await server.run("changePassword", ["username": "janedoe", "password": "N3w!pass"])
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == kind)
        #expect(outcome.error?.details?["reason"] == "Plesk says no")
        #expect(outcome.error?.message.lowercased().contains("plesk") == false)
    }

    @Test(
        "Answers that are none of the panel's are unavailability",
        arguments: [
            "", "<html><body>Login</body></html>", "<packet>", "<packet/>",
            "<packet><customer><get-domain-list/></customer></packet>",
            "<packet><reseller><get><result><id>1</id></result></get></reseller></packet>",
            "<packet><reseller><get><result><status>ok</status><id>1</id></result></get></reseller></packet>",
            #"<!DOCTYPE a [<!ENTITY b "c">]><packet>&b;</packet>"#, "{}",
        ])
    func strangeAnswers(body: String) async throws {
        let answer = Answer.success(HTTPResponse(status: 200, body: Data(body.utf8)))
        let server = try Server(["reseller/get": answer])
        let outcome = await server.run("getInfo", ["username": "janedoe"])
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .providerUnavailable)
    }

    @Test("A page that is missing does not mean that an account is")
    func missingPage() async throws {
        let server = try Server(["reseller/get": .success(HTTPResponse(status: 404))])
        let outcome = await server.run("getInfo", ["username": "janedoe"])
        #expect(outcome.error?.kind == .providerUnavailable)
    }

    @Test("Credentials go in headers, hostile names stay data, and the sign-in address is sealed")
    func secrets() async throws {
        let login = "</login><login>admin&amp;\"'\u{1}"
        let answers = [
            "server/create_session": Server.xml(
                "server/create_session", "<status>ok</status><id>s3ss10n&amp;a=b</id>")
        ]
        let server = try Server(answers)
        let parameters: [String: JSONValue] = ["username": .string(login), "user_ip": "198.51.100.7"]
        let named: [String: JSONValue] = [
            "hostname": "plesk1.example.com", "admin_username": "boss", "admin_password": "Adm1n!",
        ]
        let outcome = await server.run("getLoginUrl", parameters, settings: named)
        #expect(outcome.outcome == .succeeded)
        #expect(Sealer.isSealed(outcome.result?["login_url"]?.stringValue ?? ""))
        #expect(
            server.content(of: "server/create_session")?["login"]?.text == "</login><login>admin&amp;\"'")
        let request = try #require(server.transport.sent.elements.first)
        #expect(request.headers.contains(.init("HTTP_AUTH_LOGIN", "boss")))
        #expect(request.headers.contains(.init("HTTP_AUTH_PASSWD", "Adm1n!")))
        #expect(request.url == "https://plesk1.example.com:8443/enterprise/control/agent.php")
        let keyed = try Server(answers)
        _ = await keyed.run("getLoginUrl", parameters)
        let headers = try #require(keyed.transport.sent.elements.first).headers
        #expect(headers.contains(.init("KEY", "0a1b2c3d-key")))
        #expect(!headers.contains { $0.name.hasPrefix("HTTP_AUTH") })
        let refused = await server.run(
            "getLoginUrl", ["username": "Boss", "user_ip": "198.51.100.7"], settings: named)
        #expect(refused.error?.kind == .rejected)
    }
}

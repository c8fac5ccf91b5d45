import AdapterKit
import AdapterTestSupport
import HostingAdapter
import Models
import ServiceRuntime
import TestSupport
import Testing

/// What the recordings do not show.
@Suite("cPanel & WHM beyond the recordings")
struct CPanelTests {
    private struct Server {
        let bench: AttemptBench
        let transport: StubTransport
        private let folder: TemporaryFolder

        /// - Parameter answers: by WHM function; the value is what `data` holds, or a whole response.
        init(_ answers: [String: Result<HTTPResponse, ProviderError>]) throws {
            transport = StubTransport { request in
                answers[String(request.path.split(separator: "/").last ?? "")]
                    ?? Server.refusal("No such function")
            }
            folder = try TemporaryFolder()
            bench = AttemptBench(
                blueprint: Hosting.blueprint, providers: HostingAdapter.providers, network: transport,
                dataFolder: folder.path)
        }

        static func data(_ json: String) -> Result<HTTPResponse, ProviderError> {
            .success(.json(#"{"metadata":{"result":1,"reason":"OK"},"data":\#(json)}"#))
        }

        static func refusal(_ reason: String) -> Result<HTTPResponse, ProviderError> {
            .success(.json(#"{"metadata":{"result":0,"reason":"\#(reason)"},"data":{}}"#))
        }

        static func account(_ more: String = "") -> Result<HTTPResponse, ProviderError> {
            data(#"{"acct":[{"user":"janedoe","domain":"example.com","plan":"gold","suspended":0\#(more)}]}"#)
        }

        static let settings: [String: JSONValue] = [
            "hostname": "cp1.example.com", "whm_username": "acme", "api_key": "ABCDEF0123456789",
        ]

        func run(
            _ function: String, _ parameters: [String: JSONValue], possibleDuplicate: Bool = false
        ) async -> ActionOutcome {
            await bench.runner.run(
                bench.action(
                    function, provider: "cpanel", settings: Self.settings, parameters: parameters,
                    possibleDuplicate: possibleDuplicate), isRedelivered: false, traceparent: nil)
        }

        func fields(of function: String) -> [HTTPRequest.Field] {
            guard
                case .form(let fields)? = transport.sent.elements.last(where: {
                    $0.path.hasSuffix("/\(function)")
                })?.body
            else { return [] }
            return fields
        }
    }

    private static let jane: [String: JSONValue] = [
        "email": "jane@example.com", "domain": "example.com", "package_name": "gold",
    ]
    private static let reads: [String: Result<HTTPResponse, ProviderError>] = [
        "getpkginfo": Server.data(#"{"pkg":{}}"#), "applist": Server.data(#"{"app":["applist"]}"#),
        "get_nameserver_config": Server.data(#"{"nameservers":["ns1.example.net"]}"#),
        "accountsummary": Server.account(),
    ]

    @Test("An opening that is lost is found on the server")
    func createTimedOut() async throws {
        let server = try Server(
            Self.reads.merging([
                "createacct": .failure(ProviderError(.timedOut, mayHaveTakenEffect: true))
            ]) { $1 })
        let outcome = await server.run("create", Self.jane)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.observed)
        #expect(outcome.result?["username"] == "janedoe")
        #expect(server.transport.paths.count { $0.hasSuffix("createacct") } == 1)
    }

    @Test("An opening that is lost and not on the server has timed out")
    func createNotDone() async throws {
        let server = try Server(
            Self.reads.merging([
                "createacct": .failure(ProviderError(.timedOut, mayHaveTakenEffect: true)),
                "accountsummary": Server.refusal("Account does not exist."),
            ]) { $1 })
        let outcome = await server.run("create", Self.jane)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .timedOut)
    }

    @Test("An account that is older than the action is not taken for its own")
    func olderAccount() async throws {
        let before = ManualAdapterClock.usualStart.milliseconds / 1_000 - 86_400
        let server = try Server(
            Self.reads.merging([
                "accountsummary": Server.account(#","unix_startdate":\#(before)"#),
                "createacct": Server.refusal("Sorry, a group for that username already exists."),
            ]) { $1 })
        let outcome = await server.run("create", Self.jane, possibleDuplicate: true)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == .alreadyExists)
    }

    @Test("A termination that may be a repeat is done when the account is gone")
    func terminatedBefore() async throws {
        let server = try Server(["accountsummary": Server.refusal("Account does not exist.")])
        let outcome = await server.run("terminate", ["username": "janedoe"], possibleDuplicate: true)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.observed)
        #expect(server.transport.paths == ["/json-api/accountsummary"])
    }

    @Test("A page that is not there says nothing of the account", arguments: [404, 409, 410])
    func noInterface(status: Int) async throws {
        let server = try Server(["accountsummary": .success(HTTPResponse(status: status))])
        let outcome = await server.run("getInfo", ["username": "janedoe"])
        #expect(outcome.error?.kind == .providerUnavailable)
    }

    @Test("A name and a password are made where none are given, and neither is in an address")
    func madeUp() async throws {
        let server = try Server(Self.reads.merging(["createacct": Server.data("{}")]) { $1 })
        let outcome = await server.run("create", Self.jane)
        #expect(outcome.outcome == .succeeded)
        let fields = server.fields(of: "createacct")
        let name = try #require(fields.first { $0.name == "username" }?.value)
        #expect(name.count == 8 && name.hasPrefix("examp"))
        let password = try #require(fields.first { $0.name == "password" }?.value)
        #expect(password.count == 20)
        #expect(!server.transport.sent.elements.contains { $0.url.contains(password) })
        let again = try Server(Self.reads.merging(["createacct": Server.data("{}")]) { $1 })
        _ = await again.run("create", Self.jane)
        #expect(again.fields(of: "createacct").first { $0.name == "username" }?.value == name)
        #expect(again.fields(of: "createacct").first { $0.name == "password" }?.value != password)
    }

    @Test(
        "WordPress is installed where the configuration says so; without it the account is open all the same",
        arguments: [
            (
                #"{"done":1,"insid":"26_12345","__settings":{"ver":"6.5","softurl":"https://example.com","adminurl":"wp-admin/"}}"#,
                true
            ),
            (#"{"error":{"softdomain":"not found"}}"#, false), ("<html>", false),
        ])
    func wordPress(answer: String, isInstalled: Bool) async throws {
        let server = try Server(
            Self.reads.merging(["createacct": Server.data("{}"), "index.live.php": .success(.json(answer))]) {
                $1
            })
        var action = server.bench.action(
            "create", provider: "cpanel", settings: Server.settings, parameters: Self.jane)
        action.configuration.settings["softaculous_install"] = "wordpress"
        let outcome = await server.bench.runner.run(action, isRedelivered: false, traceparent: nil)
        #expect(outcome.outcome == .succeeded)
        let software = outcome.result?["software"]
        #expect((software != nil) == isInstalled)
        if isInstalled {
            #expect(software?["install_id"] == "26_12345")
            #expect(software?["admin_url"] == "https://example.com/wp-admin/")
            #expect(Sealer.isSealed(software?["admin_password"]?.stringValue ?? ""))
        }
        let request = try #require(server.transport.sent.elements.first { $0.port == 2083 })
        #expect(
            request.bodyText.flatMap(PercentEncoding.fields)?.contains(.init("softdomain", "example.com"))
                == true)
    }

    @Test("A reseller is opened with what it may hand out")
    func createReseller() async throws {
        let done = Server.data("{}")
        let server = try Server(
            Self.reads.merging([
                "createacct": done, "setupreseller": done, "setacls": done, "setresellerlimits": done,
            ]) { $1 })
        let options: JSONValue = [
            "acl_name": "basic", "diskspace_mb_limit": 5_000, "diskspace_overselling": true,
        ]
        let outcome = await server.run(
            "create",
            Self.jane.merging(["as_reseller": true, "owns_itself": true, "reseller_options": options]) { $1 })
        #expect(outcome.outcome == .succeeded)
        #expect(server.fields(of: "createacct").contains(.init("reseller", "1")))
        #expect(server.fields(of: "setupreseller").contains(.init("makeowner", "1")))
        #expect(server.fields(of: "setacls").contains(.init("acllist", "basic")))
        let limits = server.fields(of: "setresellerlimits")
        for field in [
            HTTPRequest.Field("enable_account_limit", "0"), .init("enable_resource_limits", "1"),
            .init("diskspace_limit", "5000"), .init("bandwidth_limit", "99999999"),
            .init("enable_overselling", "1"),
            .init("enable_overselling_diskspace", "1"), .init("enable_overselling_bandwidth", "0"),
        ] { #expect(limits.contains(field)) }
        #expect(!limits.contains { $0.name == "account_limit" })
    }

    @Test(
        "Disk space is read in any unit",
        arguments: [
            ("512M", "2048M", 512, 2048, "25%"), ("1.5G", "3G", 1536, 3072, "50%"),
            ("2097152K", "unlimited", 2048, nil, nil),
            ("100", "0", 100, nil, nil), ("1T", "2T", 1_048_576, 2_097_152, "50%"),
        ] as [(String, String, Double, Double?, String?)])
    func usage(used: String, limit: String, usedMB: Double, limitMB: Double?, percent: String?) async throws {
        let server = try Server(
            Self.reads.merging([
                "accountsummary": Server.account(
                    #","diskused":"\#(used)","disklimit":"\#(limit)","inodesused":"12","inodeslimit":"48""#),
                "showbw": Server.data(
                    #"{"acct":[{"user":"janedoe2","totalbytes":1},{"user":"janedoe","totalbytes":"2097152","limit":"0"}]}"#
                ),
            ]) { $1 })
        let outcome = await server.run("getUsage", ["username": "janedoe", "is_reseller": false])
        let usage = try #require(outcome.result?["usage_data"])
        #expect(usage["disk_mb"]?["used"]?.lenientNumber == usedMB)
        #expect(usage["disk_mb"]?["limit"]?.lenientNumber == limitMB)
        #expect(usage["disk_mb"]?["used_pc"]?.stringValue == percent)
        #expect(usage["bandwidth_mb"]?["used"] == 2)
        #expect(usage["bandwidth_mb"]?["limit"] == nil)
        #expect(usage["inodes"]?["used_pc"] == "25%")
    }

    @Test("What a reseller's accounts use is told")
    func resellerUsage() async throws {
        let statistics =
            #"{"reseller":{"diskused":5.69,"diskquota":0,"totalbwused":"3","bandwidthlimit":6,"acct":[{"deleted":0},{"deleted":1}]}}"#
        let server = try Server(
            Self.reads.merging([
                "showbw": Server.data(#"{"acct":[]}"#), "resellerstats": Server.data(statistics),
            ]) { $1 })
        let outcome = await server.run("getUsage", ["username": "janedoe", "is_reseller": true])
        let usage = try #require(outcome.result?["reseller_usage_data"])
        #expect(usage["disk_mb"]?["used"] == 5.69)
        #expect(usage["disk_mb"]?["limit"] == nil)
        #expect(usage["bandwidth_mb"]?["used_pc"] == "50%")
        #expect(usage["sub_accounts"]?["used"] == 1)
    }

    @Test(
        "Reasons have their kinds, and customers are not told the provider's name",
        arguments: [
            ("Account does not exist.", .notFound),
            ("The domain example.com already exists in the userdata.", .alreadyExists),
            ("Access denied", .unauthorized),
            ("The password strength is too low: password strength 20.", .invalidInput),
            ("cPanel says no.", .rejected),
        ] as [(String, ErrorKind)])
    func reasons(reason: String, kind: ErrorKind) async throws {
        let server = try Server(["passwd": Server.refusal(reason)])
        let outcome = await server.run("changePassword", ["username": "janedoe", "password": "N3w!pass"])
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == kind)
        #expect(outcome.error?.details?["reason"]?.stringValue == reason)
        let message = try #require(outcome.error?.message.lowercased())
        #expect(!message.contains("cpanel") && !message.contains("whm"))
    }

    @Test(
        "Answers that are none of WHM's are unavailability",
        arguments: [
            "{}", "[]", "null", #"{"metadata":{}}"#, #"{"metadata":{"result":"maybe"}}"#, #"{"data":{}}"#,
            "<html>", "",
            #"{"metadata":{"result":1},"data":{"acct":[]}}"#,
        ])
    func strangeAnswers(body: String) async throws {
        let server = try Server(["accountsummary": .success(.json(body))])
        let outcome = await server.run("getInfo", ["username": "janedoe"])
        #expect(outcome.outcome == .failed)
        #expect([.providerUnavailable, .notFound].contains(outcome.error?.kind))
    }

    @Test("Hostile names stay data")
    func hostile() async throws {
        let server = try Server(Self.reads)
        let name = "jane&user=root#?/../%00\r\nX: y"
        _ = await server.run("getInfo", ["username": .string(name)])
        let request = try #require(server.transport.sent.elements.first)
        #expect(request.path == "/json-api/accountsummary")
        #expect(request.bodyText.flatMap(PercentEncoding.fields) == [.init("user", name)])
    }
}

import AdapterKit
import AdapterTestSupport
import Models
import SEOAdapter
import TestSupport
import Testing

/// What the recordings do not show.
@Suite("rankingCoach beyond the recordings")
struct RankingCoachTests {
    private typealias Answer = Result<HTTPResponse, ProviderError>

    private struct Partner {
        let bench: AttemptBench
        let transport: StubTransport
        private let folder: TemporaryFolder

        /// - Parameter answers: by command, as in `get_user`; all others succeed.
        init(_ answers: [String: Answer] = [:]) throws {
            let all = answers.merging([
                "get_subscriptions": .success(.json(#"[{"id":11,"name":"Basic"},{"id":"12","name":"Pro"}]"#))
            ]) { given, _ in given }
            transport = StubTransport { request in
                all[String(request.path.split(separator: "/").last ?? "")]
                    ?? .success(.json(#"{"status":"success"}"#))
            }
            folder = try TemporaryFolder()
            bench = AttemptBench(
                blueprint: SEO.blueprint, providers: SEOAdapter.providers, network: transport,
                dataFolder: folder.path)
        }

        func run(
            _ function: String, _ parameters: [String: JSONValue], possibleDuplicate: Bool = false
        ) async -> ActionOutcome {
            await bench.runner.run(
                bench.action(
                    function, provider: "ranking-coach",
                    settings: ["username": "acme", "password": "s3cret-words"], parameters: parameters,
                    possibleDuplicate: possibleDuplicate), isRedelivered: false, traceparent: nil)
        }

        /// The commands that were sent, in order.
        var sent: [String] { transport.paths.map { String($0.split(separator: "/").last ?? "") } }
    }

    private static let jane: [String: JSONValue] = [
        "customer_id": 42, "customer_email": "jane@example.com", "customer_name": "Jane",
        "domain": "example.com", "package_identifier": "Basic",
    ]
    private static let account: [String: JSONValue] = ["username": "42", "domain": "example.com"]

    private static func refusal(_ message: String) -> Answer {
        .success(.json(#"{"status":"error","message":"\#(message)"}"#))
    }

    private static func user(_ status: String = "active", _ subscriptions: String = "") -> Answer {
        .success(
            .json(
                #"{"status":"success","additional_infos":{"customer_status":"\#(status)","#
                    + #""session_id":"s1","subscriptions":[\#(subscriptions)]}}"#))
    }

    private static func subscription(_ created: String, id: Int = 1, status: String = "active") -> String {
        #"{"id":\#(id),"status":"\#(status)","created":"\#(created).000000"}"#
    }

    @Test(
        "An opening that is lost is looked for by the time of the subscription",
        arguments: [
            (user("active", subscription("2026-02-03 10:11:20")), .succeeded),
            (refusal("User not found"), .failed),
            (user("active", subscription("2025-02-03 10:11:20")), .failed), (user(), .unsure),
            (user("active", subscription("2026-02-03 11:11:20")), .unsure),
            (user("active", subscription("2026-02-03 04:11:20")), .unsure),
        ] as [(Result<HTTPResponse, ProviderError>, AttemptOutcome)])
    func lostOpening(user: Result<HTTPResponse, ProviderError>, outcome: AttemptOutcome) async throws {
        let partner = try Partner([
            "activate_user": .failure(ProviderError(.providerUnavailable, mayHaveTakenEffect: true)),
            "get_user": user,
        ])
        let result = await partner.run("create", Self.jane)
        #expect(result.outcome == outcome)
        #expect(partner.sent == ["get_subscriptions", "update_user", "activate_user", "get_user"])
        if outcome == .succeeded {
            #expect(result.observed)
            #expect(result.result?["username"] == "42")
        }
    }

    @Test("A termination that may be a repeat is sent only where the user is not deactivated yet")
    func terminatedBefore() async throws {
        for answer in [Self.user("canceled"), Self.refusal("User not found")] {
            let partner = try Partner(["get_user": answer])
            #expect(await partner.run("terminate", Self.account, possibleDuplicate: true).observed)
            #expect(partner.sent == ["get_user"])
        }
        let active = try Partner(["get_user": Self.user()])
        let outcome = await active.run("terminate", Self.account, possibleDuplicate: true)
        #expect(outcome.outcome == .succeeded && !outcome.observed)
        #expect(active.sent == ["get_user", "deactivate_user"])
    }

    @Test("What is in the state already stays so")
    func already() async throws {
        let canceled = try Partner(["get_user": Self.user("canceled")])
        #expect(await canceled.run("suspend", Self.account).outcome == .succeeded)
        #expect(canceled.sent == ["get_user"])
        let active = try Partner(["get_user": Self.user()])
        #expect(await active.run("unsuspend", Self.account).outcome == .succeeded)
        #expect(active.sent == ["get_user"])
    }

    @Test("The newest active subscription is moved, to the package's id as the vendor writes it")
    func manySubscriptions() async throws {
        let subscriptions = [
            Self.subscription("2026-01-01 00:00:00", id: 1), Self.subscription("2026-01-03 00:00:00", id: 3),
            Self.subscription("2026-01-04 00:00:00", id: 4, status: "canceled"),
        ]
        let partner = try Partner(["get_user": Self.user("active", subscriptions.joined(separator: ","))])
        let outcome = await partner.run(
            "changePackage", Self.account.merging(["package_identifier": "12"]) { $1 })
        #expect(outcome.outcome == .succeeded)
        #expect(partner.sent == ["get_subscriptions", "get_user", "subscription_update"])
        guard case .json(let body)? = partner.transport.sent.elements.last?.body else {
            Issue.record("no JSON was sent")
            return
        }
        #expect(body["subscription_id"] == 3)
        #expect(body["update_subscription_id"] == "12")
    }

    @Test("An unknown package changes nothing", arguments: ["create", "changePackage"])
    func unknownPackage(function: String) async throws {
        let partner = try Partner()
        let parameters = Self.jane.merging(Self.account) { $1 }.merging(["package_identifier": "Gold"]) { $1 }
        #expect(await partner.run(function, parameters).error?.kind == .invalidInput)
        #expect(partner.sent == ["get_subscriptions"])
    }

    @Test(
        "Reasons have their kinds, and customers are not told the provider's name",
        arguments: [
            ("User not found", .notFound), ("User exists", .alreadyExists),
            ("Wrong api_password", .unauthorized), ("Invalid external_id", .invalidInput),
            ("rankingCoach says no", .rejected),
        ] as [(String, ErrorKind)])
    func reasons(reason: String, kind: ErrorKind) async throws {
        let partner = try Partner(["deactivate_user": Self.refusal(reason)])
        let outcome = await partner.run("terminate", Self.account)
        #expect(outcome.outcome == .failed)
        #expect(outcome.error?.kind == kind)
        #expect(outcome.error?.details?["reason"]?.stringValue == reason)
        #expect(outcome.error?.message.lowercased().contains("rankingcoach") == false)
    }

    @Test("Credentials are in the body, and a single name has no last part")
    func credentials() async throws {
        let partner = try Partner()
        #expect(await partner.run("create", Self.jane).outcome == .succeeded)
        for request in partner.transport.sent.elements {
            #expect(!request.url.contains("s3cret-words"))
            #expect(request.bodyText?.contains(#""api_password":"s3cret-words""#) == true)
        }
        let opening = try #require(partner.transport.sent.elements.dropFirst().first?.bodyText)
        #expect(opening.contains(#""firstname":"Jane""#) && !opening.contains("lastname"))
    }

    @Test(
        "Answers that are none of the vendor's are unavailability",
        arguments: [
            "{}", "null", "<html>", "", #"{"status":"success"}"#,
            #"{"status":"success","additional_infos":[]}"#,
        ])
    func strangeAnswers(body: String) async throws {
        let partner = try Partner(["get_user": .success(.json(body))])
        #expect(await partner.run("login", Self.account).error?.kind == .providerUnavailable)
    }
}
